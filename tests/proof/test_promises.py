"""Every invariant is silent about a day's trade, and names the row once SQL has broken it. None lacks a way to break it here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import TestCase

from aqad.accounts.models import User
from aqad.audit.actions import work_off
from aqad.core import clock
from aqad.core.invariants import violations
from orders.models import Order
from tests import cast
from tests.factories.goods import BrandFactory, CategoryFactory
from tests.journeys.trade import Carrier, Shop, an_approved_vendor, said_yes

pytestmark = [pytest.mark.production, pytest.mark.django_db]  # on PostgreSQL a transaction may drop constraints and get them back
EVENT = "INSERT INTO audit_event (verb, subject_kind, subject, about, actor, actor_role, facts, via, request_id, at)"
EVENT_AGAIN = f"{EVENT} SELECT verb, subject_kind, subject, about, actor, actor_role, facts, via, request_id, at FROM audit_event"  # noqa: S608
MOVEMENT = 'INSERT INTO catalog_stockmovement (product_id, kind, on_hand_change, reserved_change, reason, "order", line, actor, at)'


@dataclass(frozen=True)
class Trade:
    """What the statements speak of: numbers of orders, their payments, deliveries, lines, and references of all the others."""

    words: dict[str, Any]

    def filled(self, text: str) -> str:
        return text.format(**self.words)


@dataclass(frozen=True)
class Break:
    """Statements that break a promise behind everybody's back, and what the invariant must then say."""

    name: str
    statements: tuple[str, ...]
    says: str


def breaking(name: str, *statements: str, says: str) -> Break:
    return Break(name, statements, says)


