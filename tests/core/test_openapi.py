"""The published document describes exactly what the server does."""

from __future__ import annotations

import io
import re
from functools import cache
from typing import Any

import pytest
import yaml
from django.core.management import call_command
from rest_framework.test import APIClient

from aqad.core.permissions import ANYONE, allowed_roles
from aqad.core.schema import REFUSALS
from tests.journeys.routes import Operation, api_operations, api_views

pytestmark = [pytest.mark.embedded, pytest.mark.django_db]

# The document and its page do not describe themselves.
THEMSELVES = {("GET", "schema"), ("GET", "docs")}
# What the story over HTTP calls (the contract's acceptance).
OF_THE_STORY = {
    "POST": """vendor/register retailer/register auth/login auth/refresh auth/logout products orders checkout deliveries
        delivery-partners products/{}/images vendors/{}/approve orders/{}/accept orders/{}/reject orders/{}/ready payments/{}/confirm
        deliveries/{}/status addresses""",
    "GET": """products products/{} categories brands cart orders orders/{} orders/{}/history events notifications vendors/{}
        vendors/{}/documents/{}/file""",
    "PUT": "cart/items/{}",
}


@cache
def published() -> dict[str, Any]:
    """What `manage.py spectacular` writes. It fails on the first warning or when the document is not valid OpenAPI."""
    out = io.StringIO()
    call_command("spectacular", "--validate", "--fail-on-warn", stdout=out)
    document: dict[str, Any] = yaml.safe_load(out.getvalue())
    return document


def operations() -> dict[Operation, dict[str, Any]]:
    return {
        (method.upper(), path.removeprefix("/api/")): operation
        for path, methods in published()["paths"].items()
        for method, operation in methods.items()
    }


def test_it_is_valid_and_made_without_a_warning() -> None:
    assert published()["openapi"].startswith("3.")


def test_it_has_every_route_of_the_url_table_and_no_other() -> None:
    routes = {(method, re.sub(r"<str:(\w+)>", r"{\1}", path)) for method, path in api_operations() - THEMSELVES}
    assert set(operations()) == routes


def test_every_operation_says_how_it_succeeds_and_with_what() -> None:
    for name, operation in operations().items():
        good = {status: answer for status, answer in operation["responses"].items() if status[0] in "23"}
        assert good, name
        for status, answer in good.items():
            has_body = any(form.get("schema") for form in answer.get("content", {}).values())
            assert has_body is (status not in {"204", "302"} and name != ("POST", "auth/password/reset")), (name, status)


def test_every_operation_names_the_refusals_and_their_shape() -> None:
    for name, operation in operations().items():
        for status in REFUSALS:
            schema = operation["responses"][status]["content"]["application/json"]["schema"]
            assert schema == {"$ref": "#/components/schemas/Error"}, (name, status)


def test_what_anyone_may_call_is_open_in_the_document_too() -> None:
    open_doors = {
        (method.upper(), operation_id(view, action))
        for view in api_views()
        for method, action in getattr(view, "actions", {}).items()
        if method != "head" and ANYONE in allowed_roles(view.cls(action=action))
    }
    described = {
        (method, operation["operationId"].rstrip("_0123456789"))
        for (method, _path), operation in operations().items()
        if {} in operation.get("security", [{}]) or "security" not in operation
    }
    assert described == open_doors


def test_operation_names_are_unique() -> None:
    names = [operation["operationId"] for operation in operations().values()]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(("method", "paths"), OF_THE_STORY.items())
def test_it_has_every_path_that_the_story_calls(method: str, paths: str) -> None:
    known = {re.sub(r"{\w+}", "{}", path) for known_method, path in operations() if known_method == method}
    assert set(paths.split()) <= known


def operation_id(view: Any, action: str) -> str:
    return f"{view.cls.__name__.removesuffix('Door')}_{action}".lower()


@pytest.mark.parametrize("path", ["/api/schema", "/api/docs"])
def test_what_can_be_done_with_the_document_is_told_without_it(path: str) -> None:
    answer = APIClient().options(path)
    assert (answer.status_code, answer.content, answer.headers["Allow"]) == (200, b"", "GET, HEAD, OPTIONS")
