"""What tests of orders look at."""

from __future__ import annotations

from typing import Any

from django.db.models import Sum
from django.test import Client

from aqad.audit.models import Event
from aqad.core.invariants import violations
from catalog.models import Product, Stock, StockMovement
from orders.models import Order, OrderLine
from payments.models import Payment
from tests.cast import Person


def shelf(product: Product) -> tuple[int, int]:
    """On hand and reserved; the ledger must say the same."""
    row = Stock.objects.get(product=product)
    sums = StockMovement.objects.filter(product=product).aggregate(on_hand=Sum("on_hand_change"), reserved=Sum("reserved_change"))
    assert (row.on_hand, row.reserved) == (sums["on_hand"] or 0, sums["reserved"] or 0)
    return row.on_hand, row.reserved


def traces() -> dict[str, Any]:
    """Everything that placing an order would leave behind."""
    return {
        "orders": Order.objects.count(),
        "lines": OrderLine.objects.count(),
        "payments": Payment.objects.count(),
        "events": Event.objects.count(),
        "movements": StockMovement.objects.count(),
        "reserved": Stock.objects.aggregate(sum=Sum("reserved"))["sum"],
    }


def history(order: Order) -> list[str]:
    return list(Event.objects.filter(subject=order.reference).order_by("pk").values_list("verb", flat=True))


def broken_promises() -> dict[str, list[str]]:
    return {name: rows for name, rows in violations() if rows}


def post(who: Person, path: str, body: dict[str, Any] | None = None, *, key: str | None = None) -> Any:
    """Send JSON, with an idempotency key if one is given."""
    headers = {} if key is None else {"Idempotency-Key": key}
    return who.api.post(path, body or {}, format="json", headers=headers)


def in_browser(who: Person) -> Client:
    browser = Client()
    browser.force_login(who.user)
    return browser


def text_of(answer: Any) -> str:
    """The page's words with single spaces, as a reader finds them."""
    return " ".join(answer.content.decode().replace("&nbsp;", " ").split())