BREAKS = [
    breaking(
        "S1 counters are possible",
        "ALTER TABLE catalog_stock DROP CONSTRAINT stock_reserved_within_on_hand",
        "UPDATE catalog_stock SET reserved = on_hand + 1 WHERE product_id = {product}",
        says="{product}:",
    ),
    breaking(
        "S2 counters equal the ledger", "UPDATE catalog_stock SET on_hand = on_hand + 1 WHERE product_id = {product}", says="P{product}:"
    ),
    breaking("S2 every product has counters", "DELETE FROM catalog_stock WHERE product_id = {product}", says="P{product}"),
    breaking(
        "S3 reserved is what open orders hold",
        "UPDATE catalog_stock SET reserved = reserved + 1 WHERE product_id = {product}",
        says="P{product}: 4 reserved, open orders hold 3",
    ),
    breaking(
        "S4 each line is reserved once and ends once",
        "DROP INDEX movement_once_per_line",
        MOVEMENT + " VALUES ({product}, 'reserved', 0, 3, '', 'ORD{open}', {open_line}, 'x', now())",
        says="line {open_line} of ORD{open}: reserved 2",
    ),
    breaking(
        "S4 a line moves one product",
        MOVEMENT + " VALUES ({other_product}, 'returned', 0, 0, '', 'ORD{open}', {open_line}, 'x', now())",
        says="line {open_line} moved 2 products",
    ),
    breaking(
        "S4 what ends is what was reserved",
        MOVEMENT + " VALUES ({product}, 'released', 0, -1, '', 'ORD{open}', {open_line}, 'x', now())",
        says="line {open_line} ended with 2 still reserved",
    ),
    breaking(
        "S4 each line was reserved",
        "UPDATE orders_orderline SET quantity = quantity + 1 WHERE id = {open_line}",
        says="ORD{open}: 4 of P{product} were not reserved",
    ),
    breaking(
        "S5 ended orders hold no stock", "UPDATE orders_order SET status = 'cancelled' WHERE id = {open}", says="ORD{open}: cancelled"
    ),
    breaking(
        "S5 reservations end in time",
        "UPDATE orders_order SET status = 'pending_payment' WHERE id = {open}",
        "UPDATE payments_payment SET pay_by = now() - interval '1 day' WHERE id = {open_payment}",
        says="ORD{open}: unpaid since",
    ),
    breaking("M1 amounts add up", "UPDATE orders_orderline SET line_total = line_total + 1 WHERE id = {open_line}", says="ORD{open}:"),
    breaking(
        "M1 amounts are those placed",
        "UPDATE orders_order SET subtotal = subtotal + 1, total = total + 1 WHERE id = {open}",
        says="ORD{open}: 152.20 AED, placed for 151.20",
    ),
    breaking(
        "M1 amounts are those placed",
        "UPDATE orders_order SET payment_id = {paid_payment} WHERE id = {open}",
        says="PAY{paid_payment}: opened for",
    ),
    breaking(
        "M2 taken as booked",
        "UPDATE payments_payment SET amount_paid = amount_paid + 1 WHERE id = {paid_payment}",
        says="PAY{paid_payment}:",
    ),
    breaking(
        "M2 refunds within captured",
        "UPDATE payments_refund SET amount = 100000 WHERE payment_id = {refunded_payment}",
        says="PAY{refunded_payment}: refunds of 100000",
    ),
    breaking(
        "M2 one capture per payment",
        "INSERT INTO payments_paymentattempt SELECT (jsonb_populate_record(a, "
        """'{{"id": "00000000-0000-4000-8000-000000000000", "gateway_reference": "ch_twice"}}')).* """
        "FROM payments_paymentattempt a WHERE payment_id = {paid_payment}",
        says="PAY{paid_payment}: captured 2 times",
    ),
    breaking(
        "M2 cash once per part",
        "ALTER TABLE payments_cashcollection DROP CONSTRAINT cash_once_per_part",
        "INSERT INTO payments_cashcollection (payment_id, part, amount, collected_by, at) "
        "SELECT payment_id, part, amount, collected_by, at FROM payments_cashcollection",
        says="PAY{cash_payment}: cash for ORD{cash} collected 2 times",
    ),
    breaking(
        "M3 charges agree",
        "UPDATE payments_bankcharge SET amount = amount + 1 WHERE key = '{attempt}'",
        says="PAY{paid_payment}: 151.20 taken by us, 152.20 by the bank",
    ),
    breaking(
        "M3 charges agree",
        "INSERT INTO payments_bankcharge SELECT (jsonb_populate_record(c, "
        """'{{"id": 0, "key": "not ours", "reference": "ch_stray"}}')).* FROM payments_bankcharge c WHERE key = '{attempt}'""",
        says="ch_stray: 151.20 at the bank, nothing of ours",
    ),
    breaking("M3 refunds agree", "DELETE FROM payments_bankrefund", says="PAY{refunded_payment}: refund of 50.00 done, 0.00 at the bank"),
    breaking(
        "M4 ended payments give back",
        "UPDATE payments_payment SET status = 'failed' WHERE id = {paid_payment}",
        says="PAY{paid_payment}: failed, but keeps 151.20",
    ),
    breaking(
        "M4 money has its order",
        "UPDATE orders_order SET status = 'cancelled' WHERE id = {paid}",
        says="PAY{paid_payment}: keeps 151.20 AED, its orders are about 0.00",
    ),
    breaking("T1 orders' steps are allowed", "UPDATE orders_order SET status = 'ready' WHERE id = {open}", says="ORD{open}: is ready"),
    breaking(
        "T1 orders' steps are allowed",
        EVENT
        + """ VALUES ('orders.accepted', 'Order', 'ORD{paid}', '', 'x', 'vendor',
            '{{"before": "completed", "after": "processing"}}', 'api', '', now())""",
        says="ORD{paid}: orders.accepted after completed",
    ),
    breaking(
        "T1 payment steps",
        "UPDATE payments_payment SET status = 'refunded' WHERE id = {paid_payment}",
        says="PAY{paid_payment}: refunded, but its last step led to paid",
    ),
    breaking(
        "T1 deliveries' steps are allowed",
        "UPDATE deliveries_delivery SET status = 'returned' WHERE order_id = {paid}",
        says="DEL{delivery}: is returned",
    ),
    breaking(
        "T2 delivered is earned",
        "UPDATE deliveries_delivery SET recipient_name = '' WHERE order_id = {paid}",
        says="DEL{delivery}: delivered, but never received by anybody",
    ),
    breaking(
        "T3 only what was on sale was bought",
        "UPDATE catalog_product SET taken_down_at = now() - interval '1 day' WHERE id = {product}",
        says="ORD{open}: P{product} was taken down",
    ),
    breaking(
        "T3 only what was on sale was bought",
        "UPDATE catalog_product SET status = 'archived' WHERE id = {product}",
        EVENT + " VALUES ('catalog.product_archived', 'Product', 'P{product}', '', 'x', 'vendor', '{{}}', 'api', '', "
        "now() - interval '1 day')",
        says="ORD{open}: P{product} was archived",
    ),
    breaking(
        "T3 only what was on sale was bought",
        "UPDATE catalog_product SET status = 'draft' WHERE id = {product}",
        EVENT
        + """ VALUES ('catalog.product_changed', 'Product', 'P{product}', '', 'x', 'vendor',
            '{{"changed": ["status"], "status": ["published", "draft"]}}', 'api', '', now() - interval '1 day')""",
        says="ORD{open}: P{product} was unpublished",
    ),
    breaking(
        "T3 only what was on sale was bought",
        "UPDATE accounts_company SET status = 'suspended' WHERE reference = '{vendor}'",
        EVENT
        + """ VALUES ('accounts.company_suspended', 'Company', '{vendor}', '', 'x', 'staff',
            '{{"before": "active", "after": "suspended"}}', 'api', '', now() - interval '1 day')""",
        says="ORD{open}: P{product} was of a suspended vendor",
    ),
    breaking(
        "T3 only what was on sale was bought",
        "UPDATE catalog_product SET vendor_id = {rival_vendor} WHERE id = {product}",
        says="ORD{open}: P{product} is not of its vendor",
    ),
    breaking(
        "A1 money moves recorded",
        EVENT_AGAIN + " WHERE verb = 'payments.attempted' AND subject = 'PAY{paid_payment}'",
        says="PAY{paid_payment}: 2 events payments.attempted for 1",
    ),
    breaking(
        "A1 deliveries' steps are on record",
        "INSERT INTO deliveries_deliverystep (delivery_id, status, note, at) VALUES ({delivery}, 'picked_up', '', now())",
        says="DEL{delivery}: 2 x deliveries.picked_up, 1 on record",
    ),
    breaking(
        "A1 companies' states are on record",
        "UPDATE accounts_company SET status = 'suspended' WHERE reference = '{vendor}'",
        says="{vendor}: is suspended, its record says active",
    ),
    breaking(
        "A1 sign-ins are on record once",
        EVENT_AGAIN + " WHERE verb = 'accounts.signed_in' AND subject = 'user:{retailer_user}'",
        says="2 times on record",
    ),
    breaking(
        "A1 decisions on papers are on record",
        "UPDATE vendors_vendordocument SET status = 'rejected' WHERE type = 'trade_license'",
        says="vendordocument:{paper}: rejected, on record approved",
    ),
    breaking(
        "A1 decisions on papers are on record",
        "UPDATE vendors_vendordocument SET decided_at = NULL WHERE id = {paper}",
        says="vendordocument:{paper}: approved, on record approved",
    ),
    breaking(
        "A1 corrections of stock are on record",
        MOVEMENT + " VALUES ({product}, 'adjusted', 0, 0, 'behind the scenes', '', NULL, 'x', now())",
        says="P{product}: corrected 2 times, 1 on record",
    ),
    breaking(
        "A2 append-only tables refuse change",
        "DROP TRIGGER audit_event_rows ON audit_event",
        "SET CONSTRAINTS ALL DEFERRED",  # as they are when nobody asked for anything else
        says="rows could be deleted",
    ),
    breaking(
        "N1 nobody was told twice",
        "ALTER TABLE notifications_notification DROP CONSTRAINT notification_once_per_event_and_user",
        "INSERT INTO notifications_notification (user_id, event_id, kind, subject, message, url, created_at) "
        "SELECT user_id, event_id, kind, subject, message, url, created_at FROM notifications_notification WHERE event_id = {placed_event}",
        says="event {placed_event} told user {retailer_user} 2 times",
    ),
    breaking(
        "N1 everybody concerned was told",
        "DELETE FROM notifications_notification WHERE event_id = {placed_event}",
        says="event {placed_event} (orders.placed ORD{open}) was not told to user {retailer_user}",
    ),
    breaking(
        "N1 everybody concerned was written to",
        "DELETE FROM notifications_mail WHERE event_id = {placed_event}",
        says="event {placed_event} (orders.placed ORD{open}) has no mail for user {retailer_user}",
    ),
    breaking(
        "N1 no stranger was told",
        "INSERT INTO notifications_notification (user_id, event_id, kind, subject, message, url, created_at) "
        "VALUES ({stranger}, {placed_event}, 'order_placed', 'ORD{open}', '', '', now())",
        says="event {placed_event} (orders.placed ORD{open}) was told to user {stranger}, a stranger to it",
    ),
    breaking(
        "N1 no mail twice",
        "DROP INDEX mail_once_per_event_and_user",
        "INSERT INTO notifications_mail SELECT (jsonb_populate_record(m, "
        """'{{"id": 0, "message_id": "<another@aqad.test>"}}')).* """
        "FROM notifications_mail m WHERE event_id = {placed_event} AND user_id = {retailer_user}",
        says="event {placed_event} has 2 mails for user {retailer_user}",
    ),
    breaking(
        "I1 acknowledged orders are there",
        "UPDATE core_idempotencykey SET answer = jsonb_set(answer, '{{id}}', '\"ORD999999\"') WHERE key = 'kept'",
        says="ORD999999: acknowledged to POST /api/orders kept, but not there",
    ),
]


