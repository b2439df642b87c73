"""Search: all words in any order by prefix, codes first, typos only when nothing matches; the same on either database."""

from __future__ import annotations

import io
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.test import TestCase
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rest_framework.test import APIClient

from aqad.core.text import folded
from catalog.models import Product, SearchWord
from catalog.names import search_text_of
from catalog.querysets import products_on_sale
from catalog.search import portable, postgres, terms
from catalog.search.finding import back_end_of, ranked
from catalog.search.vocabulary import learn
from tests import cast
from tests.cast import Person
from tests.factories.goods import BrandFactory, CategoryFactory, ProductFactory

pytestmark = pytest.mark.embedded


@pytest.fixture
def shop(vendor: Person) -> dict[str, Product]:
    """A few products by short names."""

    def product(name: str, brand: str, category: str = "Soft Drinks", **fields: Any) -> Product:
        made = ProductFactory(
            vendor=vendor.of,
            name=name,
            brand=BrandFactory(name=brand, slug=folded(brand).replace(" ", "-")),
            category=CategoryFactory(name=category, slug=folded(category).replace(" ", "-")),
            **{"pack_size": "", **fields},
        )
        made.search_text = search_text_of(made)
        made.save()
        learn([made.search_text])
        return made

    return {
        "pepsi": product("Pepsi 330ml", "Gulf Bottlers", sku="PEP-330", barcode="5449000000996", pack_size="24 x 330 ml"),
        "max": product("Pepsi Max 1.5L", "Gulf Bottlers", sku="PEP-MAX"),
        "mirinda": product("Mirinda Orange", "Gulf Bottlers", barcode="036000291452"),
        "cafe": product("Café Najjar", "Najjar", "Coffee & Tea"),
        "arabic": product("حليب المراعي كامل الدسم", "Almarai", "Dairy"),
        "percent": product("Juice 100% Mango_Passion", "Rani", "Juices"),
    }


def found(client: APIClient, search: str, **filters: Any) -> list[str]:
    answer = client.get("/api/products", {"search": search, **filters})
    assert answer.status_code == 200, answer.content
    return [product["id"] for product in answer.json()["results"]]


@pytest.mark.parametrize(
    ("search", "expected"),
    [
        ("pepsi", ["max", "pepsi"]),
        ("PEPSI max", ["max"]),
        ("max pepsi", ["max"]),
        ("330 peps", ["pepsi"]),
        ("bottlers", ["max", "mirinda", "pepsi"]),
        ("orange soft", ["mirinda"]),
        ("cafe", ["cafe"]),
        ("CAFÉ najj", ["cafe"]),
        ("coffee&tea", ["cafe"]),
        ("المراعى", ["arabic"]),
        ("حَلِيب", ["arabic"]),
        ("dairy حليب", ["arabic"]),
        ("mango_", ["percent"]),
        ("100%", ["percent"]),
        ("psi", []),
        ("%", []),
        ("_", []),
        ("'", []),
        ("pepsi' | 'x", ["pepsi"]),
        ("!pepsi & (", ["max", "pepsi"]),
        ("pepsi:*", ["max", "pepsi"]),
        ("pepsi\\", ["max", "pepsi"]),
        ("(zz+)+$", []),
    ],
)
def test_finds_what_holds_every_word_by_its_beginning(
    shop: dict[str, Product], stranger: APIClient, search: str, expected: list[str]
) -> None:
    assert sorted(found(stranger, search)) == sorted(shop[name].reference for name in expected)


@pytest.mark.parametrize("code", ["PEP-330", "pep-330", "5449000000996", "05449000000996"])
def test_an_exact_code_comes_first(shop: dict[str, Product], stranger: APIClient, code: str) -> None:
    assert found(stranger, code)[0] == shop["pepsi"].reference


def test_a_upc_is_found_by_its_ean(shop: dict[str, Product], stranger: APIClient) -> None:
    assert found(stranger, "0036000291452") == [shop["mirinda"].reference]


def test_a_reference_is_found_whatever_its_case(shop: dict[str, Product], stranger: APIClient) -> None:
    assert found(stranger, shop["cafe"].reference.lower()) == [shop["cafe"].reference]


