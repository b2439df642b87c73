"""The shop window: home, the list with its filters, a product's page, a vendor's window."""

from __future__ import annotations

import html
import json
import re
from decimal import Decimal
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from aqad.core import clock
from aqad.core.stored import near
from catalog.actions.pictures import StoredPicture, rows_of
from catalog.models import Category, Product, ProductImage, Stock, StockMovement
from catalog.names import search_text_of
from catalog.querysets import categories_sold_by
from catalog.search.vocabulary import learn
from tests.cast import Person
from tests.factories.goods import BrandFactory, CategoryFactory, ProductFactory

pytestmark = [pytest.mark.embedded, pytest.mark.django_db]


@pytest.fixture
def pepsi(vendor: Person) -> Product:
    return ProductFactory(vendor=vendor.of)


def text(answer: Any) -> str:
    """What a page says, without its tags."""
    assert answer.status_code == 200, (answer.status_code, answer.headers.get("Location"))
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


def names(client: Client, path: str = "/products", **query: Any) -> list[str]:
    """The products of a grid, in their order."""
    answer = client.get(path, query)
    assert answer.status_code == 200, answer.content
    return re.findall(r'class="name">\s*<a href="/products/[^"]+">([^<]+)</a>', answer.content.decode())


def browser(person: Person) -> Client:
    client = Client()
    client.force_login(person.user)
    return client


def picture(product: Product, name: str = "a") -> None:
    ProductImage.objects.bulk_create(rows_of(product, [StoredPicture(f"products/{name}.webp", 640, 480)]))


def test_the_home_page_leads_into_the_catalogue(pepsi: Product, client: Client) -> None:
    picture(pepsi)
    page = client.get("/").content.decode()
    assert 'action="/products"' in page
    assert "/products?category=soft-drinks" in page
    assert "/media/products/a.webp" in page
    assert f"/products/{pepsi.reference}/pepsi-330ml" in page
    assert f"/vendors/{pepsi.vendor.reference}" in page
    assert "/join" in page
    assert "/sell" in page


def test_the_home_page_invites_nobody_who_is_signed_in(pepsi: Product, retailer: Person) -> None:
    assert "Open an account" in text(Client().get("/"))
    assert "Open an account" not in text(browser(retailer).get("/"))


def test_the_home_page_shows_what_leaves_the_shelves_first(vendor: Person, client: Client) -> None:
    water, cola, juice = (ProductFactory(vendor=vendor.of, name=name) for name in ("Water", "Cola", "Juice"))
    gone = ProductFactory(vendor=vendor.of, name="Gone")
    for product, units in ((water, 5), (cola, 9), (gone, 50)):
        StockMovement.objects.create(product=product, kind="dispatched", on_hand_change=-units, actor="System tests")
    Stock.objects.filter(product=gone).update(on_hand=0)
    assert names(client, "/") == ["Cola", "Water", "Juice"]
    assert juice.name == "Juice"


def test_the_home_page_of_an_empty_market_says_so(client: Client) -> None:
    assert "Nothing is on sale yet" in text(client.get("/"))


def test_the_list_finds_what_the_api_finds(vendor: Person, client: Client) -> None:
    for name, price in (("Water", 10), ("Cola", 30), ("Juice", 20)):
        ProductFactory(vendor=vendor.of, name=name, price=price, search_text=name.lower())
    assert names(client) == ["Juice", "Cola", "Water"]
    assert names(client, sort="price") == ["Water", "Juice", "Cola"]
    assert names(client, min_price="15", max_price="25") == ["Juice"]
    assert names(client, search="col") == ["Cola"]
    assert names(client, vendor=vendor.of.reference, brand="pepsi", category="soft-drinks", in_stock="true") == ["Juice", "Cola", "Water"]


def test_fields_left_blank_and_a_campaigns_marks_are_left_out(pepsi: Product, client: Client, django_assert_num_queries: Any) -> None:
    assert names(client) == ["Pepsi 330ml"]
    with django_assert_num_queries(0):  # the same stored page
        assert names(client, search="", brand=" ", min_price="", sort="", utm_source="mail", fbclid="x") == ["Pepsi 330ml"]


