"""Public lists are stored bytes: renewed at every visible change, never older than five seconds, the same for everybody."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.test import Client, RequestFactory
from rest_framework.test import APIClient

from aqad.audit.actions import record, work_off
from aqad.core import limits, middleware, stored, versions
from aqad.core.errors import RateLimited
from catalog.actions import pictures, products, stock, taxonomy
from catalog.actions.pictures import StoredPicture
from catalog.models import Product, ProductImage
from tests import cast
from tests.cast import Person
from tests.factories.goods import BrandFactory, CategoryFactory, ProductFactory

pytestmark = pytest.mark.embedded


@pytest.fixture
def pepsi(vendor: Person) -> Product:
    return ProductFactory(vendor=vendor.of)


def names(client: Any, **query: Any) -> list[str]:
    return [product["name"] for product in client.get("/api/products", query).json()["results"]]


def change_behind_the_back(product: Product, name: str = "Changed") -> None:
    """As no action does: nothing is told."""
    Product.objects.filter(pk=product.pk).update(name=name)


def test_a_stored_page_is_served_without_asking_the_database(pepsi: Product, stranger: APIClient, django_assert_num_queries: Any) -> None:
    first = stranger.get("/api/products?limit=5&sort=newest")
    with django_assert_num_queries(0):
        again = stranger.get("/api/products?sort=newest&limit=5")
        stored.near.clear()  # as another process would see it
        third = stranger.get("/api/products?limit=5")
    assert first.content == again.content == third.content


def test_the_page_is_the_same_for_everybody(
    pepsi: Product, vendor: Person, rival_vendor: Person, retailer: Person, staff: Person, stranger: APIClient
) -> None:
    ProductFactory(vendor=vendor.of, status="draft")
    pages = []
    for client in (stranger, vendor.api, rival_vendor.api, retailer.api, staff.api):
        cache.clear()
        stored.near.clear()
        pages.append(client.get("/api/products").content)
    assert len(set(pages)) == 1
    stale = APIClient()
    stale.credentials(HTTP_AUTHORIZATION="Bearer stale")
    assert stale.get("/api/products").content == pages[0]


def test_no_page_is_older_than_five_seconds_whatever_was_not_told(pepsi: Product, stranger: APIClient) -> None:
    with time_machine.travel(1_800_000_000, tick=False) as clock:
        assert names(stranger) == ["Pepsi 330ml"]
        change_behind_the_back(pepsi)
        clock.shift(2.9)
        stored.near.clear()
        assert names(stranger) == ["Pepsi 330ml"]
        clock.shift(0.2)
        assert names(stranger) == ["Changed"]


def test_while_one_builds_the_next_page_the_others_get_the_last_one_until_its_end(
    pepsi: Product, stranger: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    with time_machine.travel(1_800_000_000, tick=False) as clock:
        assert names(stranger) == ["Pepsi 330ml"]
        change_behind_the_back(pepsi)
        monkeypatch.setattr(cache, "add", lambda *_args, **_options: False)  # another process is at it
        monkeypatch.setattr(stored, "WAIT", 0)
        clock.shift(4.9)
        assert names(stranger) == ["Pepsi 330ml"]
        clock.shift(0.2)
        assert names(stranger) == ["Changed"]


def test_who_may_not_let_another_page_be_built_gets_the_one_that_is_there(
    pepsi: Product, stranger: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    with time_machine.travel(1_800_000_000, tick=False) as clock:
        assert names(stranger) == ["Pepsi 330ml"]
        monkeypatch.setattr(limits, "hit", _refuse)
        clock.shift(4.9)
        assert names(stranger) == ["Pepsi 330ml"]
        clock.shift(0.2)
        assert stranger.get("/api/products").status_code == 429


def _refuse(*_: Any) -> None:
    raise RateLimited(retry_after=1, limit=1)


def test_what_others_may_keep_dies_with_the_page(pepsi: Product, stranger: APIClient) -> None:
    with time_machine.travel(1_800_000_000, tick=False) as clock:
        answer = stranger.get("/api/products")
        assert answer.headers["Cache-Control"] == "public, max-age=4, stale-while-revalidate=1"
        assert "Accept" in answer.headers["Vary"]
        clock.shift(2.5)
        assert stranger.get("/api/products").headers["Cache-Control"] == "public, max-age=1, stale-while-revalidate=1"


def test_a_cache_that_comes_again_finds_a_page_that_it_may_keep(pepsi: Product, stranger: APIClient) -> None:
    """Whole seconds are counted: it comes when one to two seconds are left, and a page of those would be past its end at once."""
    with time_machine.travel(1_800_000_000, tick=False) as clock:
        stranger.get("/api/products")
        clock.shift(3.1)
        assert stranger.get("/api/products").headers["Cache-Control"] == "public, max-age=4, stale-while-revalidate=1"


def test_who_has_the_page_already_is_told_so(pepsi: Product, stranger: APIClient) -> None:
    first = stranger.get("/api/products")
    etag = first.headers["ETag"]
    for given in (etag, f"W/{etag}", f'"x", {etag}', "*"):
        again = stranger.get("/api/products", HTTP_IF_NONE_MATCH=given)
        assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", etag)
        assert "public" in again.headers["Cache-Control"]
    assert stranger.get("/api/products", HTTP_IF_NONE_MATCH='"x"').status_code == 200


def test_head_answers_like_get_without_a_body(pepsi: Product, stranger: APIClient) -> None:
    whole = stranger.get("/api/products")
    head = stranger.head("/api/products")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["ETag"] == whole.headers["ETag"]
    assert head.headers["Content-Length"] == str(len(whole.content))


@pytest.mark.parametrize(
    ("accept", "status", "code"),
    [
        ("application/json", 200, None),
        ("application/json; version=1", 200, None),
        ("*/*", 200, None),
        ("text/html, application/json;q=0.9", 200, None),
        ("application/json; version=2", 406, "not_acceptable"),
        ("text/html", 406, "not_acceptable"),
        ("application/json; version=abc", 400, "malformed"),
        ("text/html, " * 30 + "application/json", 200, None),
    ],
)
def test_the_accept_header_means_here_what_it_means_elsewhere(
    pepsi: Product, stranger: APIClient, accept: str, status: int, code: str | None
) -> None:
    for path in ("/api/products", "/api/categories", "/api/brands", f"/api/products/{pepsi.reference}"):
        for _ in range(2):
            answer = stranger.get(path, HTTP_ACCEPT=accept)
            assert (path, answer.status_code) == (path, status)
            assert code is None or answer.json()["code"] == code


def changes(vendor: Person, staff: Person, product: Product) -> dict[str, Callable[[], Any]]:
    """Every visible change that the catalogue makes."""
    spare = CategoryFactory(name="Spare", slug="spare")
    other = BrandFactory(name="Spare", slug="spare")
    image = ProductImage.objects.bulk_create(pictures.rows_of(product, [StoredPicture("products/a.webp", 4, 3)]))[0]
    fields: Any = {"name": "New", "price": "1.00", "category": product.category, "brand": product.brand}
    return {
        "create": lambda: products.create_product(vendor=vendor.of, fields=fields, quantity=1, actor=vendor.actor),
        "update": lambda: products.update_product(product, fields={"name": "Pepsi Zero"}, actor=vendor.actor),
        "adjust": lambda: stock.adjust(product, change=1, reason="came in", actor=vendor.actor),
        "picture": lambda: pictures.add_pictures(product, [StoredPicture("products/b.webp", 4, 3)], actor=vendor.actor),
        "no picture": lambda: pictures.remove_picture(image, actor=vendor.actor),
        "takedown": lambda: products.take_down(product, reason="x", actor=staff.actor),
        "restore": lambda: products.restore(product, actor=staff.actor),
        "archive": lambda: products.archive_product(product, actor=vendor.actor),
        "category": lambda: taxonomy.create_category(name="Tea", actor=staff.actor),
        "rename category": lambda: taxonomy.change_category(spare, name="Fizzy", parent=None, actor=staff.actor),
        "drop category": lambda: taxonomy.delete_category(spare, actor=staff.actor),
        "brand": lambda: taxonomy.create_brand(name="Tea", actor=staff.actor),
        "rename brand": lambda: taxonomy.change_brand(other, name="Fizzy", actor=staff.actor),
        "drop brand": lambda: taxonomy.delete_brand(other, actor=staff.actor),
    }


def test_every_visible_change_renews_the_pages_at_its_commit(
    pepsi: Product, vendor: Person, staff: Person, django_capture_on_commit_callbacks: Any
) -> None:
    for name, change in changes(vendor, staff, pepsi).items():
        before = versions.current("catalogue")
        with django_capture_on_commit_callbacks(execute=False) as callbacks:
            change()
        assert versions.current("catalogue") == before, name
        for callback in callbacks:
            callback()
        connection.run_on_commit.clear()
        assert versions.current("catalogue") != before, name


def test_every_change_renews_the_pages_once_more_through_the_outbox(pepsi: Product, vendor: Person, staff: Person) -> None:
    """Within a test's transaction nothing is called at the commit; what is left over is worked off here."""
    for name, change in changes(vendor, staff, pepsi).items():
        before = versions.current("catalogue")
        change()
        work_off()
        assert versions.current("catalogue") != before, name


