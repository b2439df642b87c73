"""Vendors list, change and archive products over the API."""

from __future__ import annotations

import threading
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, connections
from rest_framework.test import APIClient

from aqad.audit.models import Event
from aqad.core.errors import Invalid
from catalog.actions import products
from catalog.actions.products import NewProduct
from catalog.models import Product, Stock, StockMovement
from tests import cast
from tests.cast import Person
from tests.factories.goods import BrandFactory, CategoryFactory, ProductFactory

pytestmark = pytest.mark.embedded

SHAPE = {
    "id", "name", "slug", "description", "price", "currency", "vat_rate", "unit", "pack_size", "units_per_pack", "min_order_quantity",
    "order_multiple", "sku", "barcode", "quantity", "in_stock", "status", "category", "brand", "vendor", "images", "created_at",
}  # fmt: skip


@pytest.fixture
def shelves(db: None) -> None:
    CategoryFactory()
    BrandFactory()


def body(**changes: Any) -> dict[str, Any]:
    return {"name": "Pepsi 330ml", "price": "48.00", "quantity": 500, "category": "soft-drinks", "brand": "pepsi", **changes}


def post(person: Person, **changes: Any) -> Any:
    return person.api.post("/api/products", body(**changes), format="json")


@pytest.mark.usefixtures("shelves")
def test_a_vendor_lists_a_product(vendor: Person) -> None:
    answer = post(vendor, description="Carbonated\nsoft drink", unit="carton", pack_size="24 x 330 ml", units_per_pack=24)
    assert answer.status_code == 201, answer.content
    product = answer.json()
    assert set(product) >= SHAPE
    assert product["price"] == "48.00"
    assert product["vat_rate"] == "5.00"
    assert product["quantity"] == 500
    assert product["category"] == {"slug": "soft-drinks", "name": "Soft Drinks"}
    assert product["vendor"] == {"id": vendor.of.reference, "name": "Ahmed Foods LLC"}
    assert product["slug"] == "pepsi-330ml"
    assert product["created_at"].endswith("+04:00")
    assert StockMovement.objects.get().on_hand_change == 500
    event = Event.objects.get(verb="catalog.product_created")
    assert event.text == f"Vendor {vendor.of.reference} created Product {product['id']}"


@pytest.mark.usefixtures("shelves")
def test_a_form_lists_a_product_too(vendor: Person) -> None:
    answer = vendor.api.post("/api/products", {key: str(value) for key, value in body().items()})
    assert answer.status_code == 201, answer.content


@pytest.mark.usefixtures("shelves")
def test_a_first_stock_of_nothing_needs_no_movement(vendor: Person) -> None:
    product = post(vendor, quantity=0).json()
    assert (product["quantity"], product["in_stock"]) == (0, False)
    assert not StockMovement.objects.exists()


@pytest.mark.usefixtures("shelves")
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("price", 0), ("price", "-1"), ("price", "1.234"), ("price", "1e3"), ("price", "1,000.00"), ("price", "1000000.00"),
        ("price", True),
        ("price", "٤٨"), ("price", "NaN"), ("price", None), ("price", "1_000"), ("price", " 5 "),
        ("quantity", -1), ("quantity", 10_000_001), ("quantity", "5"), ("quantity", 1.5), ("quantity", True), ("quantity", 2**63),
        ("name", ""), ("name", " \u200b "), ("name", "x" * 201), ("name", "a\u0000b"), ("name", "a\u202eb"), ("name", 7), ("name", None),
        ("description", "x" * 5001),
        ("category", "no-such"), ("category", 1), ("category", None), ("brand", "no-such"),
        ("vat_rate", "7.00"), ("vat_rate", "-5.00"),
        ("barcode", "5449000000997"), ("barcode", "544900000099"), ("barcode", "abc"), ("barcode", "٥٤٤٩٠٠٠٠٠٠٩٩٦"),
        ("barcode", "5449-000000996"),
        ("units_per_pack", 0), ("min_order_quantity", 0), ("order_multiple", -2), ("low_stock_at", -1),
        ("status", "archived"), ("status", "on_sale"),
        ("vendor", "V1002"), ("id", "P5"), ("search_text", "x"), ("taken_down_at", None), ("is_staff", True), ("images", ["x"]),
    ],
)  # fmt: skip
def test_refuses_a_wrong_value_and_names_its_field(vendor: Person, field: str, value: Any) -> None:
    answer = post(vendor, **{field: value})
    assert answer.status_code == 422, answer.content
    assert any(name.split(".")[0] == field for name in answer.json()["errors"]), answer.json()
    assert not Product.objects.exists()