def test_each_filter_in_force_can_be_taken_away(pepsi: Product, client: Client) -> None:
    page = client.get("/products", {"search": "pepsi", "brand": "pepsi", "max_price": "60.00", "sort": "price"}).content.decode()
    chips = re.findall(r'class="chip"\s+href="([^"]+)"', page)
    assert [html.unescape(link) for link in chips] == [
        "/products?brand=pepsi&max_price=60&sort=price",
        "/products?search=pepsi&max_price=60&sort=price",
        "/products?search=pepsi&brand=pepsi&sort=price",
    ]


def test_offers_the_brands_and_vendors_of_what_is_found(vendor: Person, rival_vendor: Person, client: Client) -> None:
    ProductFactory(vendor=vendor.of)
    ProductFactory(vendor=rival_vendor.of, brand=BrandFactory(name="Rani", slug="rani"))
    options = re.compile(r'<option value="([^"]+)"')
    every = options.findall(client.get("/products").content.decode())
    assert {"pepsi", "rani", vendor.of.reference, rival_vendor.of.reference} <= set(every)
    narrowed = options.findall(client.get("/products", {"brand": "rani"}).content.decode())
    assert {"pepsi", "rani", rival_vendor.of.reference} <= set(narrowed)
    assert vendor.of.reference not in narrowed


def test_leads_down_the_category_tree_and_up_again(vendor: Person, client: Client) -> None:
    drinks = CategoryFactory(name="Drinks", slug="drinks")
    ProductFactory(vendor=vendor.of, category=CategoryFactory(name="Water", slug="water", parent=drinks))
    top, below = client.get("/products").content.decode(), client.get("/products?category=water").content.decode()
    assert "/products?category=drinks" in top
    assert "/products?category=water" not in top
    assert "<h1>Water</h1>" in below
    assert "/products?category=drinks" in below
    assert '<input type="hidden" name="category" value="water">' in below


def test_reads_on_where_the_page_ends(vendor: Person, client: Client) -> None:
    for number in range(30):
        ProductFactory(vendor=vendor.of, name=f"Water {number}")
    first = client.get("/products?sort=name")
    more = html.unescape(re.search(r'hx-get="([^"]+cursor[^"]+)"', first.content.decode())[1])  # type: ignore[index]
    seen = names(client, sort="name") + names(client, more)
    assert (len(seen), len(set(seen))) == (30, 30)
    assert "cursor" not in re.sub(r"finder.*?js", "", client.get(more).content.decode()).split('id="grid"')[1]


def test_says_how_many_there_are_and_stops_counting(vendor: Person, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(3):
        ProductFactory(vendor=vendor.of)
    assert "3 products" in text(client.get("/products"))
    monkeypatch.setattr("aqad.core.pagination.DEEPEST_ROW", 2)
    cache.clear()
    near.clear()
    assert "1,000+ products" in text(client.get("/products"))


def test_an_empty_answer_says_what_to_do(pepsi: Product, client: Client) -> None:
    page = text(client.get("/products", {"search": "zzzz", "brand": "pepsi"}))
    assert "Nothing matches “zzzz”" in page
    assert "Check the spelling" in page
    assert "Search all products" in page


def test_a_mistyped_search_says_what_was_found_instead(vendor: Person, client: Client) -> None:
    pepsi = ProductFactory(vendor=vendor.of, search_text="")
    pepsi.search_text = search_text_of(pepsi)
    pepsi.save()
    learn([pepsi.search_text])
    page = text(client.get("/products", {"search": "pespi"}))
    assert "Nothing matches “pespi” as written. These match pepsi." in page
    assert "as written" not in text(client.get("/products", {"search": "pepsi"}))


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"min_price": "abc"}, "An amount in AED"),
        ({"cursor": "x"}, "start again"),
        ({"vendor": "x"}, "A reference such as V1001"),
        ({"search": "x" * 201}, "at most 200 characters"),
    ],
)
def test_a_filter_that_cannot_be_is_shown_with_what_was_typed(
    pepsi: Product, retailer: Person, client: Client, query: dict[str, str], words: str
) -> None:
    for whoever in (client, browser(retailer)):
        answer = whoever.get("/products", {**query, "max_price": "77.5"})
        page = answer.content.decode()
        assert (answer.status_code, words in page, 'value="77.5"' in page) == (422, True, True)


