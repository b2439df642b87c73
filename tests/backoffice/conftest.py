from __future__ import annotations

import pytest
from django.test import Client

from tests.backoffice.given import browser_of
from tests.cast import Person


@pytest.fixture
def browser(staff: Person) -> Client:
    return browser_of(staff)