@pytest.fixture(scope="module")
def trade(django_db_setup: None, django_db_blocker: Any) -> Iterator[Trade]:
    """A day of trade over HTTP, once for all tests, rolled back at the end; each test breaks it in a savepoint of its own."""
    with django_db_blocker.unblock():
        whole = transaction.atomic()
        whole._from_testcase = True  # as a test case's own: what runs within may begin durable transactions
        with whole:
            with TestCase.captureOnCommitCallbacks(execute=True):
                words = _a_day()
            while work_off():
                pass
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            yield Trade(words)
            transaction.set_rollback(True)


def broken() -> dict[str, list[str]]:
    """What every invariant says, a while later, when all that was to be told should have been."""
    with clock.living_at(clock.now() + timedelta(minutes=10)):
        return {name: rows for name, rows in violations() if rows}


def test_all_are_silent_about_a_day_of_trade(trade: Trade) -> None:
    assert broken() == {}


@pytest.mark.parametrize("one", BREAKS, ids=lambda one: f"{one.name}: {one.statements[-1][:40]}")
def test_names_what_was_broken_behind_its_back(one: Break, trade: Trade) -> None:
    with transaction.atomic():
        with connection.cursor() as cursor:
            for statement in one.statements:
                cursor.execute(trade.filled(statement))
                assert statement.startswith(("DROP", "ALTER", "SET")) or cursor.rowcount > 0, "the statement changed nothing"
        found = broken().get(one.name, [])
        transaction.set_rollback(True)
    assert any(trade.filled(one.says) in line for line in found), found


