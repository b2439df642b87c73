"""Vendors send files of products over HTTP and see what became of them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.test import TestCase
from rest_framework.test import APIClient

from catalog.models import Product, ProductImport
from tests.cast import Person
from tests.catalog.sheets import PEPSI, RICE, csv_of, imported, queued, upload, xlsx_of


def send(client: APIClient, content: bytes, name: str = "products.csv", **more: Any) -> Any:
    return client.post("/api/products/import", {"file": upload(content, name), **more}, format="multipart")


@contextmanager
def committed() -> Iterator[None]:
    """What is to run after the commit runs."""
    with TestCase.captureOnCommitCallbacks(execute=True):
        yield


def body_of(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


@pytest.mark.embedded
@pytest.mark.parametrize(("content", "name"), [(csv_of(PEPSI, RICE), "products.csv"), (xlsx_of(PEPSI, RICE), "../../Preise.xlsx")])
def test_a_file_is_taken_in_and_worked_off(vendor: Person, content: bytes, name: str) -> None:
    with committed():
        answer = send(vendor.api, content, name)
        assert answer.status_code == 202, answer.content
        assert not Product.objects.exists()
    sent = answer.json()
    assert sent == {"id": ProductImport.objects.get().pk, "state": "queued"}
    shown = vendor.api.get(f"/api/products/imports/{sent['id']}").json()
    expected = {"id": sent["id"], "state": "done", "rows": 2, "created": 2, "updated": 0, "unchanged": 0, "failed": 0, "problem": ""}
    assert shown.items() >= expected.items()
    assert shown["filename"] == name.rpartition("/")[2]
    assert Product.objects.filter(vendor=vendor.of).count() == 2


@pytest.mark.embedded
def test_a_dry_run_changes_nothing(vendor: Person) -> None:
    with committed():
        sent = send(vendor.api, csv_of(PEPSI, RICE), dry_run="true").json()
    shown = vendor.api.get(f"/api/products/imports/{sent['id']}").json()
    assert (shown["state"], shown["dry_run"], shown["created"]) == ("done", True, 2)
    assert not Product.objects.exists()


@pytest.mark.embedded
def test_failed_rows_come_back_mendable(vendor: Person) -> None:
    dangerous = ("=1+1", "-", "Food", "", "free", "", "@me", "+971", "")
    with committed():
        sent = send(vendor.api, csv_of(PEPSI, dangerous)).json()
    answer = vendor.api.get(f"/api/products/imports/{sent['id']}/errors.csv", HTTP_ACCEPT="text/csv")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"] == f'attachment; filename="errors-{sent["id"]}.csv"'
    assert (answer["X-Content-Type-Options"], answer["Cache-Control"]) == ("nosniff", "private, no-store")
    headings, failed = list(csv.reader(io.StringIO(body_of(answer).decode("utf-8-sig"))))
    assert headings[:2] + headings[-1:] == ["name", "pack_size", "import_problem"]
    assert (failed[0], failed[1], failed[6], failed[7]) == ("'=1+1", "'-", "'@me", "'+971")
    assert failed[-1].startswith("Row 3: price: ")

    failed[headings.index("price")] = "5"
    mended = io.StringIO()
    csv.writer(mended).writerows([headings, failed])
    row = imported(vendor, mended.getvalue().encode())
    assert (row.created, row.failed) == (1, 0)
    product = Product.objects.get(sku="+971")
    assert (product.name, product.pack_size, product.brand.name) == ("=1+1", "-", "@me")


def test_errors_of_errors_keep_one_column_of_reasons(vendor: Person) -> None:
    first = imported(vendor, csv_of((*PEPSI[:4], "free", *PEPSI[5:])))
    errors = body_of(vendor.api.get(f"/api/products/imports/{first.pk}/errors.csv"))
    second = imported(vendor, errors)
    assert (second.rows, second.failed, second.headings) == (1, 1, first.headings)
    assert body_of(vendor.api.get(f"/api/products/imports/{second.pk}/errors.csv")) == errors


@pytest.mark.embedded
def test_another_vendors_imports_are_unknown(vendor: Person, rival_vendor: Person) -> None:
    row = imported(vendor, csv_of(PEPSI))
    unknown = rival_vendor.api.get("/api/products/imports/999999")
    for path in (f"/api/products/imports/{row.pk}", f"/api/products/imports/{row.pk}/errors.csv"):
        answer = rival_vendor.api.get(path)
        assert answer.status_code == 404
        assert answer.content == unknown.content
    assert rival_vendor.api.get("/api/products/imports").json()["results"] == []


@pytest.mark.parametrize("identifier", ["0", "-1", "abc", "P1001", "99999999999999999999", "1.0"])
def test_ids_that_are_none_are_unknown(vendor: Person, identifier: str) -> None:
    assert vendor.api.get(f"/api/products/imports/{identifier}").status_code == 404
    assert vendor.api.get(f"/api/products/imports/{identifier}/errors.csv").status_code == 404


@pytest.mark.embedded
def test_own_imports_are_listed_newest_first_in_few_queries(vendor: Person, django_assert_max_num_queries: Any) -> None:
    rows = [queued(vendor, csv_of(PEPSI)) for _ in range(3)]
    assert vendor.api
    with django_assert_max_num_queries(4):
        listed = vendor.api.get("/api/products/imports?limit=2").json()
    assert [one["id"] for one in listed["results"]] == [rows[2].pk, rows[1].pk]
    assert listed["pagination"]["total"] == 3
    assert vendor.api.get("/api/products/imports?colour=red").status_code == 422


def test_only_vendors_import(retailer: Person, dispatcher: Person, staff: Person, stranger: APIClient) -> None:
    assert send(stranger, csv_of(PEPSI)).status_code == 401
    for person in (retailer, dispatcher, staff):
        assert send(person.api, csv_of(PEPSI)).status_code == 403
        assert person.api.get("/api/products/imports").status_code == 403
    assert not ProductImport.objects.exists()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"%PDF-1.7\n%\xe2\xe3", "Only CSV and XLSX"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "Old .xls"),
    ],
)
def test_files_of_other_kinds_are_refused_at_once(vendor: Person, content: bytes, words: str) -> None:
    answer = send(vendor.api, content)
    assert answer.status_code == 422
    assert words in answer.json()["errors"]["file"][0]
    assert not ProductImport.objects.exists()


def test_a_body_without_a_file_is_refused(vendor: Person) -> None:
    for answer in (
        vendor.api.post("/api/products/import", {}, format="multipart"),
        vendor.api.post("/api/products/import", {"file": "products.csv"}, format="json"),
        send(vendor.api, csv_of(PEPSI), dry_run="perhaps"),
        send(vendor.api, csv_of(PEPSI), vendor="V1001"),
    ):
        assert answer.status_code == 422
    assert not ProductImport.objects.exists()


def test_a_file_that_is_too_large_is_refused(vendor: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("catalog.api.imports.LARGEST_FILE", 100)
    answer = send(vendor.api, csv_of(PEPSI, RICE))
    assert (answer.status_code, answer.json()["code"]) == (422, "validation_error")
    assert "50 MB" in answer.json()["errors"]["file"][0]


@pytest.mark.embedded
@pytest.mark.django_db(transaction=True)
def test_a_repeated_request_is_the_same_import(vendor: Person) -> None:
    key = {"HTTP_IDEMPOTENCY_KEY": "price-list-1"}

    def post() -> Any:
        return vendor.api.post("/api/products/import", {"file": upload(csv_of(PEPSI))}, format="multipart", **key)

    first, second = post(), post()
    assert (first.status_code, second.status_code) == (202, 202)
    assert first.json() == second.json()
    assert second["Idempotency-Replayed"] == "true"
    assert ProductImport.objects.count() == 1


def test_uploads_are_limited_per_company(vendor: Person, monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    settings.RATE_LIMIT_SCALE = 1 / 60
    assert send(vendor.api, csv_of(PEPSI)).status_code == 202
    answer = send(vendor.api, csv_of(PEPSI))
    assert (answer.status_code, answer.json()["code"]) == (429, "rate_limited")
    assert ProductImport.objects.count() == 1
