"""The application without one of its guards, for control runs that must fail: a request's header names the guard it goes without.

Nothing outside the tests can switch a guard off: this module replaces functions and statements in its own server process.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from catalog.actions.stock import StockLine

HEADER = "Without-Guard"
PAUSE = 0.15  # seconds between looking and acting, as a busy server has them
# As the statements begin that write a purchase, that take its stock, and that place a cash order all by themselves.
WRITING, TAKING, PLACING = "WITH part0 AS", "WITH wanted AS", "WITH buyer AS"
AT_ONCE = "at_once"


@dataclass(frozen=True)
class Unlocked:
    """Rows of these tables are read but not locked; before its first statement of each beginning in `pauses` a request waits."""

    tables: tuple[str, ...]
    pauses: tuple[str, ...]


LOCKS: dict[str, Unlocked] = {
    "payment": Unlocked(
        ("payments_payment", "payments_paymentattempt"),
        ('INSERT INTO "payments_paymentattempt"', 'UPDATE "payments_paymentattempt"', 'INSERT INTO "payments_refund"'),
    ),
    "purchase": Unlocked(
        ("payments_payment", "orders_order"),
        ('INSERT INTO "payments_paymentattempt"', 'UPDATE "payments_paymentattempt"', 'UPDATE "orders_order"'),
    ),
    "cart": Unlocked(("orders_cart",), (WRITING,)),
    "company": Unlocked(("accounts_company",), ('UPDATE "accounts_company"',)),
    "delivery": Unlocked(("payments_payment", "orders_order", "deliveries_delivery"), ('UPDATE "deliveries_delivery"',)),
    "shelf": Unlocked(("catalog_stock",), ('UPDATE "catalog_stock"', TAKING)),  # a count's, and an order's
}
TAKING_BLINDLY = f"""
    taken AS (
        UPDATE catalog_stock AS stock SET reserved = wanted.seen + wanted.quantity
        FROM wanted, (SELECT pg_sleep({PAUSE})) AS pause WHERE stock.product_id = wanted.product_id
        RETURNING stock.product_id, false AS is_level_wrong
    )