def test_a_search_is_never_markup(pepsi: Product, client: Client) -> None:
    hostile = '"><script>alert(1)</script>'
    for answer in (client.get("/products", {"search": hostile}), client.get("/products", {"search": hostile, "min_price": "x"})):
        assert b"<script>alert" not in answer.content


def test_only_lasting_lists_are_for_search_engines(pepsi: Product, client: Client) -> None:
    for query, is_lasting in (("", True), ("?category=soft-drinks", True), ("?search=pepsi", False), ("?sort=price", False)):
        page = client.get(f"/products{query}").content.decode()
        assert ("noindex" not in page) == is_lasting, query
    page = client.get("/products?utm_source=x&category=soft-drinks").content.decode()
    assert '<link rel="canonical" href="http://127.0.0.1:8000/products?category=soft-drinks">' in page


def test_a_product_has_one_address(pepsi: Product, client: Client) -> None:
    right = f"/products/{pepsi.reference}/pepsi-330ml"
    for other in (f"/products/{pepsi.reference}", f"/products/{pepsi.reference}/coke", f"/products/p{pepsi.pk}/pepsi-330ml"):
        answer = client.get(other)
        assert (answer.status_code, answer.headers["Location"]) == (301, right)
    assert f'<link rel="canonical" href="http://127.0.0.1:8000{right}">' in client.get(right).content.decode()


def test_a_product_with_an_arabic_name_has_an_address_too(vendor: Person, client: Client) -> None:
    milk = ProductFactory(vendor=vendor.of, name="حليب المراعي", slug="حليب-المراعي")
    answer = client.get(f"/products/{milk.reference}", follow=True)
    assert (answer.status_code, len(answer.redirect_chain)) == (200, 1)


def test_a_products_page_says_all_that_a_buyer_asks(vendor: Person, client: Client) -> None:
    product = ProductFactory(
        vendor=vendor.of,
        price=Decimal("48.10"),
        min_order_quantity=5,
        order_multiple=2,
        sku="PEP-330",
        barcode="5449000000996",
        on_hand=400,
    )
    picture(product)
    answer = client.get(f"/products/{product.reference}/pepsi-330ml")
    page = text(answer)
    for words in (
        "AED\xa048.10", "AED\xa02.00 per piece", "AED\xa050.51 with 5% VAT", "400 available now", "Minimum order: 5", "multiples of 2",
        "24 x 330 ml", "PEP-330", "5449000000996", "Carbonated soft drink", vendor.of.company.name,
    ):  # fmt: skip
        assert words.replace("\xa0", " ") in page.replace("\xa0", " "), words
    assert 'width="640" height="480"' in " ".join(answer.content.decode().split())


def test_browsers_choose_the_size_of_a_picture(pepsi: Product, client: Client) -> None:
    smaller = {"medium": "products/m.webp", "thumbnail": "products/t.webp"}
    ProductImage.objects.bulk_create(rows_of(pepsi, [StoredPicture("products/a.webp", 1200, 1600, smaller)]))
    sizes = 'srcset="/media/products/t.webp 240w, /media/products/m.webp 600w, /media/products/a.webp 1200w"'
    listed = " ".join(client.get("/products").content.decode().split())
    assert f'src="/media/products/t.webp" {sizes}' in listed
    shown = " ".join(client.get(f"/products/{pepsi.reference}/pepsi-330ml").content.decode().split())
    assert f'src="/media/products/a.webp" {sizes}' in shown
    assert 'width="1200" height="1600"' in shown
    assert 'src="/media/products/t.webp"' in client.get("/").content.decode()


