"""After every test of payments both books agree and every promise about money holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from payments.gateways import registry
from payments.invariants import INVARIANTS
from tests.payments.given import ScriptedGateway


@pytest.fixture(autouse=True)
def _promises_hold(db: None) -> Iterator[None]:
    yield
    broken = {name: rows for name, look in INVARIANTS.items() if (rows := look())}
    assert not broken


@pytest.fixture
def bank(settings: Any) -> Iterator[Callable[..., ScriptedGateway]]:
    """`bank(outcome, ...)` makes new payments go to a bank that says this."""

    def say(*says: Any) -> ScriptedGateway:
        gateway = ScriptedGateway(*says)
        registry.register("scripted", lambda: gateway)
        settings.PAYMENT_GATEWAY = "scripted"
        return gateway

    yield say
    registry.unregister("scripted")