def test_a_code_comes_before_names_that_merely_begin_alike(shop: dict[str, Product], vendor: Person, stranger: APIClient) -> None:
    ProductFactory(vendor=vendor.of, name="PEP 330 sticker", search_text="pep 330 sticker")
    assert found(stranger, "PEP-330")[0] == shop["pepsi"].reference


def test_whole_words_come_before_beginnings_and_early_words_before_late_ones(vendor: Person, stranger: APIClient) -> None:
    def named(name: str) -> str:
        return ProductFactory(vendor=vendor.of, name=name, search_text=folded(name)).reference

    late, beginning, first = named("Al Ain Tea"), named("Teapot"), named("Tea bags")
    assert found(stranger, "tea") == [first, late, beginning]


@pytest.mark.parametrize(
    ("search", "expected"),
    [
        ("pespi", ["max", "pepsi"]),  # two exchanged
        ("pepsii", ["max", "pepsi"]),  # one added
        ("pesi", ["max", "pepsi"]),  # one left out
        ("pepzi", ["max", "pepsi"]),  # one replaced
        ("pespi max", ["max"]),
        ("mirnida ornage", ["mirinda"]),
        ("حلبي", ["arabic"]),
        ("psepi", []),  # two typos
        ("mxa", []),  # too short to tell
    ],
)
def test_forgives_one_typo_in_a_word_when_nothing_matches(
    shop: dict[str, Product], stranger: APIClient, search: str, expected: list[str]
) -> None:
    assert sorted(found(stranger, search)) == sorted(shop[name].reference for name in expected)
    assert sorted(found(stranger, search, sort="name")) == sorted(shop[name].reference for name in expected)


def test_does_not_guess_while_something_matches_as_it_is_written(shop: dict[str, Product], vendor: Person, stranger: APIClient) -> None:
    pespi = ProductFactory(vendor=vendor.of, name="Pespi", search_text="pespi")
    assert found(stranger, "pespi") == [pespi.reference]


def test_search_goes_with_every_filter_and_sort(shop: dict[str, Product], stranger: APIClient) -> None:
    Product.objects.filter(pk=shop["max"].pk).update(price="10.00")
    assert found(stranger, "pepsi", sort="price") == [shop["max"].reference, shop["pepsi"].reference]
    assert found(stranger, "pepsi", sort="-price") == [shop["pepsi"].reference, shop["max"].reference]
    assert found(stranger, "pepsi", max_price="11") == [shop["max"].reference]
    assert found(stranger, "pepsi", category="dairy") == []


def test_what_is_not_on_sale_is_not_found(shop: dict[str, Product], stranger: APIClient) -> None:
    Product.objects.filter(pk=shop["pepsi"].pk).update(status="draft")
    assert found(stranger, "PEP-330") == []
    assert found(stranger, shop["pepsi"].reference) == []


def test_refuses_a_search_of_ten_thousand_characters(stranger: APIClient, db: None) -> None:
    for search in ("x" * 10_000, "x" * 201, "a\x00b"):
        answer = stranger.get("/api/products", {"search": search})
        assert (answer.status_code, set(answer.json()["errors"])) == (422, {"search"})
    assert stranger.get("/api/products", {"search": "x" * 200}).status_code == 200


def test_reads_on_through_the_ranked_list_by_cursor(shop: dict[str, Product], stranger: APIClient) -> None:
    seen: list[str] = []
    query: dict[str, Any] = {"search": "bottlers", "limit": 1}
    for _ in range(3):
        page = stranger.get("/api/products", query).json()
        assert page["pagination"]["total"] == 3
        seen += [product["id"] for product in page["results"]]
        query["cursor"] = page["pagination"]["next"]
    assert query["cursor"] is None
    assert seen == found(stranger, "bottlers")
    for cursor in ("x", "é", "AAAA", page["pagination"]["next"] or "W10"):
        assert stranger.get("/api/products", {"search": "bottlers", "cursor": cursor}).status_code == 422


