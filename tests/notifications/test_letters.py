"""Every mail says the same as HTML and as text, in the reader's words, and leads to a page that its reader may open."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from aqad.audit.models import Event
from aqad.notifications.models import Mail, Notification
from aqad.notifications.rows import By
from aqad.notifications.table import TOLD
from orders.models import OrderLine
from tests.factories.goods import ProductFactory
from tests.notifications.conftest import Scene
from tests.notifications.test_table import EXPECTED, happens

pytestmark = [pytest.mark.django_db, pytest.mark.embedded]
# The page that each thing leads to, by the kind of message.
LEADS_TO = {
    "orders": r"/orders/ORD\d+",
    "payments": r"/payments/PAY\d+",
    "deliveries": r"/deliveries/DEL\d+|/orders/ORD\d+",
    "vendors": r"/vendor/application/V\d+\.\S+|/vendor/products|/vendor/documents|/admin/vendors/vendor/\d+/change/",
    "retailers": r"/products",
    "accounts": r"/|/dashboard|/account(/second-factor|/devices|/(password|email)/\S+)?|/password/forgotten",
    "catalog": r"/vendor/products/P\d+|/vendor/imports/\d+",
}


def told(scene: Scene, verb: str, subject: str, **facts: Any) -> Event:
    thing = scene.product if subject == "product" else getattr(scene, subject)()
    return happens(verb, thing, **{"amount": "48.00", "available": 7, **facts})


def opens(url: str, user: Any) -> int:
    """How the page answers its reader; a signed link needs nobody signed in."""
    browser = Client()
    if not url.startswith(("/account/password/", "/vendor/application/")):
        browser.force_login(user)
    return browser.get(url).status_code


def plain(html: str) -> str:
    """What can be read of a mail's HTML."""
    body = html[html.index("<h1") :]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


def button_of(html: str) -> tuple[str, str]:
    [(url, words)] = re.findall(r'<a class="button"\s+href="([^"]+)"[^>]*>([^<]+)</a>', html)
    return unescape(url), unescape(words)


@pytest.mark.parametrize(("verb", "subject"), EXPECTED, ids=lambda word: word.replace(".", " "))
def test_each_message_leads_its_reader_to_a_page_that_opens(scene: Scene, verb: str, subject: str) -> None:
    event = told(scene, verb, subject)
    where = "/admin/payments/payment/\\d+/change/" if verb == "payments.money_alert" else LEADS_TO[verb.partition(".")[0]]
    for mail in Mail.objects.filter(event=event).select_related("user"):
        url, words = button_of(mail.html)
        assert url.startswith(f"{settings.PUBLIC_URL}/")
        path = url.removeprefix(settings.PUBLIC_URL)
        assert re.fullmatch(where, path), path
        assert opens(path, mail.user) == 200, path
        assert f"{words}:\n{url}\n" in mail.text
    for note in Notification.objects.filter(event=event).select_related("user"):
        assert re.fullmatch(where, note.url), note.url
        assert opens(note.url, note.user) == 200, note.url


@pytest.mark.parametrize(("verb", "subject"), EXPECTED, ids=lambda word: word.replace(".", " "))
def test_html_and_text_say_the_same_and_load_nothing(scene: Scene, verb: str, subject: str) -> None:
    for mail in Mail.objects.filter(event=told(scene, verb, subject)).select_related("user"):
        shown = plain(mail.html)
        words = mail.text.partition("\n--\n")[0]
        for line in words.splitlines():
            for part in re.split(r": (?=AED|\S)", line):
                assert part.rstrip(":") in shown, line
        assert f"Hello {mail.user.name}," in shown
        assert mail.subject in shown
        assert not re.search(r"<(img|script|link|iframe|form)|\bsrc=|url\(|@import", mail.html)
        assert set(re.findall(r'href="(https?://[^/"]+)', mail.html)) == {settings.PUBLIC_URL}


def test_every_row_that_is_mailed_says_what_to_do_next() -> None:
    assert [verb for verb, rows in TOLD.items() for row in rows if By.MAIL in row.by and not row.then] == []


