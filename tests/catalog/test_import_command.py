"""Products are imported from the command line."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from aqad.audit.models import Event
from catalog.management.commands.import_products import Bar
from catalog.models import Product
from tests.cast import Person
from tests.catalog.sheets import PEPSI, RICE, csv_of, queued


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "products.csv"
    path.write_bytes(csv_of(PEPSI, RICE, ("Bad", "", "", "", "free", "", "", "", "")))
    return path


def run(file: Path, vendor: Person, **options: Any) -> str:
    out = io.StringIO()
    call_command("import_products", str(file), vendor=vendor.of.reference.lower(), stdout=out, stderr=io.StringIO(), **options)
    return out.getvalue()


@pytest.mark.embedded
def test_a_file_is_loaded_and_reported(vendor: Person, file: Path, tmp_path: Path) -> None:
    said = run(file, vendor, errors=tmp_path / "errors.csv")
    assert "3 rows in " in said
    assert "2 created, 0 updated, 0 unchanged, 1 failed." in said
    assert "Row 4: price: " in said
    assert Product.objects.filter(vendor=vendor.of).count() == 2
    assert (tmp_path / "errors.csv").read_text("utf-8-sig").startswith("name,pack_size,")
    assert Event.objects.get(verb="catalog.import_finished").actor == "System import"
    assert "0 created, 0 updated, 2 unchanged, 1 failed." in run(file, vendor)


def test_a_dry_run_only_tells(vendor: Person, file: Path) -> None:
    assert "2 would be created" in run(file, vendor, dry_run=True)
    assert not Product.objects.exists()


def test_what_cannot_be_done_is_said(vendor: Person, file: Path, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="There is no vendor V99999"):
        call_command("import_products", str(file), vendor="V99999")
    with pytest.raises(CommandError, match="No such file"):
        run(tmp_path / "none.csv", vendor)
    (tmp_path / "paper.pdf").write_bytes(b"%PDF-1.7")
    with pytest.raises(CommandError, match="Only CSV and XLSX"):
        run(tmp_path / "paper.pdf", vendor)
    (tmp_path / "empty.csv").write_text("name,price\n")
    with pytest.raises(CommandError, match="nothing below"):
        run(tmp_path / "empty.csv", vendor)
    queued(vendor, csv_of(RICE))
    with pytest.raises(CommandError, match="Another file"):
        run(file, vendor)


def test_a_bar_shows_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    from django.core.management.base import OutputWrapper

    out = io.StringIO()
    bar = Bar(OutputWrapper(out))
    bar.show(done=500, total=1000)
    bar.close()
    assert f"[{'#' * 15}{'-' * 15}] 500 of 1,000 rows" in out.getvalue()
