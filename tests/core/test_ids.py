"""Time-sortable ids sort, parse, and never go backwards."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aqad.core import ids

pytestmark = pytest.mark.embedded
NOON = int(datetime(2026, 11, 21, 12, tzinfo=UTC).timestamp() * 1000)


def test_an_id_says_when_and_where_it_was_made() -> None:
    parts = ids.parse(ids.Generator(node=77).make(NOON))
    assert parts == (datetime(2026, 11, 21, 12, tzinfo=UTC), 77, 0)


@settings(deadline=None)
@given(st.lists(st.integers(min_value=NOON, max_value=NOON + 10_000), min_size=2, max_size=200))
def test_ids_sort_in_the_order_in_which_they_were_made_whatever_the_clock_does(moments: list[int]) -> None:
    generator = ids.Generator(node=1)
    made = [generator.make(moment) for moment in moments]
    assert made == sorted(made)
    assert len(set(made)) == len(made)


def test_a_full_sequence_borrows_the_next_millisecond() -> None:
    generator = ids.Generator(node=1)
    made = [generator.make(NOON) for _ in range(5000)]
    assert made == sorted(set(made))
    assert ids.parse(made[-1]).at - ids.parse(made[0]).at == timedelta(milliseconds=1)


@pytest.mark.parametrize("text", ["", "0", "I" * 13, "Z" * 13, "0" * 14, "abcdefghijklm"])
def test_refuses_what_is_no_id(text: str) -> None:
    with pytest.raises(ValueError, match="not a time-sortable id"):
        ids.parse(text)
