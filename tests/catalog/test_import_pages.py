"""Files of products in the browser: sent, watched, mended."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as project
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from catalog.actions import importing
from catalog.importing.columns import HEADINGS
from catalog.importing.sample import COLUMNS, template_csv
from catalog.models import Product, ProductImport
from tests.cast import Person
from tests.catalog.sheets import PEPSI, RICE, csv_of, imported, queued, upload, xlsx_of
from tests.catalog.test_own_product_pages import text

pytestmark = [pytest.mark.embedded, pytest.mark.django_db]
LIST = "/vendor/imports"
BROKEN = ("Broken", "1 x 1", "Food", "Rice", "much", "80", "Tilda", "BRK-1", "")


@pytest.fixture
def browser(vendor: Person) -> Client:
    client = Client()
    client.force_login(vendor.user)
    return client


def kept_files() -> set[Path]:
    folder = Path(project.STORAGES["default"]["OPTIONS"]["location"]) / "imports"
    return set(folder.iterdir()) if folder.exists() else set()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("content", [csv_of(PEPSI, RICE, BROKEN), xlsx_of(PEPSI, RICE, BROKEN)])
def test_a_file_is_sent_worked_off_and_its_errors_come_back(browser: Client, vendor: Person, content: bytes) -> None:
    answer = browser.post(LIST, {"file": upload(content, "list.csv"), "idempotency_key": "file-1"})
    row = ProductImport.objects.get()
    assert (answer.status_code, answer.headers["Location"]) == (302, f"{LIST}/{row.pk}")
    assert set(Product.objects.values_list("name", flat=True)) == {"Pepsi", "Basmati Rice"}
    shown = text(browser.get(f"{LIST}/{row.pk}"))
    assert "All 3 rows are dealt with. Created 2 Updated 0 Unchanged 0 Failed 1 " in shown
    assert "Row 4: price: An amount in AED" in shown
    errors = browser.get(f"{LIST}/{row.pk}/errors.csv")
    assert errors.headers["Content-Disposition"] == f'attachment; filename="errors-{row.pk}.csv"'
    assert b"Broken" in b"".join(errors.streaming_content)
    assert "list.csv" in text(browser.get(LIST))


def test_a_dry_run_says_so_and_changes_nothing(browser: Client, vendor: Person) -> None:
    answer = browser.post(LIST, {"file": upload(csv_of(PEPSI)), "dry_run": "true"})
    row = importing.work_off(ProductImport.objects.get().pk)
    assert row is not None
    assert (answer.status_code, row.dry_run, row.created) == (302, True, 1)
    shown = text(browser.get(answer.headers["Location"]))
    assert "This is a dry run" in shown
    assert "Would be created 1" in shown
    assert not Product.objects.exists()


def test_a_file_that_is_sent_twice_is_one_import(browser: Client) -> None:
    before = kept_files()
    places = {browser.post(LIST, {"file": upload(csv_of(PEPSI)), "idempotency_key": "file-1"}).headers["Location"] for _ in range(2)}
    assert places == {f"{LIST}/{ProductImport.objects.get().pk}"}
    assert len(kept_files() - before) == 1


@pytest.mark.parametrize(
    ("form", "words"),
    [({}, "File is required."), ({"file": upload(b"%PDF-1.7", "list.pdf"), "dry_run": "true"}, "Only CSV and XLSX")],
)
def test_a_file_of_another_kind_is_refused_at_its_field(browser: Client, form: dict[str, Any], words: str) -> None:
    answer = browser.post(LIST, form)
    assert answer.status_code == 422
    assert 'id="file-wrong"' in answer.content.decode()
    assert words in text(answer)
    assert bool(re.search(r'name="dry_run"[^>]*checked', answer.content.decode(), re.DOTALL)) == ("dry_run" in form)
    assert not ProductImport.objects.exists()


def test_progress_moves_while_the_worker_runs_and_then_rests(browser: Client, vendor: Person) -> None:
    row = queued(vendor, csv_of(PEPSI))
    progress = f"{LIST}/{row.pk}/progress"
    page = browser.get(f"{LIST}/{row.pk}").content.decode()
    assert f'data-live="{progress}"' in page
    assert "data-settled" not in page
    waiting = browser.get(progress)
    assert "waits for its turn" in text(waiting)
    assert browser.get(progress, headers={"If-None-Match": waiting.headers["ETag"]}).status_code == 304
    ProductImport.objects.update(state="running", rows=40, created=10, failed=2)
    moved = browser.get(progress, headers={"If-None-Match": waiting.headers["ETag"]})
    assert (moved.status_code, "12 of 40 rows are dealt with." in text(moved)) == (200, True)
    assert re.search(r'<progress id="progress"\s+max="40"\s+value="12"', moved.content.decode())
    ProductImport.objects.update(state="failed", problem="The file is damaged.")
    assert "The file is damaged." in text(browser.get(progress))
    assert "data-settled" in browser.get(progress).content.decode()
    assert 'data-live="/vendor' not in browser.get(f"{LIST}/{row.pk}").content.decode()


def test_the_template_names_every_column_and_can_be_imported(browser: Client, vendor: Person) -> None:
    answer = browser.get(f"{LIST}/template.csv")
    content = b"".join(answer.streaming_content)
    assert content == template_csv()
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    headings, example = csv.reader(io.StringIO(content.decode("utf-8-sig")))
    assert set(headings) == set(HEADINGS)
    row = imported(vendor, content)
    assert (row.created, row.failed) == (1, 0)
    product = Product.objects.get()
    assert (product.name, product.sku, product.barcode, str(product.price)) == (example[0], example[1], example[2], "18.50")
    assert (product.category.name, product.category.parent.name, product.brand.name) == ("Water", "Beverages", "Al Ain")
    assert (product.min_order_quantity, product.order_multiple, product.low_stock_at, product.stock.on_hand) == (5, 5, 50, 400)
    assert all(column.heading in text(browser.get(LIST)) for column in COLUMNS)


def test_the_list_costs_the_same_however_long_it_is(browser: Client, vendor: Person) -> None:
    counted = []
    for more in (3, 17):
        ProductImport.objects.bulk_create(ProductImport(vendor=vendor.of, filename=f"{n}.csv") for n in range(more))
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(LIST).status_code == 200
        counted.append(len(queries))
    assert counted[0] == counted[1]