def test_stock_is_told_as_it_is_now(pepsi: Product, client: Client) -> None:
    path = f"/products/{pepsi.reference}/pepsi-330ml"
    assert "500 available now" in text(client.get(path))
    Stock.objects.filter(product=pepsi).update(reserved=499)
    assert "1 available now" in text(client.get(path))
    Stock.objects.filter(product=pepsi).update(reserved=500)
    assert "Sold out" in text(client.get(path))
    assert client.get(path).headers["Cache-Control"] == "no-store"


def test_a_retailer_orders_from_the_page_in_quantities_that_are_sold(vendor: Person, retailer: Person) -> None:
    product = ProductFactory(vendor=vendor.of, min_order_quantity=5, order_multiple=2, on_hand=31)
    page = " ".join(browser(retailer).get(f"/products/{product.reference}/pepsi-330ml").content.decode().split())
    assert f'<form class="buy" method="post" action="/cart/items/{product.reference}">' in page
    assert f'name="next" value="/products/{product.reference}/pepsi-330ml"' in page
    assert 'value="6" min="6" step="2" max="30"' in page


@pytest.mark.parametrize("who", ["vendor", "driver", "staff"])
def test_nobody_else_is_offered_to_order(who: str, pepsi: Product, request: pytest.FixtureRequest) -> None:
    page = browser(request.getfixturevalue(who)).get(f"/products/{pepsi.reference}/pepsi-330ml").content.decode()
    assert "Add to cart" not in page
    assert "Sign in to order" not in page


def test_a_stranger_is_led_to_sign_in_and_back(pepsi: Product, client: Client) -> None:
    page = client.get(f"/products/{pepsi.reference}/pepsi-330ml").content.decode()
    assert f"/sign-in?next=/products/{pepsi.reference}/pepsi-330ml" in page
    assert "Add to cart" not in page


def test_what_is_not_on_sale_is_not_there(vendor: Person, client: Client) -> None:
    for product in (ProductFactory(vendor=vendor.of, status="draft"), ProductFactory(vendor=vendor.of, status="archived")):
        for path in (f"/products/{product.reference}", f"/products/{product.reference}/{product.slug}"):
            assert client.get(path).status_code == 404
            assert browser(vendor).get(path).status_code == 404
    assert client.get("/products/P9999999").status_code == client.get("/products/nonsense").status_code == 404


def test_search_engines_read_the_product_as_linked_data(vendor: Person, client: Client) -> None:
    hostile = "</script><script>alert(1)</script> & <!--"
    product = ProductFactory(vendor=vendor.of, description=hostile, barcode="5449000000996", sku="PEP-330")
    answer = client.get(f"/products/{product.reference}/pepsi-330ml")
    page = answer.content.decode()
    blocks = re.findall(r'<script type="application/ld\+json" nonce="([^"]+)">(.*?)</script>', page)
    about, trail = (json.loads(block) for _nonce, block in blocks)
    assert f"'nonce-{html.unescape(blocks[0][0])}'" in answer.headers["Content-Security-Policy"]
    assert (about["@type"], about["description"], about["gtin"], about["sku"]) == ("Product", hostile, "5449000000996", "PEP-330")
    assert about["offers"]["price"] == "48.00"
    assert about["offers"]["availability"] == "https://schema.org/InStock"
    assert [step["name"] for step in trail["itemListElement"]] == ["Products", "Soft Drinks", "Pepsi 330ml"]
    assert "<script>alert" not in page


