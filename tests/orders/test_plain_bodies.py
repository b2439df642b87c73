"""A plain body is read without DRF's fields, and never otherwise than by them."""

from __future__ import annotations

from decimal import Decimal
from itertools import product
from typing import Any

import pytest
from django.http import QueryDict

from aqad.core.fields import LARGEST_QUANTITY
from orders.actions.placing import MOST_LINES, Terms, Wanted
from orders.api.bodies import LARGEST_ID, NewOrder, order_of, plain_order

pytestmark = pytest.mark.once
LINE = {"product": "P1001", "quantity": 3}
BODY: dict[str, Any] = {"items": [LINE], "address": 7, "payment_method": "card"}
# What stands where something else should, and what should stand there.
NUMBERS = [
    1,
    3,
    0,
    -1,
    True,
    "3",
    "",
    3.0,
    Decimal("3"),
    Decimal("3.5"),
    None,
    [],
    {},
    LARGEST_QUANTITY,
    LARGEST_QUANTITY + 1,
    LARGEST_ID,
    2**70,
]
PRODUCTS = [
    "P1001",
    "p1001",
    " P1001",
    "P1001 ",
    "P01001",
    "P999",
    "V1001",
    "P1001\n",
    "P١٠٠١",
    "P" + "9" * 18,
    "P" + "9" * 19,
    "",
    1001,
    None,
    [],
]
METHODS = ["card", "cash_on_delivery", "cash", "CARD", "", None, 1, True, ["card"], {}]
LINES: list[Any] = [
    [],
    [LINE] * 2,
    [LINE] * MOST_LINES,
    [LINE] * (MOST_LINES + 1),
    [{**LINE, "price": "1"}],
    [{"product": "P1001"}],
    ["P1001"],
    LINE,
    None,
]


def bodies() -> list[Any]:
    items = [[{**LINE, "product": name}] for name in PRODUCTS] + [[{**LINE, "quantity": number}] for number in NUMBERS] + LINES
    changed = [*product(["items"], items), *product(["address"], NUMBERS), *product(["payment_method"], METHODS)]
    more = [{**BODY, "notes": notes} for notes in ("", "Ring twice", 5)] + [{**BODY, "expected_total": "1.00"}, {**BODY, "total": "1.00"}]
    less = [{name: BODY[name] for name in BODY if name != without} for without in BODY]
    return [{**BODY, name: value} for name, value in changed] + more + less + [{}]


@pytest.mark.parametrize("body", bodies(), ids=lambda body: str(body)[:100])
def test_what_is_read_at_once_is_what_the_fields_would_read(body: dict[str, Any]) -> None:
    read = NewOrder(data=body)
    plain = plain_order(body)
    if plain is not None:
        assert read.is_valid(), read.errors
        assert plain == order_of(dict(read.validated_data))


@pytest.mark.parametrize("method", ["card", "cash_on_delivery"])
def test_a_body_that_says_just_the_least_is_read_at_once(method: str) -> None:
    body = {"items": [LINE, {"product": "P1002", "quantity": LARGEST_QUANTITY}], "address": LARGEST_ID, "payment_method": method}
    assert plain_order(body) == ([Wanted(1001, 3), Wanted(1002, LARGEST_QUANTITY)], Terms(LARGEST_ID, method))


def test_a_form_is_read_by_its_fields() -> None:
    assert plain_order(QueryDict("items[0]product=P1001&items[0]quantity=3&address=7&payment_method=card")) is None
