"""Calls that follow from the answers of others, as a client of the published document would make them: nothing ever breaks.

`AQAD_CALLS` multiplies how many walks of this kind are made.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
import schemathesis
from django.core.cache import cache
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, connection
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from schemathesis.core.failures import FailureGroup

from aqad.core.stored import near
from tests.core.test_openapi import published
from tests.journeys.test_generated_calls import CHECKS
from tests.journeys.world import World, undone

pytestmark = [pytest.mark.django_db, pytest.mark.no_cover]
TIMES = int(os.environ.get("AQAD_CALLS", "1"))
WALKS, STEPS = 12 * TIMES, 12


@pytest.fixture
def _one_connection(db: None) -> Iterator[None]:
    """The application closes its connection after a request; here it is the test's own, and waits while calls are made up."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET idle_in_transaction_session_timeout = 0")
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.usefixtures("_one_connection")
def test_no_call_that_follows_from_another_breaks(record_property: Callable[[str, object], None]) -> None:
    world, seen = World(), Counter[str]()
    schema = schemathesis.openapi.from_dict(published())
    schema.app = get_wsgi_application()
    schema.config.generation.update(with_security_parameters=False)
    names = ["anonymous", *world.people] if TIMES > 1 else ["anonymous", "vendor", "retailer", "dispatcher", "staff"]

    class Walk(schema.as_state_machine()):  # type: ignore[misc]
        def setup(self) -> None:
            self.stack = ExitStack()
            self.stack.enter_context(undone())
            self.calls = 0

        def teardown(self) -> None:
            self.stack.close()

        def get_call_kwargs(self, case: Any) -> dict[str, Any]:
            cache.clear()
            near.clear()
            # Everybody in turn, so that what one got is asked for by the others too.
            name = names[(self.calls + hash_of(case)) % len(names)]
            self.calls += 1
            token = "" if name == "anonymous" else world.people[name].api._credentials["HTTP_AUTHORIZATION"]
            return {"headers": {"Authorization": token} if token else {}}

        def validate_response(self, response: Any, case: Any, *_args: Any, **_kwargs: Any) -> None:
            seen[str(response.status_code)] += 1
            try:
                case.validate_response(response, checks=CHECKS)
            except FailureGroup as found:
                raise AssertionError(f"{case.as_curl_command()}\n{found}") from found

    options = settings(
        max_examples=WALKS,
        stateful_step_count=STEPS,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Walk, settings=options)
    assert seen.total() >= WALKS
    assert any(status.startswith("2") for status in seen)
    record_property("calls", seen.total())


def hash_of(case: Any) -> int:
    """The same for the same operation in every process, which Python's own is not."""
    return sum(map(ord, f"{case.operation.method} {case.operation.path}"))
