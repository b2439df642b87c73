"""Orders as pages: who sees what, an order that moves by itself, each side's buttons, papers to print."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from catalog.models import Product
from orders.models import CartItem, Order
from orders.statuses import PHONES_SHOWN, OrderStatus
from payments.models import Refund
from tests.cast import Person
from tests.factories.deals import an_order
from tests.factories.people import DeliveryPartnerFactory
from tests.factories.trade import DeliveryFactory
from tests.orders.given import in_browser, shelf, text_of, traces

pytestmark = [pytest.mark.embedded, pytest.mark.django_db]


@pytest.fixture
def shop(retailer: Person) -> Client:
    return in_browser(retailer)


@pytest.fixture
def seller(vendor: Person) -> Client:
    return in_browser(vendor)


def listed(browser: Client, **query: str) -> list[str]:
    answer = browser.get("/orders", query)
    assert answer.status_code == 200
    return [order.reference for order in answer.context["results"]] if "results" in answer.context else []


def step(browser: Client, order: Order, name: str, **body: str) -> Any:
    answer = browser.post(f"/orders/{order.reference}/{name}", body, follow=True)
    order.refresh_from_db()
    return answer


# --- The list ---------------------------------------------------------------------------------------------------------


def test_each_side_sees_its_own_newest_first(
    shop: Client, seller: Client, staff: Person, rival_retailer: Person, retailer: Person, pepsi: Product
) -> None:
    unpaid = an_order(retailer.of, pepsi, status="pending_payment")
    mine, theirs = an_order(retailer.of, pepsi), an_order(rival_retailer.of, pepsi)
    assert listed(shop) == [mine.reference, unpaid.reference]
    assert listed(seller) == [theirs.reference, mine.reference]
    assert listed(in_browser(staff)) == [theirs.reference, mine.reference, unpaid.reference]
    assert "Ahmed Foods LLC" in text_of(shop.get("/orders"))
    assert "Corner Grocery" in text_of(seller.get("/orders"))


def test_filters_by_state_day_and_number(shop: Client, retailer: Person, pepsi: Product) -> None:
    late = datetime(2026, 3, 1, 19, 59, 59, tzinfo=UTC)  # 23:59:59 of March 1st in Dubai
    first = an_order(retailer.of, pepsi, status="completed", created_at=late)
    second = an_order(retailer.of, pepsi, status="cancelled", created_at=late.replace(hour=20, minute=0, second=0))
    assert listed(shop, status="completed", search="", to="", **{"from": ""}) == [first.reference]
    assert listed(shop, **{"from": "2026-03-02"}) == [second.reference]
    assert listed(shop, to="2026-03-01") == [first.reference]
    assert listed(shop, search=f" {second.reference.lower()} ") == [second.reference]
    assert "No order fits" in text_of(shop.get("/orders", {"search": "ORD99999"}))


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"from": "2026-03-02", "to": "2026-03-01"}, "The period ends before it begins."),
        ({"search": "Pepsi"}, "Write an order&#x27;s number, such as ORD1001."),
        ({"status": "unheard_of"}, "Unknown status"),
    ],
)
def test_a_wrong_question_is_answered_beside_its_field(shop: Client, query: dict[str, str], words: str) -> None:
    answer = shop.get("/orders", query)
    assert answer.status_code == 422
    assert words in text_of(answer)
    if "from" in query:
        assert 'value="2026-03-02"' in text_of(answer)


def test_an_empty_list_says_what_to_do(shop: Client) -> None:
    assert "You have not ordered yet" in text_of(shop.get("/orders"))


def test_a_carrier_has_no_orders(driver: Person) -> None:
    assert in_browser(driver).get("/orders").status_code == 403


@pytest.mark.parametrize("who", ["retailer", "vendor", "staff"])
def test_the_number_of_queries_does_not_grow_with_the_list(
    request: pytest.FixtureRequest, retailer: Person, pepsi: Product, who: str
) -> None:
    browser = in_browser(request.getfixturevalue(who))

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert browser.get("/orders").status_code == 200
        return len(asked)

    for _ in range(3):
        an_order(retailer.of, pepsi, quantity=1)
    queries()
    few = queries()
    for _ in range(17):
        an_order(retailer.of, pepsi, quantity=1)
    assert queries() == few


# --- One order --------------------------------------------------------------------------------------------------------


def test_shows_goods_sums_address_and_what_is_ahead(shop: Client, retailer: Person, pepsi: Product) -> None:
    order = an_order(retailer.of, pepsi, notes="Gate B")
    page = text_of(shop.get(f"/orders/{order.reference}"))
    for words in ("Pepsi 330ml", "AED 480.00", "AED 24.00", "AED 504.00", "Al Wasl Road 12", "+971501112233", "Gate B"):
        assert words in page
    assert "Ahmed Foods LLC has until" in page
    assert page.index("The vendor accepts it") < page.index("The goods are packed") < page.index("On the way")


@pytest.mark.parametrize("status", OrderStatus.values)
def test_opens_in_every_state_for_whom_it_is(shop: Client, seller: Client, retailer: Person, pepsi: Product, status: str) -> None:
    order = an_order(retailer.of, pepsi, status=status)
    assert shop.get(f"/orders/{order.reference}").status_code == 200
    hidden = order.released_at is None
    page = seller.get(f"/orders/{order.reference}")
    assert page.status_code == (404 if hidden else 200)
    if not hidden:
        assert ("+971501112233" in text_of(page)) == (status in PHONES_SHOWN)


@pytest.mark.parametrize("path", ["", "/live", "/delivery-note"])
def test_a_rivals_order_is_not_found(rival_retailer: Person, rival_vendor: Person, retailer: Person, pepsi: Product, path: str) -> None:
    order = an_order(retailer.of, pepsi)
    for rival in (rival_retailer, rival_vendor):
        assert in_browser(rival).get(f"/orders/{order.reference}{path}").status_code == 404


def test_the_part_that_moves_is_the_same_until_something_happens(shop: Client, seller: Client, retailer: Person, pepsi: Product) -> None:
    order = an_order(retailer.of, pepsi)
    live = f"/orders/{order.reference}/live"
    assert f'data-live="{live}"' in text_of(shop.get(f"/orders/{order.reference}"))
    tag = shop.get(live).headers["ETag"]
    assert shop.get(live, headers={"If-None-Match": tag}).status_code == 304
    step(seller, order, "accept")
    moved = shop.get(live, headers={"If-None-Match": tag})
    assert moved.status_code == 200
    assert "Ahmed Foods LLC is packing the goods." in text_of(moved)
    assert "Accepted" in text_of(moved)


def test_names_its_delivery(shop: Client, retailer: Person, pepsi: Product) -> None:
    order = an_order(retailer.of, pepsi, status="ready")
    delivery = DeliveryFactory(order=order, partner=DeliveryPartnerFactory())
    assert f'href="/deliveries/{delivery.reference}"' in text_of(shop.get(f"/orders/{order.reference}"))


# --- Steps ------------------------------------------------------------------------------------------------------------


def test_the_vendor_accepts_and_packs(seller: Client, retailer: Person, pepsi: Product) -> None:
    order = an_order(retailer.of, pepsi)
    page = text_of(step(seller, order, "accept"))
    assert order.status == "processing"
    assert f"{order.reference} is accepted." in page
    assert "Goods are ready" in page
    assert "Yes, reject it" not in page
    assert f"{order.reference} is ready" in text_of(step(seller, order, "ready"))
    assert order.status == "ready"


def test_rejecting_needs_a_reason(seller: Client, retailer: Person, pepsi: Product) -> None:
    order = an_order(retailer.of, pepsi)
    assert "Reason is required." in text_of(step(seller, order, "reject", reason=""))
    assert order.status == "pending"
    page = text_of(step(seller, order, "reject", reason="Out of date"))
    assert (order.status, order.reason) == ("rejected", "Out of date")
    assert "Out of date" in page
    assert shelf(pepsi) == (500, 0)
    assert Refund.objects.get().amount == order.total


def test_a_step_that_is_not_possible_any_more_is_refused_in_words(seller: Client, retailer: Person, pepsi: Product) -> None:
    order = an_order(retailer.of, pepsi, status="cancelled")
    before = traces()
    answer = step(seller, order, "accept", next="/orders")
    assert answer.redirect_chain == [("/orders", 302)]
    assert f"{order.reference} is “Cancelled”; this step is not possible any more." in text_of(answer)
    assert (order.status, traces()) == ("cancelled", before)


def test_a_step_sent_twice_counts_once(seller: Client, retailer: Person, pepsi: Product) -> None:
    order = an_order(retailer.of, pepsi)
    for _ in range(2):
        assert f"{order.reference} is accepted." in text_of(step(seller, order, "accept", idempotency_key="once"))
    assert order.status == "processing"


def test_the_shop_cancels_with_or_without_a_reason_until_it_is_accepted(shop: Client, retailer: Person, pepsi: Product) -> None:
    order = an_order(retailer.of, pepsi)
    assert "Yes, cancel it" in text_of(shop.get(f"/orders/{order.reference}"))
    step(shop, order, "cancel", reason="")
    assert order.status == "cancelled"
    late = an_order(retailer.of, pepsi, status="processing")
    assert "Yes, cancel it" not in text_of(shop.get(f"/orders/{late.reference}"))
    assert "not possible any more" in text_of(step(shop, late, "cancel"))
    assert late.status == "processing"


def test_the_shop_orders_again(shop: Client, retailer: Person, pepsi: Product) -> None:
    order = an_order(retailer.of, pepsi, status="completed")
    answer = step(shop, order, "reorder")
    assert answer.redirect_chain == [("/cart", 302)]
    assert list(CartItem.objects.values_list("product", "quantity")) == [(pepsi.pk, 10)]


def test_an_unpaid_order_leads_to_its_payment(shop: Client, retailer: Person, pepsi: Product) -> None:
    order = an_order(retailer.of, pepsi, status="pending_payment")
    assert f'href="/payments/{order.payment.reference}"' in text_of(shop.get(f"/orders/{order.reference}"))


def test_nobody_takes_another_sides_step(shop: Client, seller: Client, staff: Person, retailer: Person, pepsi: Product) -> None:
    order = an_order(retailer.of, pepsi)
    for browser, name in ((shop, "accept"), (shop, "reject"), (shop, "ready"), (seller, "cancel"), (seller, "reorder")):
        assert browser.post(f"/orders/{order.reference}/{name}", {"reason": "mine"}).status_code == 403
    page = text_of(in_browser(staff).get(f"/orders/{order.reference}"))
    assert "<button" not in page[page.index("Where it stands") : page.index("Goods")]


# --- Papers -----------------------------------------------------------------------------------------------------------


def test_the_packing_slip_is_the_vendors(seller: Client, shop: Client, retailer: Person, pepsi: Product) -> None:
    order = an_order(retailer.of, pepsi, status="processing")
    paper = text_of(seller.get(f"/orders/{order.reference}/packing-slip"))
    for words in ("Packing slip", order.reference, "Pepsi 330ml", "24 x 330 ml", "Fresh Mart Supermarket", "Packed by, date"):
        assert words in paper
    assert "AED" not in paper
    assert "+971501112233" not in paper
    assert shop.get(f"/orders/{order.reference}/packing-slip").status_code == 403


def test_the_delivery_note_tells_the_cash_to_collect(seller: Client, shop: Client, retailer: Person, pepsi: Product) -> None:
    paid, cash = an_order(retailer.of, pepsi, status="ready"), an_order(retailer.of, pepsi, status="ready", method="cash_on_delivery")
    for browser in (seller, shop):
        assert "Cash to collect" not in text_of(browser.get(f"/orders/{paid.reference}/delivery-note"))
        assert "AED 504.00" in text_of(browser.get(f"/orders/{cash.reference}/delivery-note"))
