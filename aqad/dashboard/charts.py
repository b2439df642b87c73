"""Bars drawn as SVG by the server. Sideways everything is a per cent of the width, so text keeps its size on a phone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

HEIGHT, TOP, BASE = 220, 12, 192  # px: the drawing, its highest gridline, its baseline
MOST_TICKS, MOST_TICKS_ON_A_PHONE = 12, 4
GRIDLINES = 4
STEPS = tuple(Decimal(step) for step in ("1", "1.5", "2", "2.5", "3", "4", "5", "6", "8", "10"))
UNITS = ((Decimal(10**9), "B"), (Decimal(10**6), "M"), (Decimal(10**3), "k"))


@dataclass(frozen=True, slots=True)
class Bar:
    """`label` stands under the axis where there is room; `words` say label and value in full."""

    label: str
    words: str
    value: Decimal


def draw_bars(bars: Sequence[Bar], *, title: str, summary: str) -> SafeString:
    """One bar for each value (none below zero), from left to right in either writing direction."""
    step = _step_to(max((bar.value for bar in bars), default=Decimal(0)))
    return format_html(
        '<svg class="chart-bars" role="img" aria-label="{}" width="100%" height="{}" direction="ltr">'
        "<title>{}</title><desc>{}</desc>{}{}{}</svg>",
        f"{title}. {summary}",
        HEIGHT,
        title,
        summary,
        _grid(step),
        format_html_join("", "{}", ((_column(bar, number, len(bars), step * GRIDLINES),) for number, bar in enumerate(bars))),
        _ticks(bars),
    )


def compact(value: Decimal) -> str:
    """`1500` → `1.5k`"""
    size, unit = next(((size, unit) for size, unit in UNITS if value >= size), (Decimal(1), ""))
    return f"{(value / size).normalize():f}{unit}"


def _step_to(largest: Decimal) -> Decimal:
    """The round distance between gridlines by which they reach the largest value; 0 when there is nothing to measure."""
    if largest <= 0:
        return Decimal(0)
    needed = largest / GRIDLINES
    magnitude = Decimal(10) ** needed.adjusted()
    return next(step * magnitude for step in STEPS if step * magnitude >= needed)


def _grid(step: Decimal) -> SafeString:
    """Gridlines with their values; of an empty drawing the baseline alone."""
    lines = range(GRIDLINES + 1) if step else range(1)
    heights = [BASE - (BASE - TOP) * line / GRIDLINES for line in lines]
    return format_html_join(
        "",
        '<line class="{}" x1="0" x2="100%" y1="{}" y2="{}"/><text x="-8" y="{}" text-anchor="end" dominant-baseline="middle">{}</text>',
        (("grid" if line else "axis", f"{y:g}", f"{y:g}", f"{y:g}", compact(step * line)) for line, y in zip(lines, heights, strict=True)),
    )


def _column(bar: Bar, number: int, count: int, top: Decimal) -> SafeString:
    """A bar, and around it all of its place, so that a pointer finds low bars too."""
    slot = 100 / count
    share = float(bar.value / top) if top else 0.0
    height = max(share * (BASE - TOP), 1.0) if share else 0.0
    width = slot * (0.7 if count > MOST_TICKS else 0.5)
    return format_html(
        '<g class="slot"><title>{}</title><rect class="place" x="{}%" y="{}" width="{}%" height="{}"/>'
        '<rect class="bar" x="{}%" y="{}" width="{}%" height="{}" rx="2"/></g>',
        bar.words,
        f"{number * slot:.3f}",
        TOP,
        f"{slot:.3f}",
        BASE - TOP,
        f"{number * slot + (slot - width) / 2:.3f}",
        f"{BASE - height:.2f}",
        f"{width:.3f}",
        f"{height:.2f}",
    )


def _ticks(bars: Sequence[Bar]) -> SafeString:
    """Labels under every n-th bar, the last one among them; `fine` ones have no room on a phone."""
    count = len(bars)
    labelled = range(count)[:: -_every(count, MOST_TICKS)]
    coarse = set(labelled[:: _every(len(labelled), MOST_TICKS_ON_A_PHONE)])
    return format_html_join(
        "",
        '<text class="tick{}" x="{}%" y="{}" text-anchor="middle">{}</text>',
        (
            ("" if number in coarse else " fine", f"{(number + 0.5) * 100 / count:.3f}", HEIGHT - 8, bars[number].label)
            for number in reversed(labelled)
        ),
    )


def _every(count: int, most: int) -> int:
    """Take each n-th of `count`, and there are at most `most`."""
    return max(1, -(-count // most))
