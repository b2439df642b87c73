"""A vendor's products in the browser: the list with its small forms, the form of each, its pictures."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from aqad.audit.models import Event
from catalog.actions import stock
from catalog.actions.stock import StockLine
from catalog.models import Brand, Product, ProductImage, Stock
from tests.cast import Person
from tests.catalog.test_pictures import picture, stored_files
from tests.factories.goods import BrandFactory, CategoryFactory, ProductFactory

pytestmark = [pytest.mark.embedded, pytest.mark.django_db]
LIST, NEW = "/vendor/products", "/vendor/products/new"
HTMX = {"HX-Request": "true"}
FIELDS = {
    "name": "Mirinda 330ml",
    "category": "soft-drinks",
    "brand": "Pepsi",
    "description": "Orange",
    "price": "44.00",
    "vat_rate": "5.00",
    "unit": "carton",
    "pack_size": "24 x 330 ml",
    "units_per_pack": "24",
    "min_order_quantity": "5",
    "order_multiple": "5",
    "sku": "MIR-330",
    "barcode": "",
    "low_stock_at": "",
}


@pytest.fixture
def browser(vendor: Person) -> Client:
    client = Client()
    client.force_login(vendor.user)
    return client


@pytest.fixture
def pepsi(vendor: Person) -> Product:
    return ProductFactory(vendor=vendor.of, sku="PEP-330", search_text="pepsi 330ml pepsi soft drinks pep 330")


def page_of(product: Product, *parts: str) -> str:
    return "/".join([f"{LIST}/{product.reference}", *parts])


def text(answer: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def value(answer: Any, name: str) -> str:
    """What a field of the page holds."""
    found = re.search(rf'name="{name}"[^>]*?value="([^"]*)"', answer.content.decode(), re.DOTALL)
    assert found, name
    return found[1]


def told(answer: Any) -> list[str]:
    """What the next page will say first."""
    return [str(message) for message in get_messages(answer.wsgi_request)]


# The list


def test_lists_the_own_products_with_their_three_figures(
    browser: Client, vendor: Person, rival_vendor: Person, retailer: Person, pepsi: Product
) -> None:
    ProductFactory(vendor=rival_vendor.of, name="Rival Cola")
    stock.reserve([StockLine(pepsi.pk, 100, 1, "ORD1001")], actor=retailer.actor)
    answer = browser.get(LIST)
    assert answer.status_code == 200
    assert [value(answer, "price")] == ["48.00"]
    assert re.search(rf"Pepsi 330ml {pepsi.reference} · PEP-330 .* 400 100 500 ", text(answer))
    assert "Rival Cola" not in text(answer)


def test_narrows_the_list(browser: Client, vendor: Person, pepsi: Product) -> None:
    ProductFactory(vendor=vendor.of, name="Draft Cola", status="draft")
    ProductFactory(vendor=vendor.of, name="Scarce Cola", low_stock_at=20, on_hand=20)
    ProductFactory(vendor=vendor.of, name="Old Scarce Cola", low_stock_at=20, on_hand=0, status="archived")
    Product.objects.filter(name="Draft Cola").update(taken_down_at="2026-01-01T00:00:00Z", takedown_reason="counterfeit")

    def names(query: str) -> list[str]:
        return re.findall(r'<a class="strong"\s+href="[^"]*">([^<]*)</a>', browser.get(f"{LIST}?{query}").content.decode())

    assert len(names("")) == 4
    assert names("status=draft") == ["Draft Cola"]
    assert names("status=low") == ["Scarce Cola"]
    assert names("status=archived") == ["Old Scarce Cola"]
    assert names("status=taken_down") == ["Draft Cola"]
    assert "AQAD has taken this product down: counterfeit" in text(browser.get(LIST))
    assert names("search=draft") == ["Draft Cola"]
    assert names("search=pepsi&status=draft&page=1") == ["Draft Cola"]
    assert "No product of yours is like this" in text(browser.get(f"{LIST}?search=zzz"))
    assert browser.get(f"{LIST}?status=sold").status_code == 422
    assert browser.get(f"{LIST}?colour=red").status_code == 422


def test_the_list_costs_the_same_however_long_it_is(browser: Client, vendor: Person) -> None:
    counted = []
    for more in (3, 17):
        for number in range(more):
            product = ProductFactory(vendor=vendor.of, name=f"Cola {more} {number}")
            ProductImage.objects.create(product=product, file=f"products/{more}-{number}.webp", width=1, height=1)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert len(re.findall(r'<tr id="P', browser.get(LIST).content.decode())) == (3 if more == 3 else 20)
        counted.append(len(queries))
    assert counted[0] == counted[1]


def test_a_price_is_saved_in_the_row(browser: Client, pepsi: Product) -> None:
    answer = browser.post(page_of(pepsi, "price"), {"price": "50.5", "next": f"{LIST}?status=published"}, headers=HTMX)
    assert answer.status_code == 200
    assert (value(answer, "price"), value(answer, "next")) == ("50.50", f"{LIST}?status=published")
    assert "The price of Pepsi 330ml is saved." in text(answer)
    assert Product.objects.get().price == Decimal("50.50")
    assert Event.objects.get(verb="catalog.product_changed").facts["price"] == ["48.00", "50.50"]


def test_a_price_is_saved_without_htmx_too(browser: Client, pepsi: Product) -> None:
    answer = browser.post(page_of(pepsi, "price"), {"price": "50.50", "next": f"{LIST}?status=published"})
    assert (answer.status_code, answer.headers["Location"]) == (302, f"{LIST}?status=published")
    assert told(answer) == ["The price of Pepsi 330ml is saved."]
    assert Product.objects.get().price == Decimal("50.50")


@pytest.mark.parametrize("typed", ["", "abc", "0", "-1", "1000000.00", "1.001"])
def test_a_price_that_cannot_be_is_refused_in_the_row(browser: Client, pepsi: Product, typed: str) -> None:
    answer = browser.post(page_of(pepsi, "price"), {"price": typed}, headers=HTMX)
    assert answer.status_code == 422
    assert value(answer, "price") == typed
    assert 'aria-invalid="true"' in answer.content.decode()
    assert Product.objects.get().price == Decimal("48.00")
    plain = browser.post(page_of(pepsi, "price"), {"price": typed})
    assert plain.status_code == 302
    assert told(plain)[0].startswith("Pepsi 330ml: ")


def test_stock_is_corrected_in_the_row_and_only_once_per_form(browser: Client, pepsi: Product) -> None:
    form = {"change": "-5", "reason": "Damaged", "idempotency_key": "row-1"}
    for _ in range(2):
        answer = browser.post(page_of(pepsi, "correction"), form, headers=HTMX)
        assert answer.status_code == 200
        assert "The stock of Pepsi 330ml is corrected." in text(answer)
    assert Stock.objects.get().on_hand == 495


def test_the_form_for_a_correction_opens_in_the_row_with_htmx_and_without(browser: Client, vendor: Person, pepsi: Product) -> None:
    ProductFactory(vendor=vendor.of)
    closed = browser.get(f"{LIST}?status=published")
    assert 'name="change"' not in closed.content.decode()
    assert f'href="?status=published&amp;correct={pepsi.reference}#{pepsi.reference}"' in closed.content.decode()
    opened = browser.get(f"{LIST}?status=published&correct={pepsi.reference}")
    assert opened.content.decode().count('name="change"') == 1
    assert f"{LIST}?status=published" in re.findall(r'name="next" value="([^"]*)"', opened.content.decode())
    row = browser.get(page_of(pepsi, "correction"), headers=HTMX).content.decode()
    assert row.count('name="change"') == row.count("<tr") == 1
    assert browser.get(page_of(pepsi, "correction")).headers["Location"] == f"{LIST}?correct={pepsi.reference}"


def test_a_correction_below_what_is_reserved_is_refused_in_the_row(browser: Client, retailer: Person, pepsi: Product) -> None:
    stock.reserve([StockLine(pepsi.pk, 100, 1, "ORD1001")], actor=retailer.actor)
    answer = browser.post(page_of(pepsi, "correction"), {"change": "-401", "reason": "Damaged"}, headers=HTMX)
    assert answer.status_code == 409
    assert "cannot go below what is reserved" in text(answer)
    assert (value(answer, "change"), value(answer, "reason")) == ("-401", "Damaged")
    assert Stock.objects.get().on_hand == 500


# A new product


def test_a_product_is_listed_with_pictures_and_a_new_brand(browser: Client, vendor: Person) -> None:
    CategoryFactory()
    form = {**FIELDS, "brand": "Mirinda", "quantity": "40", "status": "published", "images": [picture(), picture("JPEG")]}
    answer = browser.post(NEW, form)
    product = Product.objects.get()
    assert (answer.status_code, answer.headers["Location"]) == (302, page_of(product))
    assert (product.vendor, product.brand.name, product.sku, product.price) == (vendor.of, "Mirinda", "MIR-330", Decimal("44.00"))
    assert (product.min_order_quantity, product.low_stock_at, product.status) == (5, None, "published")
    assert (product.stock.on_hand, product.images.count()) == (40, 2)
    assert Brand.objects.get().slug == "mirinda"
    assert "Mirinda 330ml is in the shop." in text(browser.get(page_of(product)))


def test_a_form_that_is_sent_twice_lists_one_draft_of_a_known_brand(browser: Client) -> None:
    CategoryFactory()
    known = BrandFactory()
    form = {**FIELDS, "brand": "pepsi", "quantity": "40", "status": "draft", "idempotency_key": "new-1"}
    assert [browser.post(NEW, form).status_code for _ in range(2)] == [302, 302]
    product = Product.objects.get()
    assert (product.status, product.brand) == ("draft", known)


def test_what_was_typed_stays_when_the_sku_is_taken(browser: Client, pepsi: Product) -> None:
    before = stored_files()
    form = {**FIELDS, "sku": "PEP-330", "quantity": "40", "status": "published", "brand": "Quite New", "images": [picture()]}
    answer = browser.post(NEW, form)
    assert answer.status_code == 422
    assert 'id="sku-wrong">Another product of yours has this SKU.' in answer.content.decode()
    assert (value(answer, "name"), value(answer, "sku"), value(answer, "brand")) == ("Mirinda 330ml", "PEP-330", "Quite New")
    assert Product.objects.count() == 1
    assert not Brand.objects.filter(name="Quite New").exists()
    assert stored_files() == before


def test_every_wrong_field_is_named_and_a_wrong_picture_by_its_name(browser: Client) -> None:
    CategoryFactory()
    bad = SimpleUploadedFile("menu.png", b"no picture", content_type="image/png")
    answer = browser.post(NEW, {**FIELDS, "price": "x", "barcode": "123", "images": [picture(), bad]})
    assert answer.status_code == 422
    for name in ("price-wrong", "barcode-wrong", "quantity-wrong", "images-wrong"):
        assert f'id="{name}"' in answer.content.decode()
    assert "menu.png: Only JPEG, PNG and WebP images are accepted." in text(answer)
    assert not Product.objects.exists()


def test_categories_are_offered_as_a_tree_and_own_brands_first(browser: Client, pepsi: Product) -> None:
    drinks = pepsi.category
    CategoryFactory(name="Cola", slug="cola", parent=drinks)
    BrandFactory(name="Aqua", slug="aqua")
    shown = browser.get(NEW).content.decode()
    assert '<option value="cola" >\u2003Cola</option>' in shown
    assert shown.index('value="Pepsi"') < shown.index('value="Aqua"')


# An own product


def test_a_product_is_changed_and_a_field_left_blank_is_emptied(browser: Client, pepsi: Product) -> None:
    answer = browser.post(page_of(pepsi), {**FIELDS, "pack_size": "", "low_stock_at": "7"})
    assert (answer.status_code, answer.headers["Location"]) == (302, page_of(pepsi))
    now = Product.objects.get()
    assert (now.name, now.pack_size, now.low_stock_at, now.status) == ("Mirinda 330ml", "", 7, "published")
    shown = browser.get(page_of(pepsi))
    assert "Your changes are saved." in text(shown)
    assert (value(shown, "name"), value(shown, "low_stock_at")) == ("Mirinda 330ml", "7")


def test_a_refused_change_keeps_what_was_typed(browser: Client, vendor: Person, pepsi: Product) -> None:
    ProductFactory(vendor=vendor.of, sku="MIR-330")
    answer = browser.post(page_of(pepsi), FIELDS)
    assert answer.status_code == 422
    assert 'id="sku-wrong"' in answer.content.decode()
    assert value(answer, "name") == "Mirinda 330ml"
    pepsi.refresh_from_db()
    assert pepsi.name == "Pepsi 330ml"


def test_a_product_goes_out_of_the_shop_and_back(browser: Client, pepsi: Product) -> None:
    for step, form, status in [
        ("status", {"status": "draft"}, "draft"),
        ("status", {"status": "published"}, "published"),
        ("archive", {}, "archived"),
        ("status", {"status": "draft"}, "draft"),
    ]:
        answer = browser.post(page_of(pepsi, step), form)
        assert (answer.status_code, answer.headers["Location"]) == (302, page_of(pepsi))
        pepsi.refresh_from_db()
        assert pepsi.status == status


def test_a_product_whose_sku_was_given_away_stays_archived(browser: Client, vendor: Person, pepsi: Product) -> None:
    browser.post(page_of(pepsi, "archive"))
    ProductFactory(vendor=vendor.of, sku="PEP-330")
    answer = browser.post(page_of(pepsi, "status"), {"status": "published"})
    assert answer.status_code == 422
    assert "Another product of yours has this SKU." in text(answer)
    assert value(answer, "name") == "Pepsi 330ml"
    pepsi.refresh_from_db()
    assert pepsi.status == "archived"


def test_a_product_that_was_taken_down_says_why(browser: Client, pepsi: Product) -> None:
    Product.objects.update(taken_down_at="2026-01-01T00:00:00Z", takedown_reason="counterfeit")
    assert "AQAD has taken this product down: counterfeit" in text(browser.get(page_of(pepsi)))


# Its pictures


def test_pictures_are_added_put_in_order_and_removed(browser: Client, vendor: Person, pepsi: Product) -> None:
    answer = browser.post(page_of(pepsi, "pictures"), {"images": [picture(), picture("JPEG"), picture("WEBP")]})
    assert (answer.status_code, answer.headers["Location"]) == (302, page_of(pepsi))
    first, second, third = ProductImage.objects.order_by("position").values_list("pk", flat=True)
    order = {"order": f"{third},{first},{second}"}
    for headers, status in ((HTMX, 200), ({}, 302)):
        assert browser.post(page_of(pepsi, "pictures", "order"), order, headers=headers).status_code == status
    told = vendor.api.get(f"/api/products/{pepsi.reference}").json()["images"]
    assert [image["id"] for image in told] == [third, first, second]
    assert Event.objects.get(verb="catalog.images_reordered").facts == {"images": [third, first, second]}

    page = browser.get(page_of(pepsi)).content.decode()
    assert f'name="order" value="{first},{third},{second}"' in page
    assert page.index(f"/pictures/{third}/remove") < page.index(f"/pictures/{first}/remove")
    assert browser.post(page_of(pepsi, "pictures", str(third), "remove"), headers=HTMX).status_code == 200
    assert list(pepsi.images.values_list("pk", flat=True)) == [first, second]


def test_an_order_of_other_pictures_is_refused(browser: Client, vendor: Person, pepsi: Product) -> None:
    other = ProductFactory(vendor=vendor.of)
    mine = [ProductImage.objects.create(product=pepsi, file=f"products/{n}.webp", position=n, width=1, height=1).pk for n in range(2)]
    theirs = ProductImage.objects.create(product=other, file="products/x.webp", width=1, height=1).pk
    for order in (f"{mine[1]}", f"{mine[1]},{mine[0]},{theirs}", f"{mine[1]},{mine[1]}"):
        answer = browser.post(page_of(pepsi, "pictures", "order"), {"order": order})
        assert answer.status_code == 409
        assert "The pictures have changed meanwhile." in text(answer)
    assert browser.post(page_of(pepsi, "pictures", "order"), {"order": "x"}).status_code == 422
    assert list(pepsi.images.values_list("pk", flat=True)) == mine


@pytest.mark.parametrize("headers", [HTMX, {}])
def test_a_ninth_picture_is_refused_beside_the_field(browser: Client, pepsi: Product, headers: dict[str, str]) -> None:
    browser.post(page_of(pepsi, "pictures"), {"images": [picture() for _ in range(7)]})
    before = stored_files()
    answer = browser.post(page_of(pepsi, "pictures"), {"images": [picture(), picture()]}, headers=headers)
    assert answer.status_code == 422
    assert 'id="images-wrong"' in answer.content.decode()
    assert "at most 8 pictures" in text(answer)
    assert (pepsi.images.count(), stored_files()) == (7, before)


def test_pages_count_uploads_as_the_api_does(browser: Client, pepsi: Product, settings: Any) -> None:
    settings.RATE_LIMIT_SCALE = 1 / 60
    assert browser.post(page_of(pepsi, "pictures"), {"images": [picture()]}).status_code == 302
    assert browser.post(page_of(pepsi, "pictures"), {"images": [picture()]}).status_code == 429
    assert pepsi.images.count() == 1
