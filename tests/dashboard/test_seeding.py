"""The demo as a fresh machine gets it: made once, whole, with every promise kept."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from itertools import count
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from aqad.accounts.models import User
from aqad.audit.models import Event, Outbox
from aqad.core.invariants import violations
from aqad.dashboard.demo import seeding
from aqad.notifications.models import Mail, Notification
from catalog.models import Product, Stock
from orders.models import Order
from orders.statuses import OrderStatus
from payments.models import BankWebhook, Payment, PaymentAttempt
from payments.statuses import LIVE_ATTEMPTS

pytestmark = [pytest.mark.production, pytest.mark.django_db(transaction=True)]


MOST_STATEMENTS = 24_000  # some 20,000 for 1,100 deeds; a fresh machine should not wait


def seeded(*options: str) -> tuple[str, int]:
    """What the command said, and how many statements it took."""
    said, statements = io.StringIO(), count()

    def counted(execute: Callable[..., Any], *args: Any) -> Any:
        next(statements)
        return execute(*args)

    with connection.execute_wrapper(counted):
        call_command("seed_demo", *options, stdout=said)
    return said.getvalue(), next(statements)


def test_the_demo_is_whole_and_keeps_every_promise() -> None:
    said, statements = seeded()
    assert "The demo was made in" in said
    assert statements < MOST_STATEMENTS
    assert set(Order.objects.values_list("status", flat=True)) == set(OrderStatus.values)
    pepsi = Stock.objects.get(product__name="Pepsi 330ml")
    assert (pepsi.on_hand, pepsi.reserved) == (500, 0)
    assert Product.objects.count() >= 300
    assert Notification.objects.count() > 500
    assert Mail.objects.count() > 500
    assert not Mail.objects.filter(sent_at=None).exists()
    assert not Outbox.objects.exists()
    assert BankWebhook.objects.exists()
    assert not BankWebhook.objects.filter(sent_at=None).exists()
    assert not PaymentAttempt.objects.filter(status__in=LIVE_ATTEMPTS).exists()
    assert {"paid", "failed", "unpaid", "refunded", "partially_refunded"} <= set(Payment.objects.values_list("status", flat=True))
    assert {name: rows for name, rows in violations() if rows} == {}

    before = User.objects.count(), Event.objects.count(), Mail.objects.count()
    assert seeded() == ("The demo is there already.\n", 2)
    brought_up_to_date = seeded("--migrate")[0].splitlines()
    assert brought_up_to_date[0] == "Operations to perform:"
    assert brought_up_to_date[-1] == "The demo is there already."
    assert not seeding.is_half_made()
    assert (User.objects.count(), Event.objects.count(), Mail.objects.count()) == before


def test_a_seeding_that_was_cut_off_is_not_taken_for_a_demo(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    with monkeypatch.context() as cut_off:
        cut_off.setattr(seeding, "sweep_outbox", _is_killed)
        with pytest.raises(KeyboardInterrupt):
            call_command("seed_demo")
    assert User.objects.exists()
    with pytest.raises(SystemExit) as ended:
        call_command("seed_demo", stderr=sys.stderr)
    assert ended.value.code == 1
    assert "./dev demo --fresh" in capsys.readouterr().err


def _is_killed() -> None:
    raise KeyboardInterrupt
