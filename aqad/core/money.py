"""AED: decimals with two places, rounded half up once per line (FTA: tax may be rounded to the nearest fils per line)."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal

CURRENCY = "AED"
CENT = Decimal("0.01")
ZERO = Decimal("0.00")
LARGEST_PRICE = Decimal("999999.99")


def aed(value: Decimal | int | float | str | None) -> Decimal:
    """`value` with exactly two places. SQLite sums decimals as floats, so aggregates pass through here too."""
    if value is None:
        return ZERO
    exact = value if isinstance(value, Decimal) else Decimal(str(value))
    return exact.quantize(CENT, rounding=ROUND_HALF_UP)


def line_total(unit_price: Decimal, quantity: int) -> Decimal:
    return aed(unit_price * quantity)


def vat_on(amount: Decimal, rate: Decimal) -> Decimal:
    """VAT in AED on a net line of `amount` AED at `rate` per cent, rounded half up."""
    return aed(amount * rate / 100)


def total(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, ZERO)


def text(amount: Decimal) -> str:
    """As the API writes it: `"5040.00"`."""
    written = str(amount)
    return written if written[-3:-2] == "." else f"{aed(amount):.2f}"  # what the database gives has its two places
