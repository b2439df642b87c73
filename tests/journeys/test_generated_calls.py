"""Thousands of calls generated from the published document, right and wrong ones, by everybody: the answers are as it says.

`AQAD_CALLS` multiplies how many of them each operation gets; then everybody of the cast calls, not one of each role.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest
import schemathesis
from django.core.cache import cache
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.control import SkipTest as NothingToGetWrong
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from aqad.core.stored import near
from tests.core.test_openapi import published
from tests.journeys.test_access import TABLE
from tests.journeys.world import World, undone

pytestmark = pytest.mark.django_db

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
ONE_OF_EACH_ROLE = ("anonymous", "vendor", "retailer", "driver", "dispatcher", "staff")
TIMES = int(os.environ.get("AQAD_CALLS", "1"))
EXAMPLES = {GenerationMode.POSITIVE: 8 * TIMES, GenerationMode.NEGATIVE: 6 * TIMES}


@pytest.fixture
def world(db: None) -> World:
    return World()


@pytest.fixture
def _one_connection() -> Iterator[None]:
    """The application closes its connection after a request; here it is the test's own."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.usefixtures("_one_connection")
@pytest.mark.parametrize("mode", EXAMPLES, ids=lambda mode: mode.value)
def test_every_answer_is_one_that_the_document_names(
    world: World, mode: GenerationMode, record_property: Callable[[str, object], None]
) -> None:
    schema = schemathesis.openapi.from_dict(published())
    schema.app = get_wsgi_application()
    schema.config.generation.update(modes=[mode], with_security_parameters=False)
    surprises: dict[str, str] = {}
    seen: dict[str, int] = {}
    for result in schema.get_all_operations():
        with suppress(NothingToGetWrong):
            _call_often(world, result.ok(), mode, surprises, seen)
    assert not surprises, "\n\n".join(f"{where}\n{what}" for where, what in surprises.items())
    assert {"2", "4"} <= set(seen)
    record_property("calls", sum(seen.values()))


def _call_often(world: World, operation: Any, mode: GenerationMode, surprises: dict[str, str], seen: dict[str, int]) -> None:
    method, path = operation.method.upper(), re.sub(r"{(\w+)}", r"<str:\1>", operation.path.removeprefix("/api/"))
    row = TABLE[method, path]
    # Whoever is refused at the door is refused for whatever is sent: most calls are made by those who may.
    everybody = ONE_OF_EACH_ROLE if TIMES == 1 else ("anonymous", *world.people)
    callers = [name for name in everybody if name in row.may] * 3 + list(everybody)

    @settings(
        max_examples=EXAMPLES[mode],
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(
        case=operation.as_strategy(mode),
        name=st.sampled_from(callers),
        kind=st.sampled_from([*row.on, *row.on, ""]),
        is_known=st.booleans(),
    )
    def call(case: Any, name: str, kind: str, is_known: bool) -> None:
        if kind:
            case.path_parameters = dict(world.things[kind])
        if is_known and isinstance(case.body, dict):
            case.body = _naming_known_things(world, case.body)
        cache.clear()
        near.clear()
        signed_in = {} if name == "anonymous" else {"Authorization": world.people[name].api._credentials["HTTP_AUTHORIZATION"]}
        with undone():
            answer = case.call(headers=signed_in)
        seen[str(answer.status_code)[0]] = seen.get(str(answer.status_code)[0], 0) + 1
        try:
            case.validate_response(answer, checks=CHECKS)
        except FailureGroup as found:
            for failure in found.exceptions:
                where = f"{method} {path}: {failure.title} {answer.status_code}"
                surprises.setdefault(where, f"{name}: {case.as_curl_command()}\n{failure}")

    call()


def _naming_known_things(world: World, body: dict[str, Any]) -> dict[str, Any]:
    """References that no generator would guess, in place of those it made up."""
    known = {
        "product": world.product.reference,
        "category": world.product.category.slug,
        "parent": world.product.category.slug,
        "brand": world.product.brand.slug,
        "address": world.address.pk,
        "order": world.packed.reference,
        "partner": world.things["partner"]["reference"],
        "token": "tok_visa",
    }
    named = {key: known[key] if key in known and not isinstance(value, dict) else value for key, value in body.items()}
    lines = named.get("items")
    if isinstance(lines, list):
        named["items"] = [
            {**line, **({"product": known["product"]} if "product" in line else {})} if isinstance(line, dict) else line for line in lines
        ]
    return named
