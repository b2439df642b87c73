"""Charts: whole without values, in proportion with them, readable for all sizes, and nothing in a label becomes markup."""

from __future__ import annotations

import re
from decimal import Decimal
from xml.etree import ElementTree as ET

import pytest

from aqad.dashboard.charts import BASE, GRIDLINES, MOST_TICKS, Bar, compact, draw_bars

pytestmark = pytest.mark.embedded


def drawn(*values: str, label: str = "1 Mar", title: str = "Sales by day") -> ET.Element:
    bars = [Bar(label=f"{label}{number}", words=f"{label}: AED {value}", value=Decimal(value)) for number, value in enumerate(values)]
    return ET.fromstring(draw_bars(bars, title=title, summary="AED 10.00 in all"))  # noqa: S314  (our own drawing)


def heights(svg: ET.Element) -> list[float]:
    return [float(bar.get("height", "")) for bar in svg.iterfind(".//rect[@class='bar']")]


def axis(svg: ET.Element) -> list[str]:
    return [text.text or "" for text in svg.iterfind("text[@text-anchor='end']")]


def ticks(svg: ET.Element) -> list[ET.Element]:
    return [text for text in svg.iterfind("text") if (text.get("class") or "").startswith("tick")]


def test_says_what_it_shows() -> None:
    svg = drawn("10.00")
    assert (svg.get("role"), svg.get("aria-label")) == ("img", "Sales by day. AED 10.00 in all")
    assert (svg.findtext("title"), svg.findtext("desc")) == ("Sales by day", "AED 10.00 in all")
    assert svg.findtext("g/title") == "1 Mar: AED 10.00"


@pytest.mark.parametrize("values", [(), ("0",), ("0", "0.00", "0")])
def test_without_values_it_is_a_baseline_and_nothing_else(values: tuple[str, ...]) -> None:
    svg = drawn(*values)
    assert heights(svg) == [0.0] * len(values)
    assert axis(svg) == ["0"]


def test_one_value_stands_below_the_highest_line() -> None:
    svg = drawn("48.00")
    assert axis(svg) == ["0", "15", "30", "45", "60"]
    (height,) = heights(svg)
    assert 0 < height < BASE


def test_bars_are_in_proportion_and_the_smallest_can_be_seen() -> None:
    large, half, small, none = heights(drawn("1000", "500", "0.01", "0"))
    assert half == pytest.approx(large / 2, abs=0.01)
    assert (small, none) == (1.0, 0.0)


@pytest.mark.parametrize("largest", ["0.01", "0.99", "7", "999.99", "1000", "123456.78", "99999999999.99"])
def test_the_axis_reaches_every_value_in_few_short_steps(largest: str) -> None:
    svg = drawn(largest)
    marks = axis(svg)
    assert len(marks) == len(set(marks)) == GRIDLINES + 1
    assert all(len(mark) <= 6 for mark in marks)
    assert max(heights(svg)) <= BASE


@pytest.mark.parametrize(
    ("value", "words"), [("0", "0"), ("10", "10"), ("2.50", "2.5"), ("1500", "1.5k"), ("2000000", "2M"), ("4E9", "4B")]
)
def test_numbers_of_the_axis_are_short(value: str, words: str) -> None:
    assert compact(Decimal(value)) == words


@pytest.mark.parametrize("count", [1, 7, 12, 13, 30, 90, 366])
def test_at_most_twelve_labels_and_four_on_a_phone_the_last_one_among_them(count: int) -> None:
    labels = ticks(drawn(*["5"] * count))
    assert 1 <= len(labels) <= MOST_TICKS
    assert 1 <= len([label for label in labels if label.get("class") == "tick"]) <= 4
    assert labels[-1].text == f"1 Mar{count - 1}"
    assert labels[-1].get("class") == "tick"


def test_markup_in_words_is_text() -> None:
    svg = drawn("5", label="<b>&", title='"><script>')
    assert svg.findtext("title") == '"><script>'
    assert svg.findtext("g/title") == "<b>&: AED 5"
    assert svg.find(".//script") is None


def test_holds_no_inline_style_or_script() -> None:
    picture = draw_bars([Bar("a", "a: 5", Decimal(5))], title="t", summary="s")
    assert not re.search(r"\sstyle=|\son\w+=|<style|<script", picture)
