"""Placing a cash order in one statement of PostgreSQL, which asks, checks, writes and answers by itself, or does nothing at all.

Most orders can be placed as they were sent, by somebody who may. For these, what authentication and `placing` do in eleven statements is
done in one. Whatever it leaves undone goes their way, which knows what to say of it. Both ways write the same rows and give one answer;
tests/orders/test_at_once.py compares them. A card order is not placed here: unpaid ones are counted under a lock of their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from datetime import UTC, datetime
from typing import Any

import orjson
from django.db import IntegrityError, connection, transaction

from aqad.accounts.authentication import name_in_logs, note_seen
from aqad.accounts.models import kind_on_record
from aqad.accounts.statuses import CompanyKind
from aqad.accounts.tokens import Claims
from aqad.audit.actions import ask_workers, heard_by
from aqad.core import clock, metrics
from aqad.core.actor import Actor
from aqad.core.fields import LARGEST_QUANTITY
from aqad.core.idempotency import Answer, OpenKey
from aqad.core.statements import Statement, are_kept
from catalog.actions.stock import TAKING
from orders.actions.placing import LARGEST_TOTAL, Terms, Wanted, add_up
from orders.actions.settling import acceptance_window
from orders.api.serializers import moment
from payments.statuses import Method

VERBS = ("payments.opened", "orders.placed")
CLAIM = """
    INSERT INTO core_idempotencykey (user_id, key, route, body_hash, created_at, status, answer)
    SELECT %(user)s::bigint, %(key)s, %(route)s, %(body_hash)s, now, 201, body::jsonb FROM terms, answer RETURNING id
"""
IS_NEW = """
    AND NOT EXISTS (SELECT FROM core_idempotencykey WHERE user_id = %(user)s::bigint AND key = %(key)s AND route = %(route)s)