def test_each_has_a_way_to_be_broken_here() -> None:
    assert {one.name for one in BREAKS} == {name for name, _ in violations()}


def test_each_row_of_the_promise_that_a_query_can_show_has_one() -> None:
    """I2 is what strangers are told, which no query can show: tests/journeys walks every door as everybody."""
    assert {name.split()[0] for name, _ in violations()} == {
        *("S1", "S2", "S3", "S4", "S5"),
        *("M1", "M2", "M3", "M4"),
        *("T1", "T2", "T3"),
        *("A1", "A2", "N1", "I1"),
    }


def _a_day() -> dict[str, Any]:
    """Orders that were delivered (by card, in cash), refunded in part, cancelled, and one that is open."""
    staff, rival = cast.a_member_of_staff(), cast.a_vendor("Al Noor Trading")
    vendor, carrier = an_approved_vendor(staff), Carrier.registered(staff)
    shop = Shop.registered(1, {"name": "Fresh Mart", "area": "Al Wasl", "emirate": "Dubai"})
    product, other = _listed(vendor, "Pepsi 330ml"), _listed(vendor, "Cola 330ml")
    said_yes(vendor.post(f"/api/products/{product}/stock", {"change": -5, "reason": "damaged"}, format="json"))
    paid, cash = shop.order(product, 3, "card"), shop.order(product, 3, "cash_on_delivery")
    said_yes(shop.pay(paid, "tok_visa"))
    delivery = _delivered(vendor, carrier, paid)
    _delivered(vendor, carrier, cash, cash_collected=cash["total"])
    refunded, cancelled = shop.order(product, 3, "card"), shop.order(product, 3, "cash_on_delivery")
    said_yes(shop.pay(refunded, "tok_visa"))
    said_yes(staff.api.post(f"/api/payments/{refunded['payment']['id']}/refund", {"amount": "50.00", "reason": "Spoilt"}, format="json"))
    said_yes(vendor.post(f"/api/orders/{refunded['id']}/accept", {}, format="json"))
    _delivered(vendor, carrier, refunded, accepted=True)
    said_yes(shop.api.post(f"/api/orders/{cancelled['id']}/cancel", {}, format="json"))
    body = {"items": [{"product": product, "quantity": 3}], "address": shop.address, "payment_method": "cash_on_delivery"}
    still_open = said_yes(shop.api.post("/api/orders", body, format="json", headers={"Idempotency-Key": "kept"}))
    return _words(
        paid=paid, cash=cash, refunded=refunded, open=still_open, delivery=delivery, product=product, other_product=other, rival=rival
    )