@pytest.mark.usefixtures("shelves")
@pytest.mark.parametrize("code", ["96385074", "036000291452", "5449000000996", "15449000000993"])
def test_accepts_every_length_of_a_trade_item_number(vendor: Person, code: str) -> None:
    assert post(vendor, barcode=code).json()["barcode"] == code


@pytest.mark.usefixtures("shelves")
def test_names_everything_that_is_wrong_at_once(vendor: Person) -> None:
    answer = vendor.api.post(
        "/api/products", {"name": "x", "price": "-1", "quantity": 1, "category": "no-such", "brand": "no-such"}, format="json"
    )
    assert set(answer.json()["errors"]) == {"price", "category", "brand"}


@pytest.mark.usefixtures("shelves")
def test_a_sku_is_unique_within_the_vendors_unarchived_products(vendor: Person, rival_vendor: Person) -> None:
    first = post(vendor, sku="PEP-330").json()
    assert set(post(vendor, sku="PEP-330").json()["errors"]) == {"sku"}
    assert Product.objects.count() == 1
    assert post(rival_vendor, sku="PEP-330").status_code == 201
    vendor.api.delete(f"/api/products/{first['id']}")
    assert post(vendor, sku="PEP-330").status_code == 201
    revived = vendor.api.patch(f"/api/products/{first['id']}", {"status": "published"}, format="json")
    assert (revived.status_code, set(revived.json()["errors"])) == (422, {"sku"})
    assert Product.objects.get(pk=first["id"][1:]).status == "archived"


@pytest.mark.django_db(transaction=True)
def test_of_two_products_with_one_sku_at_the_same_time_one_is_refused() -> None:
    vendor = cast.a_vendor()
    category, brand = CategoryFactory(), BrandFactory()
    start, outcomes = threading.Barrier(4), []

    def create() -> None:
        start.wait()
        try:
            fields: Any = {"name": "Pepsi", "price": Decimal("48.00"), "category": category, "brand": brand, "sku": "PEP"}
            products.create_product(vendor=vendor.of, fields=fields, quantity=1, actor=vendor.actor)
            outcomes.append("created")
        except Invalid as refusal:
            outcomes.append(",".join(refusal.errors))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=create) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["created", "sku", "sku", "sku"]
    assert Product.objects.count() == Stock.objects.count() == 1


@pytest.mark.usefixtures("shelves")
def test_the_same_key_lists_a_product_once(vendor: Person) -> None:
    headers = {"HTTP_IDEMPOTENCY_KEY": "list-pepsi"}
    first = vendor.api.post("/api/products", body(), format="json", **headers)
    again = vendor.api.post("/api/products", body(), format="json", **headers)
    assert first.json()["id"] == again.json()["id"]
    assert again.headers["Idempotency-Replayed"] == "true"
    assert Product.objects.count() == 1


@pytest.mark.usefixtures("shelves")
def test_only_vendors_list_products(retailer: Person, staff: Person, dispatcher: Person, stranger: APIClient) -> None:
    assert stranger.post("/api/products", {"name": "x"}, format="json").status_code == 401
    for person in (retailer, staff, dispatcher):
        assert person.api.post("/api/products", {"name": "x"}, format="json").status_code == 403
    assert not Product.objects.exists()


@pytest.fixture
def pepsi(vendor: Person) -> Product:
    return ProductFactory(vendor=vendor.of)


def test_a_vendor_changes_its_product(vendor: Person, pepsi: Product) -> None:
    BrandFactory(name="Coca-Cola", slug="coca-cola")
    answer = vendor.api.patch(f"/api/products/{pepsi.reference}", {"price": 50, "brand": "coca-cola", "name": "Cola 1L"}, format="json")
    assert answer.status_code == 200, answer.content
    assert (answer.json()["price"], answer.json()["brand"]["slug"], answer.json()["slug"]) == ("50.00", "coca-cola", "cola-1l")
    pepsi.refresh_from_db()
    assert "coca cola" in pepsi.search_text
    event = Event.objects.get(verb="catalog.product_changed")
    assert event.facts == {"changed": ["brand", "name", "price"], "price": ["48.00", "50.00"]}


def test_a_change_that_changes_nothing_is_not_put_on_record(vendor: Person, pepsi: Product) -> None:
    assert vendor.api.patch(f"/api/products/{pepsi.reference}", {"price": "48.00"}, format="json").status_code == 200
    assert not Event.objects.filter(verb="catalog.product_changed").exists()


