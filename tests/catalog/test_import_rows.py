"""What a file of products does to the catalogue, row by row."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from aqad.audit.models import Event, Outbox
from catalog.actions.stock import StockLine, reserve
from catalog.models import Brand, Category, Product, Stock, StockMovement
from tests.cast import Person
from tests.catalog.sheets import PEPSI, RICE, TEA, counts, csv_of, imported, many, reasons, xlsx_of
from tests.factories.goods import BrandFactory, CategoryFactory, ProductFactory

pytestmark = pytest.mark.embedded


def everything() -> dict[str, Any]:
    """All that an import may write, but for its own row."""
    return {
        "products": list(Product.objects.order_by("pk").values()),
        "stock": list(Stock.objects.order_by("pk").values()),
        "movements": StockMovement.objects.count(),
        "brands": list(Brand.objects.order_by("pk").values()),
        "categories": list(Category.objects.order_by("pk").values()),
        "events": Event.objects.exclude(verb__startswith="catalog.import").count(),
    }


def test_a_file_lists_its_products(vendor: Person) -> None:
    row = imported(vendor, csv_of(PEPSI, RICE, TEA))
    assert (row.state, row.rows, counts(row)) == ("done", 3, (3, 0, 0, 0))
    pepsi = Product.objects.select_related("stock", "brand", "category__parent").get(sku="PEP-330")
    assert (pepsi.vendor, pepsi.name, pepsi.pack_size, pepsi.price) == (vendor.of, "Pepsi", "24 x 330 ml", Decimal("48.00"))
    assert (pepsi.barcode, pepsi.status, pepsi.stock.on_hand) == ("5449000000996", "published", 500)
    assert (pepsi.brand.slug, pepsi.category.slug) == ("pepsi", "soft-drinks")
    assert pepsi.category.parent is not None
    assert pepsi.category.parent.name == "Beverages"
    assert Product.objects.get(name="Karak Tea").brand.name == "Unbranded"
    assert "drinks" in pepsi.search_text


def test_stock_of_new_products_is_in_the_ledger(vendor: Person) -> None:
    imported(vendor, csv_of(PEPSI))
    movement = StockMovement.objects.get()
    assert (movement.kind, movement.on_hand_change, movement.actor) == ("received", 500, f"Vendor {vendor.of.reference}")


def test_new_products_have_no_stock_without_a_quantity(vendor: Person) -> None:
    row = imported(vendor, csv_of(("Pepsi", "Drinks", "48"), headings=("name", "category", "price")))
    assert counts(row) == (1, 0, 0, 0)
    assert Stock.objects.get().on_hand == 0
    assert not StockMovement.objects.exists()


def test_the_same_file_twice_changes_nothing(vendor: Person) -> None:
    content = csv_of(PEPSI, RICE, TEA, *many(30))
    imported(vendor, content)
    before, waiting = everything(), Outbox.objects.count()
    row = imported(vendor, content)
    assert counts(row) == (0, 0, 33, 0)
    assert everything() == before
    said = list(Event.objects.filter(verb__startswith="catalog.import").values_list("verb", flat=True))
    assert Outbox.objects.count() - waiting <= 2 * len(said)


def test_a_row_changes_what_differs_and_nothing_else(vendor: Person) -> None:
    imported(vendor, csv_of(PEPSI, RICE))
    row = imported(vendor, csv_of(("PEP-330", "47.25"), ("RICE-5", "120.50"), headings=("SKU", "Price (AED)")))
    assert counts(row) == (0, 1, 1, 0)
    pepsi = Product.objects.get(sku="PEP-330")
    assert (pepsi.price, pepsi.name, pepsi.barcode) == (Decimal("47.25"), "Pepsi", "5449000000996")
    event = Event.objects.get(verb="catalog.product_changed")
    assert event.subject == pepsi.reference
    assert event.facts["price"] == ["48.00", "47.25"]


def test_an_empty_cell_says_nothing(vendor: Person) -> None:
    imported(vendor, csv_of(PEPSI))
    row = imported(vendor, csv_of(("Pepsi", "", "", "", "", "", "", "PEP-330", "")))
    assert counts(row) == (0, 0, 1, 0)


def test_products_are_known_by_barcode_when_they_have_no_sku(vendor: Person) -> None:
    known = ProductFactory(vendor=vendor.of, name="Pepsi Can", barcode="5449000000996", pack_size="", on_hand=10)
    row = imported(vendor, csv_of(("Pepsi 330", "49", "05449000000996"), headings=("name", "price", "barcode")))
    assert counts(row) == (0, 1, 0, 0)
    known.refresh_from_db()
    assert (known.name, known.price) == ("Pepsi 330", Decimal("49.00"))


def test_products_are_known_by_name_and_pack_size_when_they_have_no_number(vendor: Person) -> None:
    small = ProductFactory(vendor=vendor.of, name="Karak Tea", pack_size="12 x 1 kg")
    large = ProductFactory(vendor=vendor.of, name="Karak Tea", pack_size="6 x 2 kg")
    row = imported(vendor, csv_of(("karak tea", "6 X 2 kg", "50"), headings=("name", "pack size", "price")))
    assert counts(row) == (0, 1, 0, 0)
    small.refresh_from_db()
    large.refresh_from_db()
    assert (small.price, large.price, large.name) == (Decimal("48.00"), Decimal("50.00"), "karak tea")


def test_a_product_without_a_sku_takes_that_of_its_row(vendor: Person) -> None:
    known = ProductFactory(vendor=vendor.of, name="Pepsi", pack_size="24 x 330 ml")
    assert counts(imported(vendor, csv_of(PEPSI))) == (0, 1, 0, 0)
    known.refresh_from_db()
    assert known.sku == "PEP-330"


def test_another_sku_is_another_product_though_the_name_is_the_same(vendor: Person) -> None:
    red = ("Gloves", "10 pairs", "Home", "", "5", "1", "Glovia", "G-RED", "")
    blue = ("Gloves", "10 pairs", "Home", "", "6", "1", "Glovia", "G-BLUE", "")
    assert counts(imported(vendor, csv_of(red, blue))) == (2, 0, 0, 0)
    assert counts(imported(vendor, csv_of(blue, red))) == (0, 0, 2, 0)


def test_products_that_share_a_barcode_are_told_apart_by_their_names(vendor: Person) -> None:
    rows = [("Baby Bath", size, "Baby", "", price, "", "", "", "3574669908542") for size, price in (("500 ml", "31"), ("2 x 500 ml", "46"))]
    assert counts(imported(vendor, csv_of(*rows))) == (2, 0, 0, 0)
    assert counts(imported(vendor, csv_of(*reversed(rows)))) == (0, 0, 2, 0)


def test_a_barcode_that_several_unknown_names_share_is_not_guessed_at(vendor: Person) -> None:
    for size in ("500 ml", "2 x 500 ml"):
        ProductFactory(vendor=vendor.of, name="Baby Bath", pack_size=size, barcode="3574669908542")
    before = everything()
    row = imported(vendor, csv_of(("Bath for Babies", "9", "3574669908542"), headings=("name", "price", "barcode")))
    assert counts(row) == (0, 0, 0, 1)
    assert "Several of your products have this barcode" in reasons(row)[0]
    assert everything() == before


def test_another_vendors_products_are_not_known(vendor: Person, rival_vendor: Person) -> None:
    theirs = ProductFactory(vendor=rival_vendor.of, sku="PEP-330", barcode="5449000000996")
    assert counts(imported(vendor, csv_of(PEPSI))) == (1, 0, 0, 0)
    assert Product.objects.get(pk=theirs.pk).price == theirs.price


def test_archived_products_are_left_alone(vendor: Person) -> None:
    old = ProductFactory(vendor=vendor.of, sku="PEP-330", status="archived")
    assert counts(imported(vendor, csv_of(PEPSI))) == (1, 0, 0, 0)
    assert Product.objects.get(pk=old.pk).status == "archived"


def test_a_bad_row_stops_no_good_one(vendor: Person) -> None:
    bad = [
        ("", "", "", "", "1", "", "", "", ""),
        ("Dear", "", "Food", "", "1000000", "1", "", "", ""),
        ("Negative", "", "Food", "", "5", "-1", "", "", ""),
        ("Wrong code", "", "Food", "", "5", "1", "", "", "5449000000997"),
        ("No price", "", "Food", "", "", "1", "", "", ""),
        ("Three places", "", "Food", "", "1.234", "1", "", "", ""),
        ("Nul\0", "", "Food", "", "5", "1", "", "", ""),
        ("Broken", "", "Food", "", "#REF!", "1", "", "", ""),
        ("Rounded", "", "Food", "", "5", "1", "", "", "6.28E+12"),
        ("Comma", "", "Food", "", "5", "1", "", "", "", "too many"),
    ]
    row = imported(vendor, csv_of(PEPSI, *bad, RICE))
    assert (row.state, counts(row)) == ("done", (2, 0, 0, len(bad)))
    said = reasons(row)
    assert said[0] == "Row 3: A name, a SKU or a barcode is needed."
    assert said[1].startswith("Row 4: price: ")
    assert said[2].startswith("Row 5: quantity: ")
    assert said[3] == "Row 6: barcode: A barcode has 8, 12, 13 or 14 digits, the last of them the right check digit."
    assert said[4] == "Row 7: This product is new, so it needs: price."
    assert said[6] == "Row 9: name: This holds characters that cannot be read."
    assert "rounded this number" in said[8]
    assert "more cells than columns" in said[9]
    assert set(Product.objects.values_list("name", flat=True)) == {"Pepsi", "Basmati Rice"}


def test_a_second_row_about_the_same_product_is_refused_and_a_repeat_is_not(vendor: Person) -> None:
    dearer = (*PEPSI[:4], "50.00", *PEPSI[5:])
    row = imported(vendor, csv_of(PEPSI, RICE, PEPSI, dearer))
    assert counts(row) == (2, 0, 1, 1)
    assert reasons(row) == ["Row 5: Row 2 is about the same product; keep one of the two."]
    assert Product.objects.get(sku="PEP-330").price == Decimal("48.00")


def test_a_row_that_says_less_of_a_product_than_another_makes_no_second_one(vendor: Person) -> None:
    bare = ("Pepsi", "24 x 330 ml", "Beverages", "", "40", "", "", "", "")
    for _time in range(2):
        row = imported(vendor, csv_of(PEPSI, bare))
        assert (row.created + row.unchanged, row.failed) == (1, 1)
    assert Product.objects.count() == 1


def test_a_quantity_is_a_stocktake(vendor: Person) -> None:
    imported(vendor, csv_of(PEPSI, RICE))
    row = imported(vendor, csv_of(("PEP-330", "450"), ("RICE-5", "80"), headings=("sku", "qty")))
    assert counts(row) == (0, 1, 1, 0)
    assert Product.objects.get(sku="PEP-330").stock.on_hand == 450
    movement = StockMovement.objects.latest("pk")
    assert (movement.kind, movement.on_hand_change, movement.reason) == ("adjusted", -50, "import")
    event = Event.objects.get(verb="catalog.stock_adjusted")
    assert event.facts == {"before": 500, "on_hand": 450, "reserved": 0}


def test_a_quantity_below_what_orders_hold_is_refused_with_its_row(vendor: Person) -> None:
    imported(vendor, csv_of(PEPSI, RICE))
    pepsi = Product.objects.get(sku="PEP-330")
    reserve([StockLine(pepsi.pk, 100, 1, "ORD1001")], actor=vendor.actor)
    row = imported(vendor, csv_of(("PEP-330", "99", "1"), ("RICE-5", "70", "1"), headings=("sku", "qty", "price")))
    assert counts(row) == (0, 1, 0, 1)
    assert reasons(row) == ["Row 2: Quantity: orders hold 100 of this product; the stock cannot go below that."]
    pepsi.refresh_from_db()
    assert (pepsi.price, pepsi.stock.on_hand) == (Decimal("48.00"), 500)


def test_a_dry_run_counts_the_same_and_changes_nothing(vendor: Person) -> None:
    imported(vendor, csv_of(PEPSI, RICE))
    content = csv_of((*PEPSI[:4], "50", *PEPSI[5:]), RICE, TEA, ("Bad", "", "", "", "x", "", "", "", ""), TEA, *many(20))
    before = everything()
    dry = imported(vendor, content, dry_run=True)
    assert everything() == before
    assert (dry.state, dry.dry_run, counts(dry)) == ("done", True, (21, 1, 2, 1))
    real = imported(vendor, content)
    assert counts(real) == counts(dry)
    assert reasons(real) == reasons(dry)


def test_categories_are_found_in_the_tree_before_new_ones_are_made(vendor: Person) -> None:
    drinks = CategoryFactory(name="Beverages", slug="beverages")
    soft = CategoryFactory(name="Soft Drinks", slug="soft-drinks", parent=drinks)
    rows = [
        ("Cola", "soft drinks", "", "1"),
        ("Lemonade", "Beverages", "SOFT DRINKS", "1"),
        ("Tonic", "soft-drinks", "", "1"),
        ("Water", "Beverages", "Water", "1"),
        ("Almonds", "Nuts", "Raw", "1"),
        ("Cashews", "Kernels", "Raw", "1"),
    ]
    assert counts(imported(vendor, csv_of(*rows, headings=("name", "category", "sub category", "price")))) == (6, 0, 0, 0)
    assert Product.objects.filter(category=soft).count() == 3
    assert {node.slug: node.parent and node.parent.slug for node in Category.objects.select_related("parent")} == {
        "beverages": None, "soft-drinks": "beverages", "water": "beverages", "nuts": None, "raw": "nuts", "kernels": None,
        "kernels-raw": "kernels",
    }  # fmt: skip


def test_unknown_categories_are_refused_where_the_setting_says_so(vendor: Person, settings: Any) -> None:
    settings.IMPORT_CREATES_CATEGORIES = False
    CategoryFactory(name="Food", slug="food")
    row = imported(vendor, csv_of(TEA, ("Bread", "", "Food", "", "5", "", "", "", "")))
    assert counts(row) == (1, 0, 0, 1)
    assert reasons(row) == ["Row 2: There is no category Beverages / Tea."]
    assert Category.objects.count() == 1


def test_brands_are_found_however_they_are_written(vendor: Person) -> None:
    BrandFactory(name="Coca-Cola", slug="coca-cola")
    rows = [("Coke", "Drinks", "1", "COCA COLA"), ("Fanta", "Drinks", "1", "Fanta"), ("Sprite", "Drinks", "1", "***")]
    row = imported(vendor, csv_of(*rows, headings=("title", "category", "price", "brand")))
    assert counts(row) == (2, 0, 0, 1)
    assert set(Brand.objects.values_list("slug", flat=True)) == {"coca-cola", "fanta"}


def test_a_workbook_is_read_as_its_numbers_are_meant(vendor: Person) -> None:
    headings = ("Product", "Size", "Category", "Unit Price", "Stock on hand", "EAN", "SKU", "VAT %")
    rows = [
        ("Pepsi", 330, "Drinks", 48.0, 500.0, 5449000000996, 1000.0, 0.05),
        ("Sugar", "1e3", "Food", 0.1 + 0.2, 7, 12345670, "007", 0),
        ("Soup", None, "Food", "AED 12.500", "30.0", 36000291452, None, "5%"),
    ]
    row = imported(vendor, xlsx_of(*rows, headings=headings))
    assert (counts(row), reasons(row)) == ((3, 0, 0, 0), [])
    shown = {p.name: (p.pack_size, str(p.price), p.barcode, p.sku, str(p.vat_rate), p.stock.on_hand) for p in Product.objects.all()}
    assert shown == {
        "Pepsi": ("330", "48.00", "5449000000996", "1000", "5.00", 500),
        "Sugar": ("1e3", "0.30", "12345670", "007", "0.00", 7),
        "Soup": ("", "12.50", "036000291452", "", "5.00", 30),
    }
    assert counts(imported(vendor, xlsx_of(*rows, headings=headings))) == (0, 0, 3, 0)


def test_titles_above_the_headings_and_empty_lines_are_passed_over(vendor: Person) -> None:
    text = "Ahmed Foods LLC\n\nPrice list 2026,,\nname,category,price\n\nPepsi,Drinks,48\n\n"
    row = imported(vendor, text.encode())
    assert (row.rows, counts(row), row.headings) == (1, (1, 0, 0, 0), ["name", "category", "price"])


def queries_of(vendor: Person, content: bytes) -> int:
    with CaptureQueriesContext(connection) as captured:
        row = imported(vendor, content)
    assert row.failed == 0
    return len(captured)


def test_the_number_of_queries_does_not_grow_with_the_rows_that_are_so_already(vendor: Person) -> None:
    few, lots = csv_of(*many(60)), csv_of(*many(400))
    imported(vendor, lots)
    assert queries_of(vendor, few) == queries_of(vendor, lots)


def test_the_number_of_queries_hardly_grows_with_new_and_changed_rows(vendor: Person) -> None:
    """SQLite takes some forty products in a statement, PostgreSQL hundreds."""
    few, lots = many(420)[400:], many(400)
    assert queries_of(vendor, csv_of(*lots)) - queries_of(vendor, csv_of(*few)) < 60
    dearer = [[*row[:4], "77", "33", *row[6:]] for row in many(400)]
    assert queries_of(vendor, csv_of(*dearer)) < 150