def _listed(vendor: Any, name: str) -> str:
    facts = {"name": name, "price": "48.00", "quantity": 500, "category": CategoryFactory().slug, "brand": BrandFactory().slug}
    return str(said_yes(vendor.post("/api/products", facts, format="json"))["id"])


def _delivered(vendor: Any, carrier: Carrier, order: dict[str, Any], *, accepted: bool = False, **more: Any) -> str:
    for verb in ("ready",) if accepted else ("accept", "ready"):
        said_yes(vendor.post(f"/api/orders/{order['id']}/{verb}", {}, format="json"))
    delivery = carrier.assigned(order)
    carrier.report(delivery, "picked_up")
    carrier.report(delivery, "out_for_delivery")
    carrier.report(delivery, "delivered", recipient_name="Fatima", **more)
    return delivery


def _words(*, rival: Any, delivery: str, product: str, other_product: str, **orders: dict[str, Any]) -> dict[str, Any]:
    found = {name: Order.objects.select_related("vendor", "payment").get(pk=int(order["id"][3:])) for name, order in orders.items()}
    first = found["open"]
    with connection.cursor() as cursor:

        def one(query: str) -> Any:
            cursor.execute(query)
            return cursor.fetchone()[0]

        return {
            **{name: order.pk for name, order in found.items()},
            **{f"{name}_payment": order.payment_id for name, order in found.items()},
            "open_line": first.lines.get().pk,
            "attempt": found["paid"].payment.attempts.get().pk,
            "delivery": delivery.removeprefix("DEL"),
            "product": product.removeprefix("P"),
            "other_product": other_product.removeprefix("P"),
            "vendor": first.vendor.reference,
            "rival_vendor": rival.of.pk,
            "stranger": rival.user.pk,
            "retailer_user": User.objects.get(email="shop1@stores.test").pk,
            "paper": one("SELECT id FROM vendors_vendordocument WHERE type = 'trade_license'"),
            "placed_event": one(f"SELECT id FROM audit_event WHERE verb = 'orders.placed' AND subject = '{first.reference}'"),  # noqa: S608
        }