"""  # noqa: S608  (put together of our own words)
_request = threading.local()


def without(guard: str) -> bool:
    """Whether the request that runs in this thread goes without it."""
    return getattr(_request, "without", "") == guard


@dataclass
class _Watch:
    """The statements of one request, their locks taken off."""

    unlocked: Unlocked
    paused: set[str] = field(default_factory=set)

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        for beginning in self.unlocked.pauses:
            if sql.lstrip().startswith(beginning) and beginning not in self.paused:
                self.paused.add(beginning)
                time.sleep(PAUSE)
        if " FOR UPDATE" in sql and any(f'FROM "{table}"' in sql for table in self.unlocked.tables):
            sql = re.sub(r" FOR UPDATE.*$", "", sql)
        return execute(sql, params, many, context)


def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """The real one, but for the guard that the request names."""
    from django.db import connection

    from aqad.wsgi import application as real

    guard = environ.get("HTTP_" + HEADER.upper().replace("-", "_"), "")
    with ExitStack() as stack:
        _request.without = guard
        stack.callback(setattr, _request, "without", "")
        if guard in LOCKS:
            stack.enter_context(connection.execute_wrapper(_Watch(LOCKS[guard])))
        answer = real(environ, start_response)
        if close := getattr(answer, "close", None):
            stack.callback(close)  # it ends the request, which gives the connection back to the pool
        return list(answer)


def _stock() -> None:
    """Look first, write later: the way to oversell."""
    from catalog.actions import stock
    from catalog.models import Stock

    take_all = stock._take_all

    def look_and_take(wanted: Mapping[int, int]) -> dict[int, bool]:
        if not without("stock"):
            return take_all(wanted)
        rows = {row.product_id: row for row in Stock.objects.filter(product_id__in=wanted)}
        time.sleep(PAUSE)
        enough = {product_id: quantity for product_id, quantity in wanted.items() if rows[product_id].available >= quantity}
        for product_id, quantity in enough.items():
            Stock.objects.filter(product_id=product_id).update(reserved=rows[product_id].reserved + quantity)
        return dict.fromkeys(enough, False)

    stock._take_all = look_and_take


def _sum() -> None:
    """Each line of an order is judged by itself, as if it were the only one."""
    from aqad.core import writing
    from catalog.actions import stock
    from catalog.errors import InsufficientStock
    from catalog.models import Stock
    from catalog.statuses import MovementKind
    from orders.actions import placing

    price, reserve = placing._price, stock.reserve

    def price_each(wanted: Any) -> Any:
        return [line for item in wanted for line in price([item])] if without("sum") else price(wanted)

    def reserve_each(lines: list[StockLine], *, actor: Any, beside: Any = ()) -> None:
        if not without("sum"):
            reserve(lines, actor=actor, beside=beside)
            return
        writing.insert([*beside, *stock._movements(lines, MovementKind.RESERVED, actor, reserved=1)])
        looked = Stock.objects.in_bulk([line.product_id for line in lines])
        for line in lines:
            row = looked[line.product_id]
            if row.available < line.quantity:
                raise InsufficientStock([])
            Stock.objects.filter(pk=row.pk).update(reserved=row.reserved + line.quantity)

    placing._price = price_each
    stock.reserve = reserve_each


def _key() -> None:
    """Idempotency keys are not looked at."""
    from aqad.core import idempotency

    read_key = idempotency.read_key
    idempotency.read_key = lambda request: None if without("key") else read_key(request)


def _code() -> None:
    """A code of the second factor is looked up first and marked as used later."""
    from aqad.accounts.actions import proving
    from aqad.accounts.models import SecondFactor

    claim = proving._claim_step

    def look_first(factor_id: int, step: int) -> bool:
        if not without("code"):
            return claim(factor_id, step)
        is_free = SecondFactor.objects.filter(pk=factor_id, last_step__lt=step).exists()
        time.sleep(PAUSE)
        SecondFactor.objects.filter(pk=factor_id).update(last_step=step)
        return is_free

    proving._claim_step = look_first


def _refresh() -> None:
    """Whether a refresh token was used is asked first and noted afterwards."""
    from aqad.accounts import tokens
    from aqad.accounts.actions import sessions
    from aqad.accounts.models import UsedRefreshToken

    exchange = sessions._exchange

    def look_and_exchange(claims: tokens.Claims) -> dict[str, str] | None:
        if not without("refresh"):
            return exchange(claims)
        used = UsedRefreshToken.objects.filter(jti=claims.jti)
        if used.exists():
            return None
        time.sleep(PAUSE)
        UsedRefreshToken.objects.bulk_create([UsedRefreshToken(jti=claims.jti, family_id=claims.family_id)], ignore_conflicts=True)
        family = sessions._family_in_force(claims)
        return tokens.issue(family.user, family) if family else None

    sessions._exchange = look_and_exchange


def _at_once() -> None:
    """A cash order's one statement takes its stock by what it saw when it began, however long others have held the row since.

    A request that goes without any other guard takes the way on which that guard stands.
    """
    from catalog.actions import stock
    from orders.api import at_once, views

    place, run = at_once.place_at_once, at_once._run
    blindly = {
        statement: at_once.Statement(
            _reworded(
                statement.words,
                ("price, product.vat_rate, vendor_id,", "price, product.vat_rate, vendor_id, reserved AS seen,"),
                ("SELECT product_id, quantity FROM claim, lines", "SELECT product_id, quantity, seen FROM claim, lines"),
                (stock.TAKING, TAKING_BLINDLY),
            )
        )
        for statement in (at_once.PLACE_UNDER_A_KEY, at_once.PLACE_WITHOUT_A_KEY)
    }
    at_once._run = lambda statement, values: run(blindly[statement] if without(AT_ONCE) else statement, values)
    views.place_at_once = lambda *asked, **more: place(*asked, **more) if without("") or without(AT_ONCE) else None


def _reworded(words: str, *changes: tuple[str, str]) -> str:
    for old, new in changes:
        if old not in words:
            raise ValueError(f"There is no {old!r} to take away.")
        words = words.replace(old, new)
    return words


def take_guards_away() -> None:
    """Replace what the requests' headers can switch off. For a server process of its own."""
    for replace in (_stock, _sum, _key, _code, _refresh, _at_once):
        replace()
