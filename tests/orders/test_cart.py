"""The cart holds what a shop means to buy, of any number of vendors, and says what stands in the way."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from aqad.core import clock
from catalog.api.serializers import ProductShown
from catalog.models import Product, Stock
from orders.actions.cart import MOST_PRODUCTS
from orders.models import Cart, CartItem
from tests.cast import Person
from tests.factories.goods import ProductFactory

pytestmark = pytest.mark.embedded


def put(who: Person, product: Product | str, quantity: object) -> object:
    reference = product if isinstance(product, str) else product.reference
    return who.api.put(f"/api/cart/items/{reference}", {"quantity": quantity}, format="json")


def test_a_new_shop_has_an_empty_cart_and_looking_makes_none(retailer: Person) -> None:
    empty = {"items": [], "vendors": [], "subtotal": "0.00", "vat": "0.00", "total": "0.00"}
    assert retailer.api.get("/api/cart").json() == empty
    assert not Cart.objects.exists()


def test_holds_goods_of_several_vendors_with_a_part_for_each(
    retailer: Person, vendor: Person, rival_vendor: Person, pepsi: Product, cola: Product
) -> None:
    vendor.of.minimum_order_value = Decimal("1000.00")
    vendor.of.save()
    put(retailer, pepsi, 10)
    cart = put(retailer, cola, 20).json()
    assert [(line["product"]["id"], line["quantity"], line["line_total"], line["problem"]) for line in cart["items"]] == [
        (pepsi.reference, 10, "480.00", None),
        (cola.reference, 20, "730.00", None),
    ]
    assert cart["vendors"] == [
        {
            "vendor": {"id": vendor.of.reference, "name": "Ahmed Foods LLC"},
            "subtotal": "480.00",
            "minimum_order_value": "1000.00",
            "shortfall": "520.00",
        },
        {
            "vendor": {"id": rival_vendor.of.reference, "name": "Al Noor Trading"},
            "subtotal": "730.00",
            "minimum_order_value": "0.00",
            "shortfall": "0.00",
        },
    ]
    assert (cart["subtotal"], cart["vat"], cart["total"]) == ("1210.00", "60.50", "1270.50")
    assert cart["items"][0]["product"] == retailer.api.get(f"/api/products/{pepsi.reference}").json()
    assert retailer.api.get("/api/cart").json() == cart


def test_putting_again_replaces_the_quantity_and_keeps_the_place(retailer: Person, pepsi: Product, cola: Product) -> None:
    put(retailer, pepsi, 10)
    put(retailer, cola, 1)
    cart = put(retailer, pepsi.reference.lower(), 7).json()
    assert [(line["product"]["id"], line["quantity"]) for line in cart["items"]] == [(pepsi.reference, 7), (cola.reference, 1)]


@pytest.mark.parametrize(
    ("change", "quantity", "problem"),
    [
        ({"min_order_quantity": 12}, 11, "below_minimum"),
        ({"order_multiple": 6}, 13, "not_multiple"),
        ({}, 501, "insufficient_stock"),
    ],
)
def test_says_what_is_wrong_with_a_line(retailer: Person, pepsi: Product, change: dict[str, int], quantity: int, problem: str) -> None:
    Product.objects.filter(pk=pepsi.pk).update(**change)
    cart = put(retailer, pepsi, quantity).json()
    assert [line["problem"] for line in cart["items"]] == [problem]
    assert cart["subtotal"] == f"{48 * quantity}.00"


@pytest.mark.parametrize("withdrawn", ["draft", "archived", "taken down", "vendor suspended"])
def test_what_is_not_for_sale_any_more_costs_nothing_and_shows_nothing_new(
    retailer: Person, vendor: Person, pepsi: Product, cola: Product, withdrawn: str
) -> None:
    put(retailer, pepsi, 10)
    put(retailer, cola, 2)
    Product.objects.filter(pk=pepsi.pk).update(price="1.11", description="Secret", sku="SECRET")
    match withdrawn:
        case "taken down":
            Product.objects.filter(pk=pepsi.pk).update(taken_down_at=clock.now())
        case "vendor suspended":
            vendor.company.status = "suspended"
            vendor.company.save()
        case status:
            Product.objects.filter(pk=pepsi.pk).update(status=status)
    cart = retailer.api.get("/api/cart").json()
    gone = cart["items"][0]
    assert (gone["problem"], gone["line_total"], gone["product"]["quantity"], gone["product"]["price"]) == ("unavailable", "0.00", 0, None)
    assert (gone["product"]["id"], gone["product"]["name"]) == (pepsi.reference, "Pepsi 330ml")
    assert set(gone["product"]) == set(ProductShown().fields)
    assert "secret" not in str(cart).lower()
    assert (cart["subtotal"], cart["total"]) == ("73.00", "76.65")
    cleaned = retailer.api.delete(f"/api/cart/items/{pepsi.reference}")
    assert cleaned.status_code == 200
    assert [line["product"]["id"] for line in cleaned.json()["items"]] == [cola.reference]


@pytest.mark.parametrize("quantity", [0, -1, "5", 1.5, True, None, 10_000_001, 2**63])
def test_refuses_a_quantity_that_is_none(retailer: Person, pepsi: Product, quantity: object) -> None:
    answer = put(retailer, pepsi, quantity)
    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["quantity"])
    assert not CartItem.objects.exists()


@pytest.mark.parametrize("reference", ["P99999", "V1001", "P1", "P-1", "%00", "P1001x"])
def test_what_is_not_for_sale_cannot_be_put_in(retailer: Person, reference: str) -> None:
    assert put(retailer, reference, 1).status_code == 404
    assert retailer.api.delete(f"/api/cart/items/{reference}").status_code == 404


def test_a_draft_is_as_unknown_as_what_does_not_exist(retailer: Person, pepsi: Product) -> None:
    Product.objects.update(status="draft")
    assert put(retailer, pepsi, 1).json() == put(retailer, "P99999", 1).json()
    assert retailer.api.delete(f"/api/cart/items/{pepsi.reference}").status_code == 404


def test_taking_out_is_harmless_when_repeated(retailer: Person, pepsi: Product, cola: Product) -> None:
    put(retailer, pepsi, 1)
    put(retailer, cola, 1)
    for _ in range(2):
        answer = retailer.api.delete(f"/api/cart/items/{pepsi.reference}")
        assert (answer.status_code, len(answer.json()["items"])) == (200, 1)


def test_clearing_empties_it(retailer: Person, pepsi: Product) -> None:
    put(retailer, pepsi, 1)
    answer = retailer.api.delete("/api/cart")
    assert (answer.status_code, answer.json()["items"]) == (200, [])


def test_every_shop_has_its_own(retailer: Person, rival_retailer: Person, pepsi: Product) -> None:
    put(retailer, pepsi, 1)
    assert rival_retailer.api.get("/api/cart").json()["items"] == []
    rival_retailer.api.delete("/api/cart")
    assert len(retailer.api.get("/api/cart").json()["items"]) == 1


def test_a_cart_reserves_nothing(retailer: Person, pepsi: Product) -> None:
    put(retailer, pepsi, 400)
    assert Stock.objects.get(product=pepsi).reserved == 0


def test_refuses_more_products_than_it_can_hold(retailer: Person, pepsi: Product, cola: Product) -> None:
    put(retailer, pepsi, 1)
    cart = Cart.objects.get()
    others = Product.objects.bulk_create(
        Product(
            vendor=pepsi.vendor, category=pepsi.category, brand=pepsi.brand, name="x", slug="x", price=1, search_text="x", status="draft"
        )
        for _ in range(MOST_PRODUCTS - 1)
    )
    CartItem.objects.bulk_create(CartItem(cart=cart, product=product, quantity=1) for product in others)
    answer = put(retailer, cola, 1)
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
    assert put(retailer, pepsi, 2).status_code == 200
    assert CartItem.objects.count() == MOST_PRODUCTS


@pytest.mark.parametrize("who", ["vendor", "dispatcher", "staff"])
def test_only_shops_have_carts(request: pytest.FixtureRequest, who: str) -> None:
    assert request.getfixturevalue(who).api.get("/api/cart").status_code == 403


def test_the_number_of_queries_does_not_grow_with_the_cart(retailer: Person, vendor: Person) -> None:
    products = [ProductFactory(vendor=vendor.of) for _ in range(30)]

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert retailer.api.get("/api/cart").status_code == 200
        return len(asked)

    put(retailer, products[0], 1)
    few = queries()
    for product in products[1:]:
        put(retailer, product, 1)
    assert queries() == few
