"""Popular searches: what several people looked for and found, and nothing about who they were."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client

from aqad.core import clock
from aqad.core.stored import near
from catalog.models import Product, SearchedTerm
from catalog.names import search_text_of
from catalog.search import popular
from catalog.search.vocabulary import learn
from catalog.tasks import forget_searches
from tests.cast import Person
from tests.factories.goods import ProductFactory

pytestmark = [pytest.mark.embedded, pytest.mark.django_db]


@pytest.fixture
def pepsi(vendor: Person) -> Product:
    product = ProductFactory(vendor=vendor.of, barcode="5449000000996")
    product.search_text = search_text_of(product)
    product.save()
    learn([product.search_text])
    return product


def search(term: str, *, address: str = "203.0.113.1", path: str = "/products", **query: str) -> None:
    headers = {"HX-Request": "true"} if query.pop("typing", "") else {}
    assert Client().get(path, {"search": term, **query}, REMOTE_ADDR=address, headers=headers).status_code == 200


def counts() -> dict[str, int]:
    return dict(SearchedTerm.objects.values_list("term", "people"))


def test_counts_each_person_once_a_day(pepsi: Product) -> None:
    for address in ("203.0.113.1", "203.0.113.2", "203.0.113.1"):
        search("Pepsi", address=address)
        search(" pepsi  ", address=address)
    assert counts() == {"pepsi": 2}


def test_counts_people_who_are_signed_in_by_themselves(pepsi: Product, retailer: Person, vendor: Person) -> None:
    for person in (retailer, vendor, retailer):
        client = Client()
        client.force_login(person.user)
        client.get("/products?search=pepsi")
    assert counts() == {"pepsi": 2}


def test_does_not_count_letters_on_the_way_further_pages_or_nothing_found(pepsi: Product) -> None:
    search("peps", typing="yes")
    search("nothing like it")
    search("pespi")  # forgiven, not found as written
    Client().head("/products?search=pepsi")
    assert counts() == {}


def test_counts_in_a_vendors_window_too(pepsi: Product) -> None:
    search("pepsi", path=f"/vendors/{pepsi.vendor.reference}")
    assert counts() == {"pepsi": 1}


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("Pepsi  Max", "pepsi max"),
        ("7 up 330ml", "7 up 330ml"),
        ("حليب المراعي", "حليب المراعي"),
        ("p", None),
        ("x" * 41, None),
        ("5449000000996", None),
        ("call 050 123 4567", None),
        ("omar@shop.test", None),
        ("12 34", None),
        ("- -", None),
    ],
)
def test_keeps_no_numbers_that_may_be_somebodys(text: str, term: str | None) -> None:
    assert popular.term_of(text) == term


def test_shows_what_several_people_looked_for_most_first(pepsi: Product) -> None:
    today = clock.today()
    rows = (("water", 2, 3), ("water", 1, 3), ("cola", 1, 4), ("tea", 1, 2), ("long ago", 20, 99))
    SearchedTerm.objects.bulk_create(SearchedTerm(day=today - timedelta(days=ago), term=term, people=people) for term, ago, people in rows)
    assert popular.popular_searches() == ["water", "cola"]
    home, empty = (Client().get(path).content.decode() for path in ("/", "/products?search=zzzz"))
    for page in (home, empty):
        assert page.index("/products?search=water") < page.index("/products?search=cola")
        assert "/products?search=tea" not in page


def test_forgets_old_days() -> None:
    today = clock.today()
    SearchedTerm.objects.bulk_create(
        SearchedTerm(day=today - timedelta(days=ago), term="cola", people=1) for ago in (0, popular.DAYS - 1, popular.DAYS)
    )
    assert forget_searches() == 1
    assert SearchedTerm.objects.count() == 2


def test_a_search_is_answered_when_it_cannot_be_counted(pepsi: Product, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_term: str) -> None:
        raise OSError("no room")

    monkeypatch.setattr(popular, "count", broken)
    search("pepsi")
    assert counts() == {}


def test_a_stored_page_counts_like_a_fresh_one(pepsi: Product) -> None:
    search("pepsi", address="203.0.113.1")
    search("pepsi", address="203.0.113.2")  # from this process's own store
    near.clear()
    search("pepsi", address="203.0.113.3")  # from the shared one
    assert counts() == {"pepsi": 3}
    cache.delete(popular.LIST)
    assert popular.popular_searches() == ["pepsi"]