"""
# Without a row in `terms` (something is to be refused, or the key is known) no part finds anything to do. Stock is taken after the key,
# as everywhere. What others have done since the statement began makes the database refuse a row, and with it all of the statement: the
# key that a twin has claimed, and an order that is given no status, since its goods are gone or somebody is to be told of their level.
# Buyer and seller are found by keys alone and judged afterwards: a plan that was made when there was hardly a shop would look through all.
PLACE = f"""
    WITH buyer AS MATERIALIZED (
        SELECT retailer_id, company.id AS payer_id, company.name AS retailer_name, reference, emirate, seen_at,
            jsonb_build_object('label', label, 'line1', line1, 'area', area, 'emirate', emirate, 'landmark', landmark,
                'phone', address.phone, 'latitude', latitude, 'longitude', longitude) AS address,
            removed_at IS NULL AND ended_at IS NULL AND token_version = %(version)s::integer AND is_active AND person.id = %(user)s::bigint
                AND company.kind = 'retailer' AND company.status = 'active' AS may_order
        FROM retailers_address AS address
        JOIN retailers_retailer AS retailer ON retailer.id = address.retailer_id
        JOIN accounts_company AS company ON company.id = retailer.company_id
        JOIN accounts_tokenfamily AS family ON family.id = %(family)s::uuid
        JOIN accounts_user AS person ON person.id = family.user_id
        JOIN accounts_membership AS membership ON membership.user_id = person.id AND membership.company_id = company.id
        WHERE address.id = %(address)s::bigint
    ), goods AS (
        SELECT place, quantity::integer, product.id AS product_id, name, unit, pack_size, price, product.vat_rate, vendor_id,
            round(price * quantity, 2) AS line_total, round(round(price * quantity, 2) * product.vat_rate / 100, 2) AS vat
        FROM unnest(%(products)s::bigint[], %(quantities)s::bigint[]) WITH ORDINALITY AS asked (product_id, quantity, place)
        JOIN catalog_product AS product ON product.id = asked.product_id JOIN catalog_stock AS stock ON stock.product_id = product.id
        WHERE product.status = 'published' AND taken_down_at IS NULL AND quantity >= min_order_quantity AND quantity %% order_multiple = 0
            AND on_hand >= reserved + quantity AND is_low = coalesce(on_hand <= reserved + quantity + low_stock_at, false)
    ), seller AS MATERIALIZED (
        SELECT sums.*, company.name AS vendor_name, minimum_order_value, delivers_to, company.status = 'active' AS may_sell
        FROM (
            SELECT min(vendor_id) AS vendor_id, sum(line_total) AS subtotal, sum(vat) AS vat, sum(line_total) + sum(vat) AS total FROM goods
            HAVING count(*) = cardinality(%(products)s::bigint[]) AND min(vendor_id) = max(vendor_id)
        ) AS sums
        JOIN vendors_vendor AS vendor ON vendor.id = sums.vendor_id JOIN accounts_company AS company ON company.id = vendor.company_id
    ), terms AS (
        SELECT nextval('payments_payment_id_seq') AS payment_id, nextval('orders_order_id_seq') AS order_id,
            nextval('audit_event_id_seq') AS opening_id, nextval('audit_event_id_seq') AS step_id, %(now)s::timestamptz AS now,
            subtotal, vat, total, vendor_id, vendor_name, retailer_id, retailer_name, payer_id,
            reference, %(kind)s || ' ' || reference AS actor, seen_at, address
        FROM seller, buyer
        WHERE may_sell AND may_order AND minimum_order_value <= subtotal AND (delivers_to = '[]' OR delivers_to ? emirate)
            AND total BETWEEN 0.01 AND {LARGEST_TOTAL} AND total = coalesce(%(expected_total)s::numeric, total) {{is_new}}
    ), lines AS (
        SELECT nextval('orders_orderline_id_seq') AS id, ordered.* FROM terms, (SELECT * FROM goods ORDER BY place) AS ordered
    ), answer AS (
        SELECT json_build_object(
            'id', 'ORD' || order_id, 'status', 'pending', 'reason', '',
            'retailer', json_build_object('id', 'R' || retailer_id, 'name', retailer_name),
            'vendor', json_build_object('id', 'V' || terms.vendor_id, 'name', vendor_name),
            'items', (
                SELECT json_agg(json_build_object(
                    'product', 'P' || product_id, 'name', name, 'unit', unit, 'pack_size', pack_size, 'quantity', quantity,
                    'unit_price', price::text, 'vat_rate', vat_rate::text, 'line_total', line_total::text
                ) ORDER BY id) FROM lines
            ),
            'subtotal', subtotal::text, 'vat', vat::text, 'total', total::text, 'currency', 'AED', 'address', address,
            'notes', %(notes)s::text,
            'payment', json_build_object('id', 'PAY' || payment_id, 'method', 'cash_on_delivery', 'status', 'unpaid'),
            'delivery', NULL, 'created_at', %(now_shown)s::text, 'accept_by', %(accept_by_shown)s::text
        ) AS body FROM terms
    ), claim AS ({{claim}}),
    wanted AS (SELECT product_id, quantity FROM claim, lines),
    {TAKING},
    payment AS (
        INSERT INTO payments_payment
            (id, payer_id, method, status, amount, amount_paid, amount_refunded, gateway, pay_by, created_at, updated_at)
        SELECT payment_id, payer_id, 'cash_on_delivery', 'unpaid', total, 0, 0, '', NULL, now, now FROM terms
    ), placed AS (
        INSERT INTO orders_order
            (id, retailer_id, vendor_id, payment_id, placed_by_id, status, reason, retailer_name, vendor_name, subtotal, vat, total,
            address, notes, created_at, released_at, accept_by, reminded_at, updated_at)
        SELECT order_id, retailer_id, vendor_id, payment_id, %(user)s::bigint,
            (SELECT 'pending' FROM taken HAVING count(*) = cardinality(%(products)s::bigint[]) AND NOT bool_or(is_level_wrong)),
            '', retailer_name, vendor_name, subtotal, vat, total, address, %(notes)s::text,
            now, now, %(accept_by)s::timestamptz, NULL, now
        FROM terms
    ), placed_lines AS (
        INSERT INTO orders_orderline
            (id, order_id, product_id, name, unit, pack_size, quantity, unit_price, vat_rate, line_total, vat)
        SELECT lines.id, order_id, product_id, name, unit, pack_size, quantity, price, vat_rate, line_total, lines.vat
        FROM terms, lines
    ), movements AS (
        INSERT INTO catalog_stockmovement (product_id, kind, on_hand_change, reserved_change, reason, "order", line, actor, at)
        SELECT product_id, 'reserved', 0, quantity, '', 'ORD' || order_id, lines.id, actor, now FROM terms, lines
    ), events AS (
        INSERT INTO audit_event
            (id, verb, subject_kind, subject, about, actor, actor_user_id, actor_role, facts, via, request_id, at)
        SELECT steps.id, verb, kind, subject, '', actor, %(user)s::bigint, 'retailer', facts, %(via)s, %(request_id)s, now
        FROM terms, LATERAL (
            VALUES
                (opening_id, 'payments.opened', 'Payment', 'PAY' || payment_id,
                    jsonb_build_object('after', 'unpaid', 'amount', total::text, 'method', 'cash_on_delivery')),
                (step_id, 'orders.placed', 'Order', 'ORD' || order_id,
                    jsonb_build_object('after', 'pending', 'payment', 'PAY' || payment_id, 'total', total::text))
        ) AS steps (id, verb, kind, subject, facts)
    ), origins AS (
        INSERT INTO audit_eventorigin (event_id, ip)
        SELECT unnest(ARRAY[opening_id, step_id]), %(ip)s::inet FROM terms WHERE %(ip)s::inet IS NOT NULL
    ), outbox AS (
        INSERT INTO audit_outbox (event_id, consumer, attempts, next_try_at, leased_until)
        SELECT CASE verb WHEN 'payments.opened' THEN opening_id ELSE step_id END, consumer, 0, now, NULL
        FROM terms, unnest(%(verbs)s::text[], %(consumers)s::text[]) AS heard (verb, consumer)
    )
    SELECT body::text, reference, extract(epoch FROM seen_at)::float8 FROM terms, answer