def test_putting_a_product_replaces_it_whole_but_for_its_status(vendor: Person, pepsi: Product) -> None:
    Product.objects.filter(pk=pepsi.pk).update(status="draft", low_stock_at=5)
    incomplete = vendor.api.put(f"/api/products/{pepsi.reference}", {"name": "Pepsi"}, format="json")
    assert set(incomplete.json()["errors"]) == {"price", "category", "brand"}
    whole = body(name="Pepsi Max")
    del whole["quantity"]
    answer = vendor.api.put(f"/api/products/{pepsi.reference}", whole, format="json").json()
    assert (answer["name"], answer["pack_size"], answer["low_stock_at"], answer["status"]) == ("Pepsi Max", "", None, "draft")


@pytest.mark.parametrize("method", ["put", "patch"])
def test_the_quantity_is_not_written_with_the_product(vendor: Person, pepsi: Product, method: str) -> None:
    answer = getattr(vendor.api, method)(f"/api/products/{pepsi.reference}", body(quantity=1), format="json")
    assert answer.status_code == 422
    assert "/stock" in answer.json()["errors"]["quantity"][0]
    assert Stock.objects.get(product=pepsi).on_hand == 500


def test_another_vendors_product_cannot_be_found_to_change(rival_vendor: Person, pepsi: Product) -> None:
    path = f"/api/products/{pepsi.reference}"
    answers = [
        rival_vendor.api.patch(path, {"price": "1.00"}, format="json"),
        rival_vendor.api.put(path, body(), format="json"),
        rival_vendor.api.delete(path),
        rival_vendor.api.post(f"{path}/stock", {"change": -5, "reason": "x"}, format="json"),
        rival_vendor.api.get(f"{path}/stock/movements"),
        rival_vendor.api.post(f"{path}/images", {}),
    ]
    assert [answer.status_code for answer in answers] == [404] * 6
    pepsi.refresh_from_db()
    assert (pepsi.price, pepsi.status, pepsi.stock.on_hand) == (Decimal("48.00"), "published", 500)


@pytest.mark.parametrize("reference", ["P9999", "p0", "P-1", "P" + "9" * 25, "V1001", "x", "%00", "P1e3"])
def test_an_unknown_or_malformed_reference_is_not_found(vendor: Person, reference: str) -> None:
    assert vendor.api.get(f"/api/products/{reference}").status_code == 404
    assert vendor.api.patch(f"/api/products/{reference}", {"price": "1.00"}, format="json").status_code == 404


def test_archiving_keeps_the_product_and_takes_it_out_of_the_window(vendor: Person, retailer: Person, pepsi: Product) -> None:
    for _ in range(2):
        assert vendor.api.delete(f"/api/products/{pepsi.reference}").status_code == 204
    assert retailer.api.get(f"/api/products/{pepsi.reference}").status_code == 404
    assert vendor.api.get(f"/api/products/{pepsi.reference}").json()["status"] == "archived"
    assert Event.objects.filter(verb="catalog.product_archived").count() == 1
    back = vendor.api.patch(f"/api/products/{pepsi.reference}", {"status": "draft"}, format="json")
    assert back.json()["status"] == "draft"


def test_a_draft_is_seen_by_its_vendor_and_staff_only(
    vendor: Person, rival_vendor: Person, retailer: Person, staff: Person, stranger: APIClient, pepsi: Product
) -> None:
    Product.objects.filter(pk=pepsi.pk).update(status="draft")
    path = f"/api/products/{pepsi.reference}"
    assert [vendor.api.get(path).status_code, staff.api.get(path).status_code] == [200, 200]
    assert [client.get(path).status_code for client in (rival_vendor.api, retailer.api, stranger)] == [404] * 3


@pytest.mark.parametrize("status", ["pending", "rejected", "suspended"])
def test_nothing_of_an_inactive_vendor_is_on_sale(vendor: Person, retailer: Person, staff: Person, pepsi: Product, status: str) -> None:
    vendor.company.status = status
    vendor.company.save()
    assert retailer.api.get(f"/api/products/{pepsi.reference}").status_code == 404
    assert staff.api.get(f"/api/products/{pepsi.reference}").status_code == 200
    assert retailer.api.get("/api/products").json()["results"] == []