@pytest.mark.parametrize(
    "verb", ["vendors.approved", "vendors.changed", "accounts.company_suspended", "accounts.company_reinstated", "accounts.company_changed"]
)
def test_a_vendors_new_state_or_name_renews_the_pages(pepsi: Product, vendor: Person, staff: Person, verb: str) -> None:
    before = versions.current("catalogue")
    record(verb, vendor.of if verb.startswith("vendors") else vendor.company, staff.actor)
    work_off()
    assert versions.current("catalogue") != before


@pytest.mark.django_db(transaction=True)
def test_a_vendor_sees_its_change_at_once() -> None:
    vendor, reader = cast.a_vendor(), APIClient()
    pepsi = ProductFactory(vendor=vendor.of)
    assert names(reader) == ["Pepsi 330ml"]
    vendor.api.patch(f"/api/products/{pepsi.reference}", {"name": "Pepsi Max"}, format="json")
    assert names(reader) == ["Pepsi Max"]
    vendor.api.delete(f"/api/products/{pepsi.reference}")
    assert names(reader) == []


def test_another_process_lags_by_a_second_at_most(pepsi: Product, stranger: APIClient) -> None:
    assert names(stranger) == ["Pepsi 330ml"]
    change_behind_the_back(pepsi)
    versions.renew("catalogue")  # what another process did; this one has its page still
    assert names(stranger) == ["Pepsi 330ml"]
    time.sleep(stored.NEAR_LIFETIME)
    assert names(stranger) == ["Changed"]


