"""How tests of pages speak to the server: as a browser with a session."""

from __future__ import annotations

import html
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.cast import Person


def browser_of(person: Person) -> Client:
    browser = Client()
    browser.force_login(person.user)
    return browser


def text_of(answer: Any) -> str:
    """The page as it reads, without the escapes of HTML."""
    return html.unescape(answer.content.decode())


def queries_of(browser: Client, path: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert browser.get(path).status_code == 200
    return len(captured)