def test_ranks_no_more_than_the_first_thousand(vendor: Person, stranger: APIClient) -> None:
    first = ProductFactory(vendor=vendor.of)
    Product.objects.bulk_create(
        Product(
            vendor=vendor.of, category=first.category, brand=first.brand, name="Water", slug="water", price="1.00", search_text=f"water {n}"
        )
        for n in range(1100)
    )
    pagination = stranger.get("/api/products", {"search": "water", "limit": 100, "page": 10}).json()["pagination"]
    assert pagination == {"page": 10, "limit": 100, "total": 1000, "pages": 10, "total_is_exact": False, "next": None}
    assert stranger.get("/api/products", {"search": "water", "limit": 100, "page": 11}).status_code == 422
    assert len(ranked(products_on_sale(), "water")) == 1001


WORDS = st.text(alphabet="abp سéKß٣3_%'\\:&|!()* -", min_size=1, max_size=12)


@pytest.mark.django_db
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(names=st.lists(WORDS, min_size=1, max_size=6), search=WORDS)
def test_both_back_ends_give_the_same_answer(names: list[str], search: str) -> None:
    """On PostgreSQL both are asked; on SQLite the portable one is held against the plain meaning of the words alone."""
    Product.objects.all().delete()
    of = cast.VendorFactory()
    for name in names:
        product = Product(vendor=of, category=CategoryFactory(), brand=BrandFactory(), name=name, slug="x", price="1.00")
        product.search_text = search_text_of(product)
        product.save()
    wanted = terms.exactly(search)
    if not wanted:
        return
    plain = {p.pk for p in Product.objects.all() if all(any(w.startswith(t.prefix) for w in p.search_text.split()) for t in wanted)}
    rows = Product.objects.all()
    ends = [portable, postgres] if connection.vendor == "postgresql" else [portable]
    for end in ends:
        assert {p.pk for p in rows.filter(end.holding(wanted))} == plain, end.__name__


@pytest.mark.django_db
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=40))
def test_any_text_is_searched_for_or_refused(text: str) -> None:
    cache.clear()
    assert APIClient().get("/api/products?" + urlencode({"search": text}, errors="surrogatepass")).status_code in {200, 422}


@given(text=st.text(max_size=60))
def test_folding_twice_is_folding_once(text: str) -> None:
    assert folded(folded(text)) == folded(text)


def test_the_database_has_the_back_end_that_fits_it(db: None) -> None:
    assert back_end_of(Product.objects.all()) is (postgres if connection.vendor == "postgresql" else portable)


@pytest.mark.django_db
def test_the_index_is_spelt_as_the_search_is() -> None:
    """On PostgreSQL the planner can answer from the index; elsewhere there is nothing to spell."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        rows = Product.objects.all()
        plan = rows.filter(postgres.holding(terms.exactly("pepsi"))).order_by().explain()
    assert postgres.INDEX in plan


@pytest.mark.django_db(transaction=True)
def test_a_word_is_forgiven_its_typo_as_soon_as_a_product_has_it(stranger: APIClient) -> None:
    vendor, staff = cast.a_vendor(), cast.a_member_of_staff()
    CategoryFactory()
    BrandFactory()
    body = {"name": "Shabba Rice", "price": "9.00", "quantity": 5, "category": "soft-drinks", "brand": "pepsi"}
    made = vendor.api.post("/api/products", body, format="json").json()["id"]
    assert found(stranger, "shbaba") == [made]
    vendor.api.patch(f"/api/products/{made}", {"name": "Tilda Rice"}, format="json")
    assert found(stranger, "tidla") == [made]
    assert found(stranger, "shbaba") == []
    staff.api.patch("/api/brands/pepsi", {"name": "Falcon"}, format="json")
    assert found(stranger, "flacon") == [made]


def test_everything_can_be_made_searchable_anew(shop: dict[str, Product], stranger: APIClient) -> None:
    Product.objects.update(search_text="")
    SearchWord.objects.all().delete()
    assert found(stranger, "mirinda") == []
    with TestCase.captureOnCommitCallbacks(execute=True):
        call_command("rebuild_search", stdout=io.StringIO())
    assert found(stranger, "mirinda") == [shop["mirinda"].reference]
    assert found(stranger, "mirnida") == [shop["mirinda"].reference]


def test_forgiving_costs_two_queries_more(shop: dict[str, Product], stranger: APIClient, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(4):  # as written, known words, one typo away, the page
        assert found(stranger, "mirnida ornage") == [shop["mirinda"].reference]