def test_a_process_keeps_a_bounded_number_of_pages() -> None:
    near = stored.Near()
    for number in range(stored.NEAR_PAGES + 50):
        near.put(str(number), stored.Page(time.time(), "x", b"x"))
    assert near.get("0") is None
    assert near.get(str(stored.NEAR_PAGES + 49)) is not None


class SlowList:
    """A list whose building takes a moment and is counted, asked by several processes at once."""

    def __init__(self) -> None:
        self.built, self.fails = 0, 0
        self.list = stored.StoredList("slow", subject="catalogue", read=lambda query: query.get("q", ""), build=self.build)

    def build(self, _wanted: str) -> dict[str, int]:
        time.sleep(0.2)
        if self.fails:
            self.fails -= 1
            raise ValueError("this cannot be built")
        self.built += 1
        return {"built": self.built}

    def asked_at_once(self, number: int) -> set[bytes]:
        answers: list[bytes] = []
        start = threading.Barrier(number)

        def ask() -> None:
            start.wait(timeout=10)
            stored.near.clear()  # each as a process of its own
            answers.append(self.list.serve(RequestFactory().get("/slow")).content)

        threads = [threading.Thread(target=ask) for _ in range(number)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(answers) == number
        return set(answers)


def test_a_missing_page_is_built_by_one_while_the_others_wait() -> None:
    slow = SlowList()
    assert slow.asked_at_once(12) == {b'{"built":1}'}
    assert slow.built == 1


def test_who_fails_to_build_a_page_keeps_nobody_from_it() -> None:
    slow = SlowList()
    slow.fails = 1
    with pytest.raises(ValueError, match="cannot be built"):
        slow.list.serve(RequestFactory().get("/slow"))
    started = time.monotonic()
    assert slow.list.serve(RequestFactory().get("/slow")).content == b'{"built":1}'
    assert time.monotonic() - started < stored.WAIT


def test_while_a_page_is_built_anew_the_one_before_is_served_within_its_time() -> None:
    slow = SlowList()
    slow.asked_at_once(1)
    versions.renew("catalogue")
    assert slow.asked_at_once(12) == {b'{"built":1}', b'{"built":2}'}
    assert slow.built == 2


def test_only_who_makes_the_server_build_a_page_is_counted(pepsi: Product) -> None:
    client = Client()
    for _ in range(150):
        assert client.get("/api/products").status_code == 200
    answers = [client.get(f"/api/products?min_price={number}").status_code for number in range(100)]
    assert answers == [200] * 99 + [429]
    refused = client.get("/api/products?min_price=5000")
    assert (refused.json()["code"], refused.headers["RateLimit-Limit"]) == ("rate_limited", "100")
    assert client.get("/api/products?sort=nonsense").status_code == 429
    assert client.get("/api/products").status_code == 200  # a stored page is free


def test_a_signed_in_caller_is_counted_by_name_not_by_address(pepsi: Product, retailer: Person) -> None:
    for number in range(120):
        assert retailer.api.get(f"/api/products?min_price={number}").status_code == 200
    assert APIClient().get("/api/products?min_price=777").status_code == 200


def test_a_stored_list_bears_every_header_that_protects_and_is_given_to_our_own_names_only(pepsi: Product, stranger: APIClient) -> None:
    stranger.get("/api/products")  # from the second on they are answered before sessions and views are looked at
    answer = stranger.get("/api/products", headers={"Origin": "http://elsewhere.test"})
    foreign = stranger.get("/api/products", headers={"Host": "evil.test"})
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert (answer.headers["X-Frame-Options"], answer.headers["X-Content-Type-Options"]) == ("DENY", "nosniff")
    assert answer.headers["Content-Length"] == str(len(answer.content))
    assert answer.headers["X-Request-ID"]
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert foreign.status_code == 400


def test_a_stored_list_is_logged_and_counted_under_its_own_address(pepsi: Product, stranger: APIClient) -> None:
    stranger.get("/api/products")
    assert middleware.route_of(stranger.get("/api/products").wsgi_request) == "api/products"