def test_an_order_is_told_in_short(scene: Scene) -> None:
    order = scene.cash_order()
    for number in range(11):
        product = ProductFactory(vendor=scene.product.vendor, name=f"Water {number}", slug=f"water-{number}")
        given = {"unit": "carton", "pack_size": "24 x 330 ml", "quantity": 3, "unit_price": "10.00", "vat_rate": "5.00"}
        OrderLine.objects.create(order=order, product=product, name=product.name, line_total="1030.00", vat="1.50", **given)
    event = happens("orders.placed", order)
    mails = {mail.user_id: mail for mail in Mail.objects.filter(event=event)}
    seller, buyer = (mails[scene.people[who].user.pk] for who in ("vendor", "retailer"))
    for mail in (seller, buyer):
        for said in (mail.text, plain(mail.html)):
            assert "3 × Water 8 (24 x 330 ml)" in said
            assert "AED 1,030.00" in said
            assert "Water 9" not in said
            assert "and 2 more" in said
            assert "Al Wasl Road 12, Al Wasl, Dubai" in said
        assert "Subtotal: AED 480.00\nVAT: AED 24.00\nTotal with VAT: AED 504.00" in mail.text
    assert "Shop: Fresh Mart Supermarket" in seller.text
    assert "Vendor: Ahmed Foods LLC" in buyer.text


def test_a_driver_reads_what_to_fetch_and_the_cash_but_no_prices(scene: Scene) -> None:
    delivery = scene.delivery()
    mail = Mail.objects.get(event=happens("deliveries.assigned", delivery), user=scene.people["driver"].user)
    assert "10 × Pepsi 330ml (24 x 330 ml)\n" in mail.text
    assert "Fetch from: Ahmed Foods LLC, Al Quoz Industrial 3" in mail.text
    assert "Cash to collect: none, it is paid" in mail.text
    assert "AED" not in mail.text


@pytest.mark.parametrize(
    ("status", "method", "next_step"),
    [
        ("pending_payment", "card", "Please pay by "),
        ("pending", "card", "Ahmed Foods LLC is asked to accept it now. There is nothing for you to do."),
        ("pending", "cash_on_delivery", "Please have AED 504.00 ready in cash when it is delivered."),
    ],
)
def test_the_shop_reads_what_to_do_after_placing(scene: Scene, status: str, method: str, next_step: str) -> None:
    order = scene.order(status=status, method=method)
    mail = Mail.objects.get(event=happens("orders.placed", order), user=scene.people["retailer"].user)
    assert next_step in mail.text


@pytest.mark.parametrize(
    ("method", "words"), [("card", "The AED 504.00 that you paid go back to you"), ("cash_on_delivery", "There is nothing to pay for it.")]
)
def test_the_shop_reads_where_its_money_is(scene: Scene, method: str, words: str) -> None:
    order = scene.order(method=method, status="rejected", reason="Sold out.")
    mail = Mail.objects.get(event=happens("orders.rejected", order), user=scene.people["retailer"].user)
    assert words in mail.text
    assert "Sold out." in mail.text


def test_the_shop_reads_whom_to_call_about_what_it_received_and_nobody_else_does(scene: Scene) -> None:
    event = happens("orders.completed", scene.card_order())
    mails = {mail.user_id: mail.text for mail in Mail.objects.filter(event=event)}
    assert "call Ahmed Foods LLC at +97142223344." in mails[scene.people["retailer"].user.pk]
    assert "+971" not in mails[scene.people["vendor"].user.pk]


@pytest.mark.parametrize(
    ("reason", "words"),
    [("refund_refused", "Agree on another way with the payer"), ("charge.dispute.created", "The bank reports: charge.dispute.created.")],
)
def test_staff_read_what_to_do_about_an_alert(scene: Scene, reason: str, words: str) -> None:
    mail = Mail.objects.get(event=told(scene, "payments.money_alert", "payment", reason=reason), user=scene.people["staff"].user)
    assert words in mail.text
    assert "For: ORD" in mail.text


def test_a_name_stays_on_the_subjects_line_and_text_in_the_html(scene: Scene) -> None:
    vendor = scene.people["vendor"]
    name = "<script>alert(1)</script>\r\nBcc: all@aqad.test"
    type(vendor.company).objects.filter(pk=vendor.company.pk).update(name=name)
    event = happens("vendors.registered", vendor.of)
    mail = Mail.objects.get(event=event, user=scene.people["staff"].user)
    assert mail.subject == f"<script>alert(1)</script> Bcc: all@aqad.test waits for review · {vendor.of.reference}"
    assert "<script" not in mail.html
    assert "&lt;script&gt;alert(1)" in mail.html


def test_a_mail_for_a_reader_of_arabic_runs_from_right_to_left(scene: Scene) -> None:
    reader = scene.people["retailer"].user
    type(reader).objects.filter(pk=reader.pk).update(language="ar")
    mail = Mail.objects.get(event=told(scene, "orders.completed", "card_order"), user=reader)
    assert '<html lang="ar" dir="rtl">' in mail.html