def test_a_vendors_window_shows_its_goods_and_terms(vendor: Person, rival_vendor: Person, client: Client) -> None:
    ProductFactory(vendor=vendor.of)
    ProductFactory(vendor=rival_vendor.of, name="Cola", category=CategoryFactory(name="Tea", slug="tea"))
    vendor.of.delivers_to, vendor.of.minimum_order_value = ["Dubai", "Sharjah"], Decimal("250")
    vendor.of.save()
    path = f"/vendors/{vendor.of.reference}"
    page = text(client.get(path)).replace("\xa0", " ")
    for words in (vendor.of.company.name, "Delivers to Dubai, Sharjah", "Orders from AED 250.00 before VAT", "1 product"):
        assert words in page, words
    assert names(client, path) == ["Pepsi 330ml"]
    assert f"{path}?category=tea" not in client.get(path).content.decode()
    assert names(client, path, vendor=rival_vendor.of.reference) == ["Pepsi 330ml"]


def test_the_menu_of_a_window_holds_what_its_vendor_has_on_sale_and_asks_once(
    vendor: Person, rival_vendor: Person, client: Client, django_assert_num_queries: Any
) -> None:
    drinks = CategoryFactory(name="Drinks", slug="drinks")
    water, tea, rice, soap, oil = (
        CategoryFactory(name=slug.title(), slug=slug, parent=drinks if slug in {"water", "tea"} else None)
        for slug in ("water", "tea", "rice", "soap", "oil")
    )
    for number in range(7):
        ProductFactory(vendor=vendor.of, name=f"Water {number}", category=water)
    ProductFactory(vendor=vendor.of, category=tea)
    ProductFactory(vendor=vendor.of, category=rice, status="draft")
    ProductFactory(vendor=vendor.of, category=soap, taken_down_at=clock.now())
    ProductFactory(vendor=rival_vendor.of, category=oil)
    with django_assert_num_queries(1):
        assert set(categories_sold_by(vendor.of.pk)) == {water, tea}
    path = f"/vendors/{vendor.of.reference}"
    links = set(re.findall(rf'href="{path}\?category=([a-z]+)"', client.get(path, {"category": "drinks"}).content.decode()))
    assert links == {"drinks", "water", "tea"}
    assert set(re.findall(rf'href="{path}\?category=([a-z]+)"', client.get(path).content.decode())) == {"drinks"}


def test_the_window_of_a_vendor_that_may_not_sell_is_not_there(vendor: Person, retailer: Person, client: Client) -> None:
    vendor.of.company.status = "suspended"
    vendor.of.company.save()
    for path in (f"/vendors/{vendor.of.reference}", "/vendors/V9999999", "/vendors/x", f"/vendors/{vendor.of.reference}?min_price=x"):
        assert client.get(path).status_code in {404, 422}, path
    assert client.get(f"/vendors/{vendor.of.reference}").status_code == 404
    assert browser(retailer).get(f"/vendors/{vendor.of.reference}").status_code == 404


def test_every_page_costs_the_same_however_much_it_shows(vendor: Person, client: Client) -> None:
    drinks = CategoryFactory(name="Drinks", slug="drinks")

    def stock_up(number: int) -> None:
        for place in range(number):
            category: Category = CategoryFactory(name=f"Soft {number} {place}", slug=f"soft-{number}-{place}", parent=drinks)
            picture(ProductFactory(vendor=vendor.of, category=category, brand=BrandFactory(slug=f"b-{number}-{place}")))

    def cost(path: str) -> int:
        cache.clear()
        near.clear()
        with CaptureQueriesContext(connection) as queries:
            assert client.get(path, headers={"HX-Request": "true"}).status_code == 200  # the list follows the typing: nothing is counted
        return len(queries)

    paths = [
        "/", "/products", "/products?search=pepsi", "/products?category=drinks", "/products?search=pepsi&sort=price",
        f"/vendors/{vendor.of.reference}",
    ]  # fmt: skip
    stock_up(3)
    few = {path: cost(path) for path in paths}
    stock_up(20)
    assert {path: cost(path) for path in paths} == few
    assert max(few.values()) <= 10, few


def test_the_single_product_costs_two_queries(pepsi: Product, client: Client, django_assert_num_queries: Any) -> None:
    picture(pepsi)
    with django_assert_num_queries(2):  # the product, the tree
        client.get(f"/products/{pepsi.reference}/pepsi-330ml")
