"""What is looked for is found, and the first page says what waits."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.utils.html import strip_tags

from aqad.audit.actions import record
from aqad.core import clock
from payments.models import Refund
from tests import cast
from tests.backoffice.given import a_mail, a_trade, words
from tests.cast import Person
from tests.factories.trade import DeliveryFactory, OrderFactory

pytestmark = [pytest.mark.django_db, pytest.mark.embedded]


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("accounts/company", "company.reference"),
        ("accounts/user", "user.email"),
        ("retailers/retailer", "retailer.reference"),
        ("deliveries/deliverypartner", "partner.reference"),
        ("deliveries/delivery", "delivery.reference"),
        ("deliveries/delivery", "order.reference"),
        ("catalog/product", "product.reference"),
        ("orders/order", "order.reference"),
        ("orders/order", "retailer.reference"),
        ("orders/order", "vendor.reference"),
        ("orders/order", "order.retailer_name"),
        ("payments/payment", "payment.reference"),
        ("payments/payment", "order.reference"),
        ("payments/refund", "payment.reference"),
        ("audit/event", "order.reference"),
        ("audit/event", "event.request_id"),
        ("audit/event", "event.actor"),
    ],
)
def test_is_found_by_what_people_read_out(browser: Client, path: str, wanted: str) -> None:
    rows = a_trade(1)
    a_trade(2)
    name, field = wanted.split(".")
    html = words(
        browser.get(
            f"/admin/{path}/", {"q": str(getattr(rows[name], field)).lower() if field == "reference" else getattr(rows[name], field)}
        )
    )
    found = html.count('<th class="field-') + html.count('class="action-checkbox"')
    assert found == (2 if wanted == "event.request_id" else 1), found


def test_the_first_page_counts_what_waits_and_leads_there(browser: Client, vendor: Person, retailer: Person) -> None:
    order = OrderFactory(vendor=vendor.of, retailer=retailer.of)
    cast.a_vendor("Waiting LLC", company__status="pending")
    Refund.objects.create(payment=order.payment, amount="1.00", status="failed")
    Refund.objects.create(
        payment=OrderFactory(vendor=vendor.of, retailer=retailer.of, status="completed").payment, amount="2.00", status="manual"
    )
    partner = cast.a_partner(company__status="suspended")
    DeliveryFactory(order=OrderFactory(vendor=vendor.of, retailer=retailer.of, status="picked_up"), partner=partner.of, status="picked_up")
    a_mail(retailer, tries=2, problem="SMTPServerDisconnected")
    a_mail(retailer, tries=9, problem="550", message_id="<two@aqad.test>", given_up_at=clock.now())
    record("payments.money_alert", order.payment, retailer.actor, reason="refund_refused")
    html = words(browser.get("/admin/"))
    section = html[html.index('class="waits"') : html.index("</section>")]
    links = re.findall(r'<a href="([^"]+)">(.*?)</a>', section)
    said = {strip_tags(label).strip() for _url, label in links}
    assert said == {
        "1 vendors to review",
        "1 refunds that the bank refused",
        "1 cash refunds to give back by hand",
        "1 money alerts of the last seven days",
        "1 ready orders to give to a partner",
        "1 deliveries that a suspended partner carries",
        "1 mails that could not be sent yet",
        "1 mails refused for good this week",
    }
    for url, _label in links:
        page = browser.get(url.replace("&amp;", "&"))
        assert page.status_code == 200, url
        assert words(page).count('<th class="field-') == 1, url


def test_an_order_shows_its_lines_payment_delivery_and_history(browser: Client) -> None:
    rows = a_trade(1)
    html = words(browser.get(f"/admin/orders/order/{rows['order'].pk}/change/"))
    for shown in ("Pepsi 330ml", "5040.00", rows["payment"].reference, rows["delivery"].reference, "Partner 1", "created Order"):
        assert shown in html, shown


@pytest.mark.parametrize("lookup", ["password__startswith=argon2", "password__regex=.*", "password=x", "password__isnull=False"])
def test_no_list_is_narrowed_by_how_a_password_begins(browser: Client, lookup: str) -> None:
    answer = browser.get(f"/admin/accounts/user/?{lookup}")
    assert answer.status_code in {302, 400}
    assert "?e=1" in answer.headers.get("Location", "?e=1")