"""  # noqa: S608  (put together of our own words)
PLACE_UNDER_A_KEY = Statement(PLACE.format(claim=CLAIM, is_new=IS_NEW))
PLACE_WITHOUT_A_KEY = Statement(PLACE.format(claim="SELECT FROM terms", is_new=""))


def place_at_once(wanted: Sequence[Wanted], terms: Terms, *, claims: Claims, visitor: Actor, key: OpenKey | None) -> Answer | None:
    """Order goods of one vendor as `place_order` does, for whom `claims` name, and store the answer under `key`, not claimed yet.

    `visitor` is how the call came. None where nothing was done: this is no order or no database for the one statement, who calls may
    not (or not any more), something is to be refused, the key is known, or somebody else was faster.
    """
    quantities = add_up(wanted)
    if terms.payment_method != Method.CASH_ON_DELIVERY or max(quantities.values(), default=0) > LARGEST_QUANTITY or not are_kept():
        return None
    heard = heard_by(VERBS)
    values = _values(quantities, terms, claims, visitor, heard)
    if key is None:
        placed = _run(PLACE_WITHOUT_A_KEY, values)
    else:
        placed = _run(PLACE_UNDER_A_KEY, {**values, "key": key.key, "route": key.route, "body_hash": key.body_hash})
    if placed is None:
        return None
    body, company, seen = placed  # in seconds since 1970, which psycopg reads several times as fast as a moment
    metrics.RESERVATIONS.labels("ok").inc()
    ask_workers(consumer for _, consumer in heard)
    name_in_logs(claims.user_id, company)
    note_seen(claims.family_id, None if seen is None else datetime.fromtimestamp(seen, UTC))
    return Answer(201, orjson.Fragment(body))


def _run(statement: Statement, values: dict[str, str | None]) -> Any:
    """One statement is a transaction by itself; within another one it must leave that one as it was when it fails."""
    try:
        with transaction.atomic() if connection.in_atomic_block else nullcontext():
            return statement.first(values)
    except IntegrityError:
        return None


def _values(quantities: dict[int, int], terms: Terms, claims: Claims, visitor: Actor, heard: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """All as text, so that PostgreSQL sees the same types each time, and plans once."""
    now = clock.now()
    accept_by = now + acceptance_window()
    return {
        "products": _array(quantities),
        "quantities": _array(quantities.values()),
        "address": str(terms.address_id),
        "user": str(claims.user_id),
        "family": str(claims.family_id),
        "version": str(claims.version),
        "kind": kind_on_record(CompanyKind.RETAILER),
        "expected_total": None if terms.expected_total is None else str(terms.expected_total),
        "notes": terms.notes,
        "now": now.isoformat(),
        "now_shown": moment(now),
        "accept_by": accept_by.isoformat(),
        "accept_by_shown": moment(accept_by),
        "via": visitor.via,
        "request_id": visitor.request_id,
        "ip": visitor.ip or None,
        "verbs": _array(verb for verb, _ in heard),
        "consumers": _array(consumer for _, consumer in heard),
    }


def _array(values: Iterable[object]) -> str:
    """Numbers and names, as PostgreSQL writes an array of them."""
    return "{" + ",".join(map(str, values)) + "}"
