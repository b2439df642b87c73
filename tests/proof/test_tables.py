"""The table a proof leaves, and the page that holds it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.proof.tables import markdown, put_between

pytestmark = pytest.mark.embedded


def test_a_cell_never_breaks_the_table() -> None:
    assert markdown(["race", "ok"], [["a | b\nc", 3]]) == "| race | ok |\n| --- | --- |\n| a \\| b c | 3 |\n"


def test_puts_the_table_between_its_markers_and_touches_nothing_else(tmp_path: Path) -> None:
    page = tmp_path / "trust.md"
    page.write_text("before\n<!-- races begins -->\nold\n<!-- races ends -->\nafter\n")
    for table in ("| first |", "| second |"):
        put_between(page, "races", table)
    assert page.read_text() == "before\n<!-- races begins -->\n\n| second |\n\n<!-- races ends -->\nafter\n"


def test_refuses_a_page_without_a_place(tmp_path: Path) -> None:
    page = tmp_path / "trust.md"
    page.write_text("nothing\n")
    with pytest.raises(ValueError, match="no place for races"):
        put_between(page, "races", "x")
    assert page.read_text() == "nothing\n"


def test_the_page_of_this_project_has_its_places() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "trust.md").read_text()
    for part in ("races",):
        assert page.index(f"<!-- {part} begins -->") < page.index(f"<!-- {part} ends -->")