def test_staff_take_a_product_down_and_restore_it(vendor: Person, retailer: Person, staff: Person, pepsi: Product) -> None:
    path = f"/api/products/{pepsi.reference}"
    assert staff.api.post(f"{path}/takedown", {}, format="json").status_code == 422
    assert vendor.api.post(f"{path}/takedown", {"reason": "x"}, format="json").status_code == 403
    down = staff.api.post(f"{path}/takedown", {"reason": "Recalled by the importer"}, format="json")
    assert (down.status_code, down.json()["taken_down"], down.json()["status"]) == (200, True, "published")
    assert retailer.api.get(path).status_code == 404
    assert vendor.api.get(path).json()["takedown_reason"] == "Recalled by the importer"
    vendor.api.patch(path, {"status": "published"}, format="json")
    assert retailer.api.get(path).status_code == 404
    again = staff.api.post(f"{path}/takedown", {"reason": "x"}, format="json")
    assert (again.status_code, again.json()["code"]) == (409, "invalid_transition")
    assert staff.api.post(f"{path}/restore").json()["taken_down"] is False
    assert retailer.api.get(path).status_code == 200
    assert staff.api.post(f"{path}/restore").status_code == 409


def test_the_single_product_is_never_behind_and_never_cached(vendor: Person, stranger: APIClient, pepsi: Product) -> None:
    path = f"/api/products/{pepsi.reference}"
    assert stranger.get(path).json()["quantity"] == 500
    Stock.objects.filter(product=pepsi).update(reserved=100)
    answer = stranger.get(path)
    assert (answer.json()["quantity"], answer.headers["Cache-Control"]) == (400, "no-store")
    assert set(answer.json()) == SHAPE


def test_a_vendor_sees_all_its_own_products_and_no_other(vendor: Person, rival_vendor: Person, retailer: Person, pepsi: Product) -> None:
    draft = ProductFactory(vendor=vendor.of, status="draft")
    gone = ProductFactory(vendor=vendor.of, status="archived")
    ProductFactory(vendor=rival_vendor.of)
    listed = vendor.api.get("/api/vendor/products").json()
    assert [product["id"] for product in listed["results"]] == [gone.reference, draft.reference, pepsi.reference]
    assert [p["id"] for p in vendor.api.get("/api/vendor/products?status=draft").json()["results"]] == [draft.reference]
    assert vendor.api.get("/api/vendor/products?status=sold").status_code == 422
    assert vendor.api.get("/api/vendor/products?vendor=V1001").status_code == 422
    assert retailer.api.get("/api/vendor/products").status_code == 403


def test_the_vendors_list_costs_the_same_however_long_it_is(vendor: Person, django_assert_num_queries: Any) -> None:
    client = vendor.api
    for number in (1, 30):
        for _ in range(number):
            ProductFactory(vendor=vendor.of, on_hand=5)
        with django_assert_num_queries(3):  # the caller, the page, the count
            client.get("/api/vendor/products?limit=100")


def test_methods_that_are_not_there_are_405(vendor: Person, pepsi: Product) -> None:
    for client in (vendor.api, APIClient()):
        answer = client.post(f"/api/products/{pepsi.reference}", {}, format="json")
        assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")
    assert "GET" in vendor.api.delete("/api/products").headers["Allow"]


@pytest.mark.usefixtures("shelves")
def test_a_batch_costs_the_same_number_of_statements_however_large(vendor: Person, django_assert_max_num_queries: Any) -> None:
    category, brand = CategoryFactory(), BrandFactory()

    def new(number: int) -> list[NewProduct]:
        return [
            NewProduct({"name": f"Product {n}", "category": category, "brand": brand, "price": Decimal("1.00"), "sku": f"{number}-{n}"}, 5)
            for n in range(number)
        ]

    connection.ensure_connection()
    for number in (1, 40):
        with django_assert_max_num_queries(12):
            made = products.create_products(vendor=vendor.of, new=new(number), actor=vendor.actor)
        assert len(made) == number
    assert Product.objects.count() == Stock.objects.count() == StockMovement.objects.count() == 41
    assert Event.objects.filter(verb="catalog.product_created").count() == 41


def test_a_batch_of_changes_says_which_changed(vendor: Person, pepsi: Product) -> None:
    other = ProductFactory(vendor=vendor.of)
    changed = products.update_products([(pepsi, {"price": Decimal("48.00")}), (other, {"price": Decimal("9.00")})], actor=vendor.actor)
    assert changed == [False, True]
    assert Event.objects.get(verb="catalog.product_changed").subject == other.reference
    assert Product.objects.get(pk=other.pk).price == Decimal("9.00")
