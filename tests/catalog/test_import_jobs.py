"""Imports end with the same result whatever happens to the workers, and a vendor's files are worked off one by one."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.storage import storages
from django.db import OperationalError, connection, connections

from aqad.audit.models import Event
from aqad.core import clock
from aqad.core.actor import Actor
from catalog.actions import importing
from catalog.models import Product, ProductImport
from tests import cast
from tests.cast import Person
from tests.catalog.sheets import PEPSI, RICE, counts, csv_of, imported, many, queued, reasons
from tests.factories.goods import ProductFactory


class Killed(BaseException):
    """As abrupt as a kill: nothing of ours runs behind it."""


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "BATCH", 10)


class Striking:
    """Strikes when a statement that holds `words` is about to run for the n-th time."""

    def __init__(self, words: str, error: type[BaseException], *, time: int = 1) -> None:
        self.words, self.error, self.left = words, error, time

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if self.words in sql:
            self.left -= 1
            if self.left == 0:
                raise self.error
        return execute(sql, params, many, context)


def killed(import_id: int, *, before: str, time: int) -> None:
    with connection.execute_wrapper(Striking(before, Killed, time=time)), pytest.raises(Killed):
        importing.work_off(import_id)


@pytest.mark.embedded
@pytest.mark.usefixtures("small_batches")
def test_an_import_goes_on_where_its_worker_was_killed(vendor: Person) -> None:
    rows = many(45)
    rows[3][4] = rows[33][4] = "free"
    rows.append(rows[5])
    row = queued(vendor, csv_of(*rows))
    killed(row.pk, before='INSERT INTO "catalog_stockmovement"', time=3)
    row.refresh_from_db()
    assert (row.state, row.rows, counts(row)) == ("running", 46, (19, 0, 0, 1))
    assert importing.work_off_waiting() == 0
    with clock.living_at(clock.now() + importing.LEASE + timedelta(seconds=1)):
        assert importing.work_off_waiting() == 1
    row.refresh_from_db()
    assert (row.state, counts(row)) == ("done", (43, 0, 1, 2))
    assert Product.objects.count() == Event.objects.filter(verb="catalog.product_created").count() == 43
    assert [said.split(":")[0] for said in reasons(row)] == ["Row 5", "Row 35"]
    assert Event.objects.filter(verb="catalog.import_finished").count() == 1


@pytest.mark.embedded
@pytest.mark.usefixtures("small_batches")
def test_a_poll_sees_the_counts_move(vendor: Person) -> None:
    row = queued(vendor, csv_of(*many(25)))
    seen: list[tuple[int, int]] = []

    def look(*, done: int, total: int) -> None:
        now = ProductImport.objects.get(pk=row.pk)
        assert (now.state, now.rows, now.done) == ("running", total, done)
        seen.append((done, total))

    importing.work_off(row.pk, on_progress=look)
    assert seen == [(10, 25), (20, 25), (25, 25)]


@pytest.mark.embedded
@pytest.mark.usefixtures("small_batches")
def test_a_worker_lets_go_when_its_time_is_over_and_the_next_goes_on(vendor: Person) -> None:
    row = queued(vendor, csv_of(*many(25)))
    assert importing.work_off(row.pk, seconds=0.0) is not None
    row.refresh_from_db()
    assert (row.state, row.leased_until) in {("running", None), ("done", None)}
    while row.state != "done":
        importing.work_off(row.pk)
        row.refresh_from_db()
    assert counts(row) == (25, 0, 0, 0)


@pytest.mark.usefixtures("small_batches")
def test_a_worker_whose_lease_was_taken_over_commits_nothing_more(vendor: Person) -> None:
    row = queued(vendor, csv_of(*many(25)))

    def taken_over(*, done: int, total: int) -> None:
        ProductImport.objects.filter(pk=row.pk).update(leased_until=clock.now() + timedelta(hours=1))

    finished = importing.work_off(row.pk, on_progress=taken_over)
    assert finished is not None
    assert (finished.state, counts(finished)) == ("running", (10, 0, 0, 0))
    assert Product.objects.count() == 10


@pytest.mark.embedded
def test_a_file_waits_for_an_earlier_one_of_the_same_vendor(vendor: Person, rival_vendor: Person) -> None:
    first, second, theirs = queued(vendor, csv_of(PEPSI)), queued(vendor, csv_of(RICE)), queued(rival_vendor, csv_of(PEPSI))
    assert importing.work_off(second.pk) is None
    assert importing.work_off(theirs.pk) is not None
    importing.work_off_waiting()
    ended = ProductImport.objects.filter(state="done").order_by("finished_at")
    assert list(ended) == [theirs, first, second]


def test_an_import_that_nobody_can_finish_is_given_up(vendor: Person) -> None:
    row = queued(vendor, csv_of(PEPSI))
    ProductImport.objects.filter(pk=row.pk).update(attempts=importing.MOST_ATTEMPTS, state="running")
    importing.work_off(row.pk)
    row.refresh_from_db()
    assert (row.state, row.file.name) == ("failed", "")
    assert "could not be worked off" in row.problem
    assert not Product.objects.exists()


def test_a_database_that_is_away_lets_the_next_worker_try_at_once(vendor: Person) -> None:
    row = queued(vendor, csv_of(PEPSI))
    away = Striking('INSERT INTO "catalog_product"', OperationalError)
    with connection.execute_wrapper(away), pytest.raises(OperationalError):
        importing.work_off(row.pk)
    row.refresh_from_db()
    assert (row.state, row.leased_until, row.done) == ("running", None, 0)
    assert importing.work_off_waiting() == 1
    row.refresh_from_db()
    assert counts(row) == (1, 0, 0, 0)


@pytest.mark.embedded
@pytest.mark.usefixtures("small_batches")
def test_a_row_that_only_the_database_can_refuse_stops_no_other(vendor: Person) -> None:
    """Somebody takes its SKU by API after the file was compared with what there is."""
    row = queued(vendor, csv_of(*many(25)))

    def meanwhile(*, done: int, total: int) -> None:
        if done == 10:
            ProductFactory(vendor=vendor.of, sku="SKU-15")

    importing.work_off(row.pk, on_progress=meanwhile)
    row.refresh_from_db()
    assert (row.state, counts(row)) == ("done", (24, 0, 0, 1))
    assert reasons(row) == ["Row 17: Another product of yours has this SKU."]


def test_a_product_that_was_archived_meanwhile_is_not_changed(vendor: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "BATCH", 1)
    imported(vendor, csv_of(PEPSI, RICE))
    row = queued(vendor, csv_of(("PEP-330", "5"), ("RICE-5", "5"), headings=("sku", "price")))
    importing.work_off(row.pk, on_progress=lambda done, total: Product.objects.filter(sku="RICE-5").update(status="archived"))
    row.refresh_from_db()
    assert counts(row) == (0, 1, 0, 1)
    assert "was archived" in reasons(row)[0]


def test_the_file_goes_when_it_is_worked_off(vendor: Person) -> None:
    row = queued(vendor, csv_of(PEPSI))
    assert storages["default"].exists(row.file.name)
    importing.work_off(row.pk)
    assert not storages["default"].exists(row.file.name)


def test_a_file_that_is_gone_says_so(vendor: Person) -> None:
    row = queued(vendor, csv_of(PEPSI))
    storages["default"].delete(row.file.name)
    importing.work_off(row.pk)
    row.refresh_from_db()
    assert (row.state, row.problem) == ("failed", "The file is gone; please send it again.")


def test_a_suspended_vendors_file_is_not_worked_off(vendor: Person) -> None:
    row = queued(vendor, csv_of(PEPSI))
    vendor.company.status = "suspended"  # type: ignore[union-attr]
    vendor.company.save()  # type: ignore[union-attr]
    importing.work_off(row.pk)
    row.refresh_from_db()
    assert row.state == "failed"
    assert not Product.objects.exists()


def test_one_event_says_that_the_import_came_and_one_that_it_ended(vendor: Person) -> None:
    row = imported(vendor, csv_of(PEPSI, RICE))
    came, ended = Event.objects.filter(verb__startswith="catalog.import").order_by("pk")
    assert came.verb == "catalog.import_queued"
    assert (ended.verb, ended.subject) == ("catalog.import_finished", f"productimport:{row.pk}")
    assert ended.facts == {
        "state": "done", "dry_run": False, "rows": 2, "created": 2, "updated": 0, "unchanged": 0, "failed": 0,
    }  # fmt: skip
    created = Event.objects.filter(verb="catalog.product_created")
    assert [event.text for event in created.order_by("pk")] == [
        f"Vendor {vendor.of.reference} created Product {product.reference}" for product in Product.objects.order_by("pk")
    ]


def test_the_platform_is_the_actor_when_no_person_sent_the_file(vendor: Person) -> None:
    row = queued(Person(vendor.user, vendor.of), csv_of(PEPSI))
    ProductImport.objects.filter(pk=row.pk).update(user=None)
    importing.work_off(row.pk)
    assert Event.objects.get(verb="catalog.product_created").actor == Actor.system("import").name


@pytest.fixture
def committed_vendor(transactional_db: None) -> Person:
    return cast.a_vendor()


def test_two_workers_at_once_load_a_file_once(committed_vendor: Person) -> None:
    row = queued(committed_vendor, csv_of(*many(120)))
    start, results = threading.Barrier(4), []

    def work() -> None:
        start.wait()
        try:
            results.append(importing.work_off(row.pk))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(4)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    row.refresh_from_db()
    assert (row.state, counts(row)) == ("done", (120, 0, 0, 0))
    assert Product.objects.count() == 120
    assert len([result for result in results if result is not None]) == 1, connection.vendor
