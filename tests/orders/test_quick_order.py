"""Quick order: every way of writing a line, what is said of those that mean nothing, and nothing typed is lost."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from aqad.core.errors import Invalid
from catalog.models import Product
from orders.models import CartItem
from orders.quick_order import MOST_LINES, Reason, read_list
from tests.cast import Person
from tests.factories.goods import ProductFactory
from tests.orders.given import in_browser, text_of
from tests.orders.test_cart import put

pytestmark = [pytest.mark.embedded, pytest.mark.django_db]
EAN = "6291003000010"


@pytest.fixture
def browser(retailer: Person) -> Client:
    return in_browser(retailer)


@pytest.fixture
def coded(pepsi: Product) -> Product:
    Product.objects.filter(pk=pepsi.pk).update(sku="PEP-330", barcode=EAN)
    pepsi.refresh_from_db()
    return pepsi


def check(browser: Client, lines: str, **more: Any) -> Any:
    return browser.post("/quick-order", {"lines": lines, **more})


def put_in(browser: Client, lines: str, **more: Any) -> Any:
    return browser.post("/quick-order/cart", {"lines": lines, **more})


def held() -> dict[int, int]:
    return dict(CartItem.objects.values_list("product", "quantity"))


@pytest.mark.parametrize(
    ("line", "code", "quantity"),
    [
        ("PEP-330 20", "PEP-330", 20),
        ("PEP-330\t20", "PEP-330", 20),
        ("PEP-330,20", "PEP-330", 20),
        ("PEP-330; 20", "PEP-330", 20),
        ("PEP-330 x 20", "PEP-330", 20),
        ("PEP-330 ×20", "PEP-330", 20),
        ("PEP 330 20", "PEP 330", 20),
        ('"PEP,330",20', "PEP,330", 20),
        ("PEP-330,Pepsi can,20,48.00", "PEP-330", 20),
        ("  PEP-330   20  ", "PEP-330", 20),
    ],
)
def test_reads_a_code_and_a_quantity(line: str, code: str, quantity: int) -> None:
    written = read_list(line)
    assert [(one.code, one.quantity, one.wrong) for one in written] == [(code, quantity, None)]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("PEP-330", Reason.NO_QUANTITY),
        ("PEP-330 many", Reason.NO_QUANTITY),
        ("PEP-330 0", Reason.NO_QUANTITY),
        ("PEP-330 -5", Reason.NO_QUANTITY),
        ("PEP-330 1.5", Reason.NO_QUANTITY),
        ("PEP-330 ٢٠", Reason.NO_QUANTITY),
        ("PEP-330 10000001", Reason.NO_QUANTITY),
        (",20", Reason.NO_QUANTITY),
        ("PEP\x00330 20", Reason.UNREADABLE),
        ("PEP\u202e330 20", Reason.UNREADABLE),
        ("P" * 201, Reason.TOO_LONG),
    ],
)
def test_says_why_a_line_means_nothing_and_reads_the_others(line: str, why: Reason) -> None:
    written = read_list(f"A-1 1\n{line}\nB-2 2")
    assert [one.wrong for one in written] == [None, why, None]
    assert [one.number for one in written] == [1, 2, 3]


def test_a_row_of_headings_and_empty_lines_say_nothing() -> None:
    assert [(one.number, one.code) for one in read_list("SKU,Quantity\n\nPEP-330,20\n")] == [(3, "PEP-330")]


def test_refuses_more_than_can_be_looked_at_at_once() -> None:
    assert len(read_list("A 1\n" * MOST_LINES)) == MOST_LINES
    with pytest.raises(Invalid):
        read_list("A 1\n" * (MOST_LINES + 1))


@pytest.mark.parametrize("code", ["PEP-330", "pep-330", EAN, f"0{EAN}", "reference"])
def test_finds_by_sku_barcode_or_reference(browser: Client, coded: Product, code: str) -> None:
    code = coded.reference.lower() if code == "reference" else code
    page = text_of(check(browser, f"{code} 20"))
    assert "1 line was understood" in page
    assert "Pepsi 330ml" in page
    assert "AED 960.00" in page
    assert held() == {}


def test_shows_what_was_understood_and_what_was_not(browser: Client, coded: Product) -> None:
    Product.objects.filter(pk=coded.pk).update(order_multiple=6)
    lines = f"{coded.sku} 20\nNOTHING 5\n{coded.sku} some"
    answer = check(browser, lines)
    page = text_of(answer)
    assert answer.status_code == 200
    assert "2 lines were not understood" in page
    assert "No product on sale has this code." in page
    assert "The quantity is missing, or is not a whole number." in page
    assert "This is sold in steps of 6. Please order 18 or 24." in page
    assert lines in answer.content.decode()


def test_what_is_not_on_sale_is_unknown(browser: Client, coded: Product) -> None:
    Product.objects.filter(pk=coded.pk).update(status="draft")
    assert "No product on sale has this code." in text_of(check(browser, "PEP-330 20"))


def test_puts_in_what_is_understood_and_keeps_the_rest(browser: Client, coded: Product, cola: Product) -> None:
    answer = put_in(browser, f"PEP-330 20\nNOTHING 5\n{cola.reference} 3\nPEP-330 4")
    page = text_of(answer)
    assert held() == {coded.pk: 24, cola.pk: 3}
    assert "2 products are in your cart." in page
    assert ">NOTHING 5</textarea>" in page


def test_goes_to_the_cart_when_all_is_understood_and_repeats_harmlessly(browser: Client, retailer: Person, coded: Product) -> None:
    put(retailer, coded, 50)
    for _ in range(2):
        assert put_in(browser, "PEP-330 20").headers["Location"] == "/cart"
    assert held() == {coded.pk: 50}


def test_a_code_of_several_vendors_is_a_choice(browser: Client, coded: Product, rival_vendor: Person) -> None:
    other = ProductFactory(vendor=rival_vendor.of, name="Pepsi import", slug="pepsi-import", sku="PEP-330", price=Decimal("45.00"))
    page = text_of(check(browser, "PEP-330 20"))
    assert "Which one do you mean?" in page
    assert "Pepsi import, Al Noor Trading, AED 45.00 / carton" in page
    unchosen = put_in(browser, "PEP-330 20", **{"pick.1": ""})
    assert held() == {}
    assert ">PEP-330 20</textarea>" in text_of(unchosen)
    assert put_in(browser, "PEP-330 20", **{"pick.1": other.reference}).headers["Location"] == "/cart"
    assert held() == {other.pk: 20}


def test_a_choice_counts_only_among_what_the_code_means(browser: Client, coded: Product, cola: Product, rival_vendor: Person) -> None:
    ProductFactory(vendor=rival_vendor.of, sku="PEP-330")
    put_in(browser, "PEP-330 20", **{"pick.1": cola.reference})
    assert held() == {}


@pytest.mark.parametrize(
    "raw", [b"sku;qty\r\nPEP-330;20\r\n", b"\xef\xbb\xbfPEP-330,20", "PEP-330\t20".encode("utf-16"), b"PEP-330 20\n\xff\xfe\xfa 3"]
)
def test_reads_a_file_as_shops_save_it(browser: Client, coded: Product, raw: bytes) -> None:
    answer = check(browser, "", file=SimpleUploadedFile("list.csv", raw))
    assert "1 line was understood" in text_of(answer)
    assert "PEP-330" in answer.context["lines"]


def test_a_file_comes_below_what_was_typed(browser: Client, coded: Product) -> None:
    answer = check(browser, "NOTHING 5", file=SimpleUploadedFile("list.txt", b"PEP-330 20"))
    assert answer.context["lines"] == "NOTHING 5\nPEP-330 20"


@pytest.mark.parametrize("size", [1024 * 1024 + 1, 3 * 1024 * 1024])
def test_refuses_a_file_that_is_too_large_and_keeps_what_was_typed(browser: Client, size: int) -> None:
    answer = check(browser, "NOTHING 5", file=SimpleUploadedFile("list.txt", b"A" * size))
    assert answer.status_code == 422
    assert "The file is larger than 1 MB." in text_of(answer)
    assert ">NOTHING 5</textarea>" in text_of(answer)


def test_too_many_lines_are_kept_and_counted(browser: Client) -> None:
    answer = check(browser, "A-1 1\n" * 501)
    assert answer.status_code == 422
    assert "At most 500 lines at once; these are 501." in text_of(answer)
    assert answer.content.decode().count("A-1 1") == 501


def test_an_empty_list_says_so(browser: Client) -> None:
    assert "The list is empty." in text_of(check(browser, " \n "))


def test_a_full_cart_refuses_and_keeps_the_list(browser: Client, coded: Product, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("orders.actions.cart.MOST_PRODUCTS", 0)
    answer = put_in(browser, "PEP-330 20")
    assert answer.status_code == 409
    assert ">PEP-330 20</textarea>" in text_of(answer)
    assert held() == {}


def test_the_number_of_queries_does_not_grow_with_the_list(browser: Client, vendor: Person) -> None:
    products = [ProductFactory(vendor=vendor.of, sku=f"SKU-{number}") for number in range(20)]

    def queries(count: int) -> int:
        lines = "\n".join(f"{product.sku} 5" for product in products[:count])
        with CaptureQueriesContext(connection) as asked:
            assert check(browser, lines).status_code == 200
        return len(asked)

    queries(3)
    assert queries(20) == queries(3)


def test_a_vendor_does_not_order(vendor: Person) -> None:
    assert in_browser(vendor).get("/quick-order").status_code == 403
