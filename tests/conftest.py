"""What every test may ask for. The append-only guard is lifted only while a transactional test is cleaned up."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import django_ratelimit.core
import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test import TransactionTestCase
from rest_framework.test import APIClient

from aqad.audit import guard
from aqad.core import files, scanning
from aqad.core.stored import near
from tests import cast
from tests.cast import Person

_clean_up = TransactionTestCase._fixture_teardown


def _clean_up_as_owner(self: TransactionTestCase) -> Any:
    with guard.lifted():
        return _clean_up(self)


TransactionTestCase._fixture_teardown = _clean_up_as_owner


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tests of the production lane are no part of a run on SQLite."""
    if settings.EMBEDDED:
        elsewhere = [item for item in items if item.get_closest_marker("production")]
        items[:] = [item for item in items if item not in elsewhere]
        config.hook.pytest_deselected(items=elsewhere)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """Let Django ask SQLite what it can do before any test counts questions."""
    with django_db_blocker.unblock():
        assert connection.features.supports_json_field


@pytest.fixture(autouse=True)
def _fresh_cache() -> Iterator[None]:
    cache.clear()
    near.clear()
    files.breaker.reset()
    scanning.breaker.reset()
    yield
    cache.clear()


@pytest.fixture(autouse=True)
def _windows_begin_with_the_test(monkeypatch: pytest.MonkeyPatch) -> None:
    """A rate limit's window begins at its first call and ends when the test travels on, never because the machine was slow."""
    ends: dict[tuple[str, int], int] = {}
    begun = time.perf_counter()

    def window(value: str, period: int) -> int:
        now = int(time.time() - (time.perf_counter() - begun))
        if ends.get((value, period), 0) <= now:
            ends[value, period] = now + period
        return ends[value, period]

    monkeypatch.setattr(django_ratelimit.core, "_get_window", window)


@pytest.fixture
def vendor(db: None) -> Person:
    return cast.a_vendor()


@pytest.fixture
def rival_vendor(db: None) -> Person:
    return cast.a_vendor("Al Noor Trading")


@pytest.fixture
def retailer(db: None) -> Person:
    return cast.a_retailer()


@pytest.fixture
def rival_retailer(db: None) -> Person:
    return cast.a_retailer("Corner Grocery")


@pytest.fixture
def dispatcher(db: None) -> Person:
    return cast.a_partner()


@pytest.fixture
def driver(dispatcher: Person) -> Person:
    return cast.a_driver(dispatcher.of)


@pytest.fixture
def staff(db: None) -> Person:
    return cast.a_member_of_staff()


@pytest.fixture
def stranger() -> APIClient:
    return APIClient()
