"""Which gateways there are; one guard, with its breaker, per gateway and process."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings

from payments.gateways.base import Gateway
from payments.gateways.guard import GuardedGateway


def current() -> GuardedGateway:
    """The gateway that new payments go to: PAYMENT_GATEWAY."""
    return of(settings.PAYMENT_GATEWAY)


def of(name: str) -> GuardedGateway:
    """The gateway under this name. Raises KeyError."""
    if name not in _guarded:
        _guarded[name] = GuardedGateway(_makers[name]())
    return _guarded[name]


def is_known(name: str) -> bool:
    return name in _makers


def is_configured(name: str) -> bool:
    """Whether this deployment has what the gateway needs to be believed."""
    return name != "stripe" or bool(settings.STRIPE_SECRET_KEY and settings.STRIPE_WEBHOOK_SECRET)


def register(name: str, maker: Callable[[], Gateway]) -> None:
    """Let `name` stand for the gateway that `maker` makes (again, if it did before)."""
    _makers[name] = maker
    _guarded.pop(name, None)


def unregister(name: str) -> None:
    _makers.pop(name, None)
    _guarded.pop(name, None)


def _sandbox() -> Gateway:
    from payments.gateways.sandbox import SandboxGateway

    return SandboxGateway()


def _stripe() -> Gateway:
    from payments.gateways.stripe import StripeGateway

    return StripeGateway()


_makers: dict[str, Callable[[], Gateway]] = {"sandbox": _sandbox, "stripe": _stripe}
_guarded: dict[str, GuardedGateway] = {}
