"""Placing an order: priced, copied and reserved as one; every refusal leaves nothing behind."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from aqad.audit.models import Event
from aqad.core import clock
from aqad.retailers.models import Address
from catalog.models import Product
from orders.models import Order
from tests.cast import Person
from tests.factories.deals import an_order
from tests.factories.goods import ProductFactory
from tests.factories.people import AddressFactory
from tests.orders.given import broken_promises, history, post, shelf, traces

pytestmark = pytest.mark.embedded
Body = dict[str, Any]


def test_a_card_order_reserves_its_cartons_and_waits_for_its_money(retailer: Person, vendor: Person, pepsi: Product, body: Body) -> None:
    answer = post(retailer, "/api/orders", body)
    assert answer.status_code == 201
    order = answer.json()
    assert (order["subtotal"], order["vat"], order["total"], order["currency"]) == ("4800.00", "240.00", "5040.00", "AED")
    assert (order["status"], order["accept_by"], order["delivery"]) == ("pending_payment", None, None)
    assert order["retailer"] == {"id": retailer.of.reference, "name": "Fresh Mart Supermarket"}
    assert order["vendor"] == {"id": vendor.of.reference, "name": "Ahmed Foods LLC"}
    assert order["items"] == [
        {
            "product": pepsi.reference,
            "name": "Pepsi 330ml",
            "unit": "carton",
            "pack_size": "24 x 330 ml",
            "quantity": 100,
            "unit_price": "48.00",
            "vat_rate": "5.00",
            "line_total": "4800.00",
        }
    ]
    assert order["address"]["line1"] == "Al Wasl Road 12"
    assert order["payment"] == {"id": order["payment"]["id"], "method": "card", "status": "unpaid"}
    assert shelf(pepsi) == (500, 100)
    payment = Order.objects.get().payment
    assert payment.amount == Decimal("5040.00")
    assert timedelta(minutes=29) < payment.pay_by - clock.now() <= timedelta(minutes=30)
    assert vendor.api.get(f"/api/orders/{order['id']}").status_code == 404
    assert not broken_promises()


def test_a_cash_order_is_its_vendors_at_once(retailer: Person, vendor: Person, body: Body) -> None:
    order = post(retailer, "/api/orders", {**body, "payment_method": "cash_on_delivery", "notes": "Ring twice\nGate B"}).json()
    assert (order["status"], order["payment"]["method"], order["notes"]) == ("pending", "cash_on_delivery", "Ring twice\nGate B")
    row = Order.objects.get()
    assert row.payment.pay_by is None
    assert row.accept_by == row.released_at + timedelta(hours=48)
    assert vendor.api.get(f"/api/orders/{order['id']}").status_code == 200


def test_placing_is_on_record_once(retailer: Person, body: Body) -> None:
    post(retailer, "/api/orders", body)
    order = Order.objects.get()
    assert history(order) == ["orders.placed"]
    event = Event.objects.get(subject=order.reference)
    assert event.text == f"Retailer {retailer.of.reference} created Order {order.reference}"
    assert event.facts == {"after": "pending_payment", "payment": order.payment.reference, "total": "5040.00"}


def test_names_prices_and_address_are_copies(retailer: Person, pepsi: Product, address: Address, body: Body) -> None:
    order = post(retailer, "/api/orders", body).json()
    Product.objects.filter(pk=pepsi.pk).update(name="Renamed", price="99.00", vat_rate="0.00", unit="box", status="archived")
    Address.objects.filter(pk=address.pk).update(line1="Elsewhere")
    retailer.company.name = "Renamed too"
    retailer.company.save()
    assert retailer.api.get(f"/api/orders/{order['id']}").json() == order


def test_the_same_product_in_several_lines_is_added_up(retailer: Person, pepsi: Product, body: Body) -> None:
    lines = [{"product": pepsi.reference, "quantity": 30}, {"product": pepsi.reference.lower(), "quantity": 20}]
    order = post(retailer, "/api/orders", {**body, "items": lines}).json()
    assert [line["quantity"] for line in order["items"]] == [50]
    assert shelf(pepsi) == (500, 50)


def test_refuses_when_the_sum_of_several_lines_is_more_than_there_is(retailer: Person, pepsi: Product, body: Body) -> None:
    before = traces()
    lines = [{"product": pepsi.reference, "quantity": 300}, {"product": pepsi.reference, "quantity": 201}]
    answer = post(retailer, "/api/orders", {**body, "items": lines})
    assert (answer.status_code, answer.json()["code"]) == (409, "insufficient_stock")
    assert answer.json()["items"] == [{"product": pepsi.reference, "requested": 501, "available": 500}]
    assert traces() == before


def test_reserves_for_all_lines_or_for_none(retailer: Person, vendor: Person, pepsi: Product, body: Body) -> None:
    rare = ProductFactory(vendor=vendor.of, on_hand=5)
    rarer = ProductFactory(vendor=vendor.of, on_hand=0)
    before = traces()
    wanted = [{"product": p.reference, "quantity": 6} for p in (rarer, pepsi, rare)]
    answer = post(retailer, "/api/orders", {**body, "items": wanted})
    assert answer.json()["items"] == [
        {"product": rare.reference, "requested": 6, "available": 5},
        {"product": rarer.reference, "requested": 6, "available": 0},
    ]
    assert traces() == before


def test_refuses_goods_of_two_vendors(retailer: Person, cola: Product, body: Body) -> None:
    before = traces()
    mixed = [*body["items"], {"product": cola.reference, "quantity": 1}]
    answer = post(retailer, "/api/orders", {**body, "items": mixed})
    assert (answer.status_code, answer.json()["code"], list(answer.json()["errors"])) == (422, "validation_error", ["items"])
    assert traces() == before


@pytest.mark.parametrize("withdrawn", ["draft", "archived", "taken down", "vendor suspended", "unknown"])
def test_refuses_what_is_not_for_sale_in_the_same_words(
    retailer: Person, vendor: Person, pepsi: Product, body: Body, withdrawn: str
) -> None:
    before = traces()
    reference = pepsi.reference
    match withdrawn:
        case "taken down":
            Product.objects.update(taken_down_at=clock.now())
        case "vendor suspended":
            vendor.company.status = "suspended"
            vendor.company.save()
        case "unknown":
            reference = "P99999"
        case status:
            Product.objects.update(status=status)
    answer = post(retailer, "/api/orders", {**body, "items": [{"product": reference, "quantity": 1}]})
    assert answer.status_code == 422
    assert answer.json()["errors"] == {"items.0.product": [f"{reference} is not for sale."]}
    assert traces() == before


@pytest.mark.parametrize(
    ("rules", "quantity", "words"),
    [
        ({"min_order_quantity": 12}, 11, "The minimum quantity of {} is 12."),
        ({"order_multiple": 6}, 15, "{} is sold in multiples of 6."),
    ],
)
def test_refuses_a_quantity_outside_the_products_rules(
    retailer: Person, pepsi: Product, body: Body, rules: dict[str, int], quantity: int, words: str
) -> None:
    Product.objects.update(**rules)
    before = traces()
    answer = post(retailer, "/api/orders", {**body, "items": [{"product": pepsi.reference, "quantity": quantity}]})
    assert answer.status_code == 422
    assert answer.json()["errors"] == {"items.0.quantity": [words.format(pepsi.reference)]}
    assert traces() == before


def test_the_rules_of_quantity_look_at_the_sum(retailer: Person, pepsi: Product, body: Body) -> None:
    Product.objects.update(min_order_quantity=12, order_multiple=6)
    lines = [{"product": pepsi.reference, "quantity": 7}, {"product": pepsi.reference, "quantity": 11}]
    assert post(retailer, "/api/orders", {**body, "items": lines}).status_code == 201


def test_refuses_less_than_the_vendors_minimum_and_says_what_is_missing(retailer: Person, vendor: Person, body: Body) -> None:
    vendor.of.minimum_order_value = Decimal("5000.00")
    vendor.of.save()
    before = traces()
    answer = post(retailer, "/api/orders", body)
    assert answer.status_code == 422
    words = "The minimum order value of Ahmed Foods LLC is 5000.00 AED before VAT; 200.00 AED are missing."
    assert answer.json()["errors"] == {"items": [words]}
    assert traces() == before


def test_takes_exactly_the_vendors_minimum(retailer: Person, vendor: Person, body: Body) -> None:
    vendor.of.minimum_order_value = Decimal("4800.00")
    vendor.of.save()
    assert post(retailer, "/api/orders", body).status_code == 201


def test_refuses_an_emirate_that_the_vendor_does_not_serve(retailer: Person, vendor: Person, body: Body) -> None:
    vendor.of.delivers_to = ["Sharjah", "Ajman"]
    vendor.of.save()
    before = traces()
    answer = post(retailer, "/api/orders", body)
    assert answer.status_code == 422
    assert answer.json()["errors"] == {"address": ["Ahmed Foods LLC does not deliver to Dubai, only to Sharjah, Ajman."]}
    assert traces() == before


@pytest.mark.parametrize("whose", ["a rival's", "removed", "unknown"])
def test_refuses_an_address_that_is_not_the_retailers_own(
    retailer: Person, rival_retailer: Person, address: Address, body: Body, whose: str
) -> None:
    number = address.pk
    match whose:
        case "a rival's":
            number = AddressFactory(retailer=rival_retailer.of).pk
        case "removed":
            Address.objects.update(removed_at=clock.now())
        case "unknown":
            number = 10**12
    before = traces()
    answer = post(retailer, "/api/orders", {**body, "address": number})
    assert answer.status_code == 422
    assert answer.json()["errors"] == {"address": ["There is no such address."]}
    assert traces() == before


def test_refuses_a_total_that_holds_no_more_and_says_the_new_one(retailer: Person, pepsi: Product, body: Body) -> None:
    before = traces()
    answer = post(retailer, "/api/orders", {**body, "expected_total": "5039.99"})
    assert (answer.status_code, answer.json()["code"], answer.json()["total"]) == (409, "price_changed", "5040.00")
    assert [(item["product"], item["unit_price"]) for item in answer.json()["items"]] == [(pepsi.reference, "48.00")]
    assert traces() == before
    assert post(retailer, "/api/orders", {**body, "expected_total": "5040.00"}).status_code == 201


def test_refuses_the_21st_unpaid_card_order(retailer: Person, pepsi: Product, body: Body) -> None:
    for _ in range(20):
        an_order(retailer.of, pepsi, quantity=1, status="pending_payment")
    before = traces()
    answer = post(retailer, "/api/orders", body)
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
    assert traces() == before
    assert post(retailer, "/api/orders", {**body, "payment_method": "cash_on_delivery"}).status_code == 201


def test_a_rivals_unpaid_orders_do_not_count(retailer: Person, rival_retailer: Person, pepsi: Product, body: Body) -> None:
    for _ in range(20):
        an_order(rival_retailer.of, pepsi, quantity=1, status="pending_payment")
    assert post(retailer, "/api/orders", body).status_code == 201


@pytest.mark.parametrize(
    ("wrong", "fields"),
    [
        ({"items": []}, {"items"}),
        ({"items": "P1001"}, {"items"}),
        ({"items": [{"product": "P1001"}]}, {"items.0.quantity"}),
        ({"items": [{"product": "1001", "quantity": 1}]}, {"items.0.product"}),
        ({"items": [{"product": "V1001", "quantity": 1}]}, {"items.0.product"}),
        ({"items": [{"product": ["P1001"], "quantity": 1}]}, {"items.0.product"}),
        *[
            ({"items": [{"product": "P1001", "quantity": bad}]}, {"items.0.quantity"})
            for bad in (0, -1, "5", 5.0, True, None, 2**31, 10**30)
        ],
        ({"items": [{"product": "P1001", "quantity": 1, "price": "1.00"}]}, {"items.0.price"}),
        ({"items": [{"product": "P1001", "quantity": 1}] * 201}, {"items"}),
        ({"address": None}, {"address"}),
        ({"address": "1"}, {"address"}),
        ({"payment_method": "cheque"}, {"payment_method"}),
        ({"payment_method": ["card"]}, {"payment_method"}),
        ({"notes": "x" * 1001}, {"notes"}),
        ({"notes": "a\x00b"}, {"notes"}),
        ({"expected_total": "1,000.00"}, {"expected_total"}),
        ({"expected_total": "1.005"}, {"expected_total"}),
        ({"total": "1.00", "status": "pending", "vendor": "V1001"}, {"total", "status", "vendor"}),
    ],
)
def test_refuses_a_wrong_body_naming_each_field(retailer: Person, body: Body, wrong: Body, fields: set[str]) -> None:
    before = traces()
    answer = post(retailer, "/api/orders", {**body, **wrong})
    assert (answer.status_code, answer.json()["code"]) == (422, "validation_error")
    assert set(answer.json()["errors"]) == fields
    assert traces() == before


def test_refuses_a_sum_above_what_one_order_can_hold(retailer: Person, vendor: Person, body: Body) -> None:
    gold = ProductFactory(vendor=vendor.of, price="999999.99", on_hand=10_000_000)
    before = traces()
    answer = post(retailer, "/api/orders", {**body, "items": [{"product": gold.reference, "quantity": 10_000_000}]})
    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["items"])
    halves = [{"product": gold.reference, "quantity": 10_000_000}] * 2
    assert list(post(retailer, "/api/orders", {**body, "items": halves}).json()["errors"]) == ["items.0.quantity", "items.1.quantity"]
    assert traces() == before


def test_reads_a_form_too(retailer: Person, pepsi: Product, address: Address) -> None:
    form = f"items[0]product={pepsi.reference}&items[0]quantity=5&address={address.pk}&payment_method=card"
    answer = retailer.api.post("/api/orders", form, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 201
    assert answer.json()["items"][0]["quantity"] == 5


@pytest.mark.parametrize("who", ["vendor", "dispatcher", "staff", "nobody"])
def test_only_retailers_order(request: pytest.FixtureRequest, body: Body, who: str) -> None:
    before = traces()
    client = request.getfixturevalue("stranger") if who == "nobody" else request.getfixturevalue(who).api
    assert client.post("/api/orders", body, format="json").status_code == (401 if who == "nobody" else 403)
    assert traces() == before


def test_the_number_of_queries_does_not_grow_with_the_lines(retailer: Person, vendor: Person, address: Address, body: Body) -> None:
    products = [ProductFactory(vendor=vendor.of) for _ in range(41)]

    def queries(lines: int) -> int:
        wanted = [{"product": product.reference, "quantity": 1} for product in products[:lines]]
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert post(retailer, "/api/orders", {**body, "items": wanted}).status_code == 201
        return len(asked) - sum(1 for query in asked if 'UPDATE "catalog_stock" SET "reserved"' in query["sql"])

    queries(1)  # the cart is made by the first order
    assert queries(2) == queries(40)
