"""GET /api/products: filters, sorts, pages and cursors, each in a constant number of queries."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.test import APIClient

from aqad.accounts.statuses import TRANSITIONS, CompanyStatus
from catalog.actions.pictures import StoredPicture, rows_of
from catalog.api import listing
from catalog.api.listing import build_products, read_products
from catalog.models import Product, ProductImage, Stock
from tests.cast import Person
from tests.catalog.test_products import SHAPE
from tests.factories.goods import BrandFactory, CategoryFactory, ProductFactory

pytestmark = pytest.mark.embedded


def ids(client: APIClient, **query: Any) -> list[str]:
    answer = client.get("/api/products", query)
    assert answer.status_code == 200, answer.content
    return [product["id"] for product in answer.json()["results"]]


@pytest.fixture
def three(vendor: Person) -> list[Product]:
    """Water at 10, Cola at 30, Juice at 20, in this order."""
    return [ProductFactory(vendor=vendor.of, name=name, price=price) for name, price in (("Water", 10), ("Cola", 30), ("Juice", 20))]


def test_shows_every_product_in_the_contracts_shape(vendor: Person, stranger: APIClient) -> None:
    pepsi = ProductFactory(vendor=vendor.of)
    ProductImage.objects.bulk_create(rows_of(pepsi, [StoredPicture("products/a.webp", 4, 3), StoredPicture("products/b.webp", 4, 3)]))
    listed = stranger.get("/api/products").json()
    assert set(listed["results"][0]) == SHAPE
    assert listed["results"][0] == stranger.get(f"/api/products/{pepsi.reference}").json()
    assert [image["url"].rpartition("/")[2] for image in listed["results"][0]["images"]] == ["a.webp", "b.webp"]
    assert listed["pagination"] == {"page": 1, "limit": 20, "total": 1, "pages": 1, "total_is_exact": True, "next": None}


@pytest.mark.parametrize(
    ("sort", "names"),
    [
        (None, ["Juice", "Cola", "Water"]),
        ("newest", ["Juice", "Cola", "Water"]),
        ("relevance", ["Juice", "Cola", "Water"]),
        ("price", ["Water", "Juice", "Cola"]),
        ("-price", ["Cola", "Juice", "Water"]),
        ("name", ["Cola", "Juice", "Water"]),
    ],
)
def test_sorts_and_reads_on_by_cursor_in_the_same_order(
    three: list[Product], stranger: APIClient, sort: str | None, names: list[str]
) -> None:
    query: dict[str, Any] = {"limit": 1} if sort is None else {"limit": 1, "sort": sort}
    seen = []
    for _ in range(3):
        page = stranger.get("/api/products", query).json()
        seen += [product["name"] for product in page["results"]]
        query["cursor"] = page["pagination"]["next"]
    assert (seen, query["cursor"]) == (names, None)


def test_a_cursor_neither_skips_nor_repeats_among_equal_prices(vendor: Person, stranger: APIClient) -> None:
    made = [ProductFactory(vendor=vendor.of, price=5) for _ in range(7)]
    for sort in ("price", "-price", "name"):
        seen: list[str] = []
        query: dict[str, Any] = {"sort": sort, "limit": 2}
        while True:
            page = stranger.get("/api/products", query).json()
            seen += [product["id"] for product in page["results"]]
            if page["pagination"]["next"] is None:
                break
            query["cursor"] = page["pagination"]["next"]
        assert sorted(seen) == sorted(product.reference for product in made)


def test_filters_by_price_in_strict_money(three: list[Product], stranger: APIClient) -> None:
    water, cola, juice = (product.reference for product in three)
    assert ids(stranger, min_price="20") == [juice, cola]
    assert ids(stranger, max_price="20.00") == [juice, water]
    assert ids(stranger, min_price="10.01", max_price="29.99") == [juice]
    assert ids(stranger, min_price="30", max_price="10") == []


def test_filters_by_category_with_all_that_stand_below(vendor: Person, stranger: APIClient) -> None:
    drinks = CategoryFactory(name="Drinks", slug="drinks")
    soft = CategoryFactory(name="Soft", slug="soft", parent=drinks)
    cola = ProductFactory(vendor=vendor.of, category=CategoryFactory(name="Cola", slug="cola", parent=soft))
    tea = ProductFactory(vendor=vendor.of, category=drinks)
    ProductFactory(vendor=vendor.of, category=CategoryFactory(name="Bread", slug="bread"))
    assert ids(stranger, category="drinks") == [tea.reference, cola.reference]
    assert ids(stranger, category="soft") == [cola.reference]
    assert ids(stranger, category="no-such") == []


def test_filters_by_brand_vendor_and_what_can_be_had(vendor: Person, rival_vendor: Person, stranger: APIClient) -> None:
    mine = ProductFactory(vendor=vendor.of)
    theirs = ProductFactory(vendor=rival_vendor.of, brand=BrandFactory(name="Cola", slug="cola"))
    sold_out = ProductFactory(vendor=rival_vendor.of)
    Stock.objects.filter(product=sold_out).update(reserved=500)
    assert ids(stranger, brand="cola") == [theirs.reference]
    assert ids(stranger, vendor=vendor.of.reference.lower()) == [mine.reference]
    assert ids(stranger, vendor="V999999") == []
    assert ids(stranger, in_stock="true") == [theirs.reference, mine.reference]
    assert ids(stranger, in_stock="false") == [sold_out.reference]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("page", "0"), ("page", "-1"), ("page", "x"), ("page", "1000000000"), ("page", "51"), ("page", "١"),
        ("limit", "0"), ("limit", "101"),
        ("limit", "10**9"), ("sort", "user__password"), ("sort", "-name"), ("sort", ""), ("cursor", "x"), ("cursor", "W10="),
        ("min_price", "-1"), ("min_price", "1.234"), ("min_price", "1e3"), ("min_price", "1,000"), ("min_price", "NaN"), ("min_price", ""),
        ("max_price", "1000000"), ("max_price", "٤٨"), ("max_price", "9999999999999"), ("in_stock", "yes"), ("in_stock", "1"),
        ("vendor", "1001"), ("vendor", "P1001"), ("vendor", "V" + "9" * 20), ("category", "a b"), ("category", "x" * 141), ("brand", "%"),
        ("user__password__startswith", "a"), ("format", "xml"), ("is_staff", "true"),
    ],
)  # fmt: skip
def test_refuses_a_parameter_that_cannot_be_and_names_it(stranger: APIClient, db: None, name: str, value: str) -> None:
    answer = stranger.get("/api/products", {name: value})
    assert answer.status_code == 422, answer.content
    assert set(answer.json()["errors"]) == {name}


def test_refuses_a_parameter_that_stands_twice_or_a_page_with_a_cursor(three: list[Product], stranger: APIClient) -> None:
    assert set(stranger.get("/api/products?sort=name&sort=price").json()["errors"]) == {"sort"}
    cursor = stranger.get("/api/products?limit=1").json()["pagination"]["next"]
    assert set(stranger.get("/api/products", {"cursor": cursor, "page": 1}).json()["errors"]) == {"cursor"}
    assert set(stranger.get("/api/products", {"cursor": cursor, "sort": "price"}).json()["errors"]) == {"cursor"}


def test_a_page_past_the_end_is_empty(three: list[Product], stranger: APIClient) -> None:
    page = stranger.get("/api/products?page=2").json()
    assert (page["results"], page["pagination"]["total"]) == ([], 3)


def test_costs_the_same_however_much_is_shown(vendor: Person, stranger: APIClient, django_assert_num_queries: Any) -> None:
    for number in (1, 25):
        for _ in range(number):
            product = ProductFactory(vendor=vendor.of)
            ProductImage.objects.bulk_create(rows_of(product, [StoredPicture("products/a.webp", 4, 3)]))
        with django_assert_num_queries(1):  # the page with its pictures and how many there are
            stranger.get(f"/api/products?limit={20 + number}")
        with django_assert_num_queries(1):
            stranger.get(f"/api/products?limit={70 + number}&vendor={vendor.of.reference}")
        with django_assert_num_queries(2):  # how many there are, the page
            stranger.get(f"/api/products?limit=20&max_price={number}001")
        with django_assert_num_queries(2):
            stranger.get(f"/api/products?limit=100&max_price={number}000")
        with django_assert_num_queries(2):  # what matches, the page
            stranger.get(f"/api/products?limit=100&search=pepsi&max_price={number}000")
        with django_assert_num_queries(3):  # besides, the tree
            stranger.get(f"/api/products?limit=100&category=soft-drinks&max_price={number}000")


def test_what_few_match_is_found_like_what_many_match(three: list[Product], monkeypatch: pytest.MonkeyPatch) -> None:
    asked = [{"max_price": "100.00", "sort": sort} for sort in ("newest", "price", "-price", "name")]
    asked += [{"in_stock": "true", "limit": "2"}, {"in_stock": "true", "limit": "2", "page": "2"}]
    asked += [{"category": three[0].category.slug, "sort": "price"}]
    pages = [build_products(read_products(query)) for query in asked]
    assert all(page["results"] for page in pages)
    monkeypatch.setattr(listing, "DEEPEST_ROW", 0)
    monkeypatch.setattr(listing, "_narrow", listing._narrow.__wrapped__)
    for query, page in zip(asked, pages, strict=True):
        again = build_products(read_products(query))
        assert (again["results"], again["pagination"]["next"]) == (page["results"], page["pagination"]["next"])


@pytest.mark.parametrize(
    "query",
    [{}, {"sort": "price"}, {"category": "soft-drinks"}, {"in_stock": "true"}, {"max_price": "100.00"}, {"page": "2", "limit": "1"}],
)
def test_goods_of_a_vendor_that_was_shut_out_are_neither_shown_nor_counted(
    three: list[Product], rival_vendor: Person, query: dict[str, str]
) -> None:
    before = build_products(read_products(query))
    product = ProductFactory(vendor=rival_vendor.of, category=three[0].category, price="9.00")
    assert build_products(read_products(query))["pagination"]["total"] == before["pagination"]["total"] + 1
    rival_vendor.company.status = CompanyStatus.SUSPENDED
    rival_vendor.company.save()
    after = build_products(read_products(query))
    assert (after["results"], after["pagination"]) == (before["results"], before["pagination"])
    assert product.reference not in {one["id"] for one in after["results"]}


def test_what_is_counted_is_what_is_on_sale() -> None:
    """`products_to_count` rests on this: whoever lists products is active, and who was active is active or suspended."""
    assert TRANSITIONS[CompanyStatus.ACTIVE] == {CompanyStatus.SUSPENDED}
    assert TRANSITIONS[CompanyStatus.SUSPENDED] == {CompanyStatus.ACTIVE}


def test_the_single_product_costs_one_query(vendor: Person, stranger: APIClient, django_assert_num_queries: Any) -> None:
    product = ProductFactory(vendor=vendor.of)
    with django_assert_num_queries(1):
        stranger.get(f"/api/products/{product.reference}")
