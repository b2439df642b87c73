"""A cash order placed by one statement is the order that `placing` would have placed, and where it cannot be, nothing was done."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import orjson
import pytest
import time_machine
from django.apps import apps
from django.db import connection, transaction
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from aqad.accounts.models import Company, Membership, TokenFamily, User
from aqad.audit.models import Event, EventOrigin, Outbox
from aqad.core import clock
from aqad.core.models import IdempotencyKey
from aqad.retailers.models import Address, Retailer
from catalog.actions import stock
from catalog.models import Product, Stock, StockMovement
from orders.actions import placing
from orders.api import at_once, views
from orders.api.serializers import AddressCopy, CompanyNamed, OrderLineShown, OrderPaymentShown, OrderShown
from orders.models import Order, OrderLine
from payments.models import Payment
from tests.cast import Person, a_retailer, a_vendor, member
from tests.factories.goods import ProductFactory
from tests.factories.people import AddressFactory, TokenFamilyFactory
from tests.orders.given import broken_promises, post, shelf, traces
from tests.orders.test_races import sending
from tests.proof.threads import together
from tests.races.unguarded import PLACING
from tests.servers import wait_until
from vendors.models import Vendor

pytestmark = pytest.mark.production
Body = dict[str, Any]
WRITTEN = (Payment, Order, OrderLine, StockMovement, Event, EventOrigin, Outbox, IdempotencyKey)
DRAWN = {"payment_id": Payment, "order_id": Order, "line": OrderLine, "event_id": Event}
UNORDERED = (StockMovement, Outbox)  # what is written first does not matter
SECONDS = 30
AT_ONCE, STEP_BY_STEP = "at once", "step by step"

ODD = "Ring \"twice\" & 'knock'\n\tGate \\ B </script> {x} %s $1 عصير 🥤"
ORDERS: dict[str, dict[str, Any]] = {
    "one line": {},
    "three lines, not in the order of their products": {
        "goods": [{"name": "Apple"}, {"name": "Melon", "price": "36.50"}, {"name": "Zest", "price": "7.25"}],
        "lines": [(2, 5), (0, 7), (1, 9)],
    },
    "a product in two lines": {"goods": [{}, {"price": "36.50"}], "lines": [(1, 3), (0, 1), (1, 4)]},
    "notes of many kinds": {"terms": {"notes": ODD}},
    "names of many kinds": {"goods": [{"name": "Ünï \"cola\" 'x' عصير 🥤", "unit": "box", "pack_size": '12" x {1}'}]},
    "a place on the map": {"address": {"latitude": 25.204849, "longitude": 55.270783, "landmark": 'Near "the" mosque'}},
    "a place in round numbers": {"address": {"latitude": 25.0, "longitude": -0.5}},
    "VAT of half a fils": {"goods": [{"price": "0.10"}, {"price": "0.50"}, {"price": "12.45"}], "lines": [(0, 1), (1, 1), (2, 3)]},
    "zero-rated goods": {"goods": [{"vat_rate": "0.00"}, {"vat_rate": "12.50", "price": "0.99"}], "lines": [(0, 3), (1, 7)]},
    "the expected total": {"terms": {"expected_total": "504.00"}},
    "a stock that stays above its threshold": {"goods": [{"low_stock_at": 489}]},
    "a stock that is low already": {"goods": [{"low_stock_at": 600}], "is_low": True},
    "the last units": {"goods": [{"on_hand": 10}]},
    "exactly the rules of quantity": {"goods": [{"min_order_quantity": 10, "order_multiple": 5}]},
    "from an address of the sixth version": {"origin": "2001:db8::1"},
    "from nowhere": {"origin": ""},
    "exactly the vendor's terms": {"its_terms": {"minimum_order_value": "480.00", "delivers_to": ["Ajman", "Dubai"]}},
}


@pytest.fixture
def body(pepsi: Product, address: Address) -> Body:
    """100 cartons of Pepsi in cash."""
    return {"items": [{"product": pepsi.reference, "quantity": 100}], "address": address.pk, "payment_method": "cash_on_delivery"}


@pytest.fixture
def ways(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """On which of the two ways something was placed or refused, request by request."""
    gone: list[str] = []
    try_at_once, place_order = views.place_at_once, placing.place_order

    def at_once_noted(*asked: Any, **more: Any) -> Any:
        if (answer := try_at_once(*asked, **more)) is not None:
            gone.append(AT_ONCE)
        return answer

    def step_by_step_noted(*asked: Any, **more: Any) -> Any:
        gone.append(STEP_BY_STEP)
        return place_order(*asked, **more)

    monkeypatch.setattr(views, "place_at_once", at_once_noted)
    monkeypatch.setattr(placing, "place_order", step_by_step_noted)
    return gone


@pytest.mark.parametrize("key", [None, "k1"])
@pytest.mark.parametrize("name", ORDERS)
def test_both_ways_write_the_same_rows_and_answer_the_same(
    retailer: Person, vendor: Person, monkeypatch: pytest.MonkeyPatch, ways: list[str], name: str, key: str | None
) -> None:
    moment = clock.now()
    monkeypatch.setattr(clock, "now", lambda: moment)
    call = an_order_of(retailer, vendor, key=key, **ORDERS[name])
    answer, rows = undone_afterwards(call)
    monkeypatch.setattr(views, "place_at_once", lambda *asked, **more: None)
    other_answer, other_rows = undone_afterwards(call)
    assert ways == [AT_ONCE, STEP_BY_STEP]
    assert answer == other_answer
    assert [len(rows[model]) for model in ("Payment", "Order", "IdempotencyKey")] == [1, 1, 0 if key is None else 1]
    for model, written in rows.items():
        assert written == other_rows[model], model


def test_the_answer_is_what_is_published(retailer: Person, body: Body, ways: list[str]) -> None:
    order = post(retailer, "/api/orders", body).json()
    assert ways == [AT_ONCE]
    shapes = {OrderShown: order, CompanyNamed: order["retailer"], OrderLineShown: order["items"][0], OrderPaymentShown: order["payment"]}
    for shape, shown in shapes.items():
        assert list(shown) == list(shape().fields)
    assert set(order["address"]) == set(AddressCopy().fields)
    assert retailer.api.get(f"/api/orders/{order['id']}").json() == order


def test_it_is_one_statement(retailer: Person, body: Body) -> None:
    post(retailer, "/api/orders", body)
    with CaptureQueriesContext(connection) as asked:
        assert post(retailer, "/api/orders", body, key="k1").status_code == 201
    beginnings = [" ".join(query["sql"].split(maxsplit=3)[:3]) for query in asked]
    assert [first for first in beginnings if first.split()[0] not in {"SAVEPOINT", "RELEASE"}] == [PLACING]  # who asks is part of it


def test_buyer_and_seller_are_found_by_keys_though_the_plan_knows_of_no_shop(pepsi: Product) -> None:
    """A connection keeps a plan that it made by what was last analysed, which in a new marketplace may be before its first shop."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE accounts_company")
        cursor.execute("SET LOCAL enable_seqscan = off")  # as if there were many of everything
        shop = a_retailer()
        order = {name: "1" for name in at_once.PLACE_UNDER_A_KEY.names} | {
            "products": f"{{{pepsi.pk}}}", "quantities": "{100}", "family": str(TokenFamilyFactory(user=shop.user).pk), "ip": None,
            "now": "2026-01-01T08:00+04", "accept_by": "2026-01-02T08:00+04", "verbs": "{}", "consumers": "{}",
        }  # fmt: skip
        cursor.execute(f"EXPLAIN (COSTS OFF) {at_once.PLACE_UNDER_A_KEY.words}", order)
        plan = "\n".join(line for (line,) in cursor.fetchall())
    found = plan[plan.index("CTE buyer") : plan.index("CTE goods")] + plan[plan.index("CTE seller") : plan.index("CTE terms")]
    conditions = re.findall(r"(?:Index Cond|Filter): (.*)", found)
    assert len([condition for condition in conditions if "id = " in condition]) >= 6, plan  # the others' indexes may be gone through whole
    assert [condition for condition in conditions if re.search("kind|status|active|ended|removed|version", condition)] == []


def test_every_column_of_what_is_written_is_named() -> None:
    """Who adds one is told here that the statement has to fill it, too."""
    words = at_once.PLACE_UNDER_A_KEY.words
    named = {table: set(re.findall(r"\w+", columns)) for table, columns in re.findall(r"INSERT INTO (\w+)\s*\(([^)]+)\)", words)}
    columns = {
        model._meta.db_table: {field.column for field in model._meta.concrete_fields if not field.primary_key or field.is_relation}
        for model in apps.get_models()
    }
    assert set(named) == {model._meta.db_table for model in WRITTEN}
    assert {table: names - {"id"} for table, names in named.items()} == {table: columns[table] for table in named}


REFUSALS: dict[str, tuple[Callable[[], Any], tuple[int, ...], Body, int, str]] = {
    "another vendor's goods too": (lambda: ProductFactory(vendor=a_vendor("Rival").of), (1,), {}, 422, "validation_error"),
    "a draft": (lambda: Product.objects.update(status="draft"), (1,), {}, 422, "validation_error"),
    "archived goods": (lambda: Product.objects.update(status="archived"), (1,), {}, 422, "validation_error"),
    "goods taken down": (lambda: Product.objects.update(taken_down_at=clock.now()), (1,), {}, 422, "validation_error"),
    "a suspended vendor": (lambda: Company.objects.filter(kind="vendor").update(status="suspended"), (1,), {}, 422, "validation_error"),
    "less than the minimum quantity": (lambda: Product.objects.update(min_order_quantity=12), (11,), {}, 422, "validation_error"),
    "no multiple": (lambda: Product.objects.update(order_multiple=6), (15,), {}, 422, "validation_error"),
    "more than there is": (lambda: None, (501,), {}, 409, "insufficient_stock"),
    "more than there is in two lines": (lambda: None, (300, 201), {}, 409, "insufficient_stock"),
    "more than one can order": (lambda: Stock.objects.update(on_hand=20_000_000), (6_000_000, 6_000_000), {}, 422, "validation_error"),
    "more than an order can hold": (lambda: make_dear_and_plenty(), (10_000_000,), {}, 422, "validation_error"),
    "less than the vendor's minimum": (lambda: Vendor.objects.update(minimum_order_value="48.01"), (1,), {}, 422, "validation_error"),
    "an emirate that is not served": (lambda: Vendor.objects.update(delivers_to=["Sharjah"]), (1,), {}, 422, "validation_error"),
    "another shop's address": (lambda: Address.objects.update(retailer=a_retailer("Rival").of), (1,), {}, 422, "validation_error"),
    "a removed address": (lambda: Address.objects.update(removed_at=clock.now()), (1,), {}, 422, "validation_error"),
    "an unknown address": (lambda: None, (1,), {"address": 2**62}, 422, "validation_error"),
    "unknown goods": (lambda: None, (1,), {"items": [{"product": "P999999999999999999", "quantity": 1}]}, 422, "validation_error"),
    "another total": (lambda: None, (1,), {"expected_total": "50.41"}, 409, "price_changed"),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_what_is_refused_is_refused_as_ever_and_nothing_stays(
    retailer: Person, body: Body, monkeypatch: pytest.MonkeyPatch, ways: list[str], name: str
) -> None:
    change, quantities, terms, status, code = REFUSALS[name]
    change()
    products = Product.objects.order_by("pk")
    items = [{"product": product.reference, "quantity": quantity} for product in products for quantity in quantities]
    before = traces()
    answer = post(retailer, "/api/orders", {**body, "items": items, **terms}, key="k1")
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert (traces(), IdempotencyKey.objects.count(), ways) == (before, 0, [STEP_BY_STEP])
    monkeypatch.setattr(views, "place_at_once", lambda *asked, **more: None)
    again = post(retailer, "/api/orders", {**body, "items": items, **terms}, key="k1")
    assert (again.status_code, again.json()) == (status, answer.json())


NOT_LET_IN: dict[str, tuple[Callable[[], Any], str, int]] = {
    "a sign-in that was ended": (lambda: TokenFamily.objects.update(ended_at=clock.now()), "retailer", 401),
    "a sign-in that was ended, of two": (lambda: sign_in_anew(), "retailer", 401),
    "another shop's sign-in": (lambda: TokenFamily.objects.update(user=a_retailer("Rival").user), "retailer", 401),
    "a colleague's sign-in": (lambda: TokenFamily.objects.update(user=member(Retailer.objects.get()).user), "retailer", 401),
    "a password that was changed since": (lambda: User.objects.update(token_version=F("token_version") + 1), "retailer", 401),
    "somebody who was deactivated": (lambda: User.objects.update(is_active=False), "retailer", 401),
    "somebody who left the shop": (lambda: Membership.objects.filter(company__kind="retailer").delete(), "retailer", 401),
    "a suspended shop": (lambda: Company.objects.filter(kind="retailer").update(status="suspended"), "retailer", 401),
    "a token that has expired": (lambda: None, "late", 401),
    "a vendor": (lambda: None, "vendor", 403),
    "a company that is a vendor by now": (lambda: Company.objects.update(kind="vendor"), "retailer", 403),
    "AQAD's staff": (lambda: None, "staff", 403),
}


@pytest.mark.parametrize("sent", ["as it should be", "not JSON", "without an address", "under a key that is none"])
@pytest.mark.parametrize("name", NOT_LET_IN)
def test_who_may_not_order_is_told_so_before_anything_else(
    retailer: Person, vendor: Person, staff: Person, body: Body, monkeypatch: pytest.MonkeyPatch, ways: list[str], name: str, sent: str
) -> None:
    change, role, status = NOT_LET_IN[name]
    client = {"retailer": retailer, "late": retailer, "vendor": vendor, "staff": staff}[role].api  # signs in
    change()
    if sent == "without an address":
        del body["address"]
    content = b"{" if sent == "not JSON" else orjson.dumps(body)
    key = "\x7f" if sent == "under a key that is none" else "k1"
    asked, place = list[Any](), views.place_at_once
    monkeypatch.setattr(views, "place_at_once", lambda *given, **more: asked.append(place(*given, **more)))
    before = traces()
    with time_machine.travel(clock.now() + timedelta(hours=1 if role == "late" else 0)):
        answer = client.post("/api/orders", content, content_type="application/json", headers={"Idempotency-Key": key})
    assert answer.status_code == status
    assert (traces(), IdempotencyKey.objects.count(), ways) == (before, 0, [])
    assert asked == ([None] if sent == "as it should be" and role != "late" else [])  # the statement itself let nobody in


@pytest.mark.parametrize(("minutes", "is_noted"), [(4, False), (6, True)])
def test_when_a_device_was_heard_of_is_known_to_five_minutes(
    retailer: Person, body: Body, ways: list[str], minutes: int, is_noted: bool
) -> None:
    earlier = clock.now() - timedelta(minutes=minutes)
    post(retailer, "/api/orders", body)
    TokenFamily.objects.update(seen_at=earlier)
    assert post(retailer, "/api/orders", body).status_code == 201
    assert (ways, TokenFamily.objects.get().seen_at != earlier) == ([AT_ONCE] * 2, is_noted)


def test_a_card_order_goes_the_long_way(retailer: Person, body: Body, ways: list[str]) -> None:
    assert post(retailer, "/api/orders", {**body, "payment_method": "card"}).status_code == 201
    assert ways == [STEP_BY_STEP]


@pytest.mark.parametrize(("quantity", "way", "told"), [(99, AT_ONCE, 0), (100, STEP_BY_STEP, 1)])
def test_that_stock_fell_to_its_threshold_is_told(
    retailer: Person, pepsi: Product, body: Body, ways: list[str], quantity: int, way: str, told: int
) -> None:
    Product.objects.update(low_stock_at=400)
    items = [{"product": pepsi.reference, "quantity": quantity}]
    assert post(retailer, "/api/orders", {**body, "items": items}, key="k1").status_code == 201
    assert (ways, Event.objects.filter(verb="catalog.stock_low").count()) == ([way], told)
    assert Stock.objects.get().is_low == bool(told)
    assert not broken_promises()


def test_a_known_key_gets_the_first_answer(retailer: Person, pepsi: Product, body: Body, ways: list[str]) -> None:
    first, again = (post(retailer, "/api/orders", body, key="k1") for _ in range(2))
    assert (first.status_code, again.status_code, again.json()) == (201, 201, first.json())
    assert [answer.headers.get("Idempotency-Replayed") for answer in (first, again)] == [None, "true"]
    other = post(retailer, "/api/orders", {**body, "notes": "two"}, key="k1")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_mismatch")
    assert (ways, Order.objects.count(), shelf(pepsi)) == ([AT_ONCE], 1, (500, 100))


def test_a_key_of_yesterday_is_free_again(retailer: Person, pepsi: Product, body: Body, ways: list[str]) -> None:
    first = post(retailer, "/api/orders", body, key="k1").json()
    IdempotencyKey.objects.update(created_at=clock.now() - timedelta(hours=25))
    second = post(retailer, "/api/orders", body, key="k1")
    assert (second.status_code, second.json()["id"] != first["id"]) == (201, True)
    assert (ways, IdempotencyKey.objects.get().answer["id"]) == ([AT_ONCE, STEP_BY_STEP], second.json()["id"])
    assert shelf(pepsi) == (500, 200)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("left", "threshold", "way", "status", "told"),
    [(99, None, STEP_BY_STEP, 409, 0), (150, 60, STEP_BY_STEP, 201, 1), (150, 49, AT_ONCE, 201, 0), (100, None, AT_ONCE, 201, 0)],
)
def test_what_changed_while_it_waited_for_the_goods_counts(
    retailer: Person,
    vendor: Person,
    pepsi: Product,
    body: Body,
    ways: list[str],
    left: int,
    threshold: int | None,
    way: str,
    status: int,
    told: int,
) -> None:
    Product.objects.update(low_stock_at=threshold)
    plenty = ProductFactory(vendor=vendor.of)
    items = [{"product": plenty.reference, "quantity": 1}, *body["items"]]
    with waiting(sending(retailer, "/api/orders", {**body, "items": items}, **{"Idempotency-Key": "k1"})) as answers:
        stock.adjust(pepsi, on_hand=left, reason="stocktake", actor=vendor.actor)
        before = traces()
    [answer] = answers
    assert (answer.status_code, ways, Event.objects.filter(verb="catalog.stock_low").count()) == (status, [way], told)
    if status == 409:
        assert answer.json()["items"] == [{"product": pepsi.reference, "requested": 100, "available": left}]
        assert (traces(), IdempotencyKey.objects.count()) == (before, 0)
    else:
        assert (shelf(plenty), shelf(pepsi)) == ((500, 1), (left, 100))
        assert (Order.objects.count(), IdempotencyKey.objects.count()) == (1, 1)
    assert not broken_promises()


@pytest.mark.django_db(transaction=True)
def test_twins_are_one_order(retailer: Person, pepsi: Product, body: Body) -> None:
    for turn in range(1, 6):
        answers = together(*[sending(retailer, "/api/orders", body, **{"Idempotency-Key": f"k{turn}"})] * 6)
        done = [answer.json() for answer in answers if answer.status_code == 201]
        late = {answer.json()["code"] for answer in answers if answer.status_code != 201}
        assert done == [done[0]] * len(done)
        assert late <= {"idempotency_in_progress"}
        assert (Order.objects.count(), shelf(pepsi)) == (turn, (500, 100 * turn))
    assert not broken_promises()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_at_once", [True, False])
@pytest.mark.parametrize(("held", "status", "code"), [("the key", 409, "idempotency_in_progress"), ("the goods", 503, "unavailable")])
def test_who_waits_too_long_is_told_for_what(
    retailer: Person, body: Body, monkeypatch: pytest.MonkeyPatch, is_at_once: bool, held: str, status: int, code: str
) -> None:
    if not is_at_once:
        monkeypatch.setattr(views, "place_at_once", lambda *asked, **more: None)
    before = traces()
    with waiting(impatiently(sending(retailer, "/api/orders", body, **{"Idempotency-Key": "k1"})), until_it_ends=True) as answers:
        if held == "the key":
            IdempotencyKey.objects.create(user=retailer.user, key="k1", route="POST /api/orders", body_hash="x", created_at=clock.now())
        else:
            Stock.objects.update(on_hand=500)
    [answer] = answers
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert (traces(), IdempotencyKey.objects.exclude(body_hash="x").count()) == (before, 0)


def an_order_of(
    who: Person,
    vendor: Person,
    *,
    key: str | None,
    goods: Sequence[Body] = ({},),
    lines: Sequence[tuple[int, int]] = ((0, 10),),
    terms: Body | None = None,
    address: Body | None = None,
    its_terms: Body | None = None,
    is_low: bool = False,
    origin: str = "192.0.2.7",
) -> Callable[[], Any]:
    """Posts a cash order of so many of the goods, each time under the same request id."""
    products = [ProductFactory(vendor=vendor.of, **fields) for fields in goods]
    Stock.objects.update(is_low=is_low)
    Vendor.objects.update(**(its_terms or {"delivers_to": []}))
    sent = {
        "items": [{"product": products[place].reference, "quantity": quantity} for place, quantity in lines],
        "address": AddressFactory(retailer=who.of, **(address or {})).pk,
        "payment_method": "cash_on_delivery",
        **(terms or {}),
    }
    headers = {"X-Request-ID": "r" * 32, **({} if key is None else {"Idempotency-Key": key})}
    client = who.api
    return lambda: client.post("/api/orders", sent, format="json", headers=headers, REMOTE_ADDR=origin)


def undone_afterwards(call: Callable[[], Any]) -> tuple[Any, dict[str, list[Any]]]:
    """The call's answer, and all rows as it left them, without the numbers that were drawn for it."""
    before = transaction.savepoint()
    try:
        answer = call()
        assert answer.status_code == 201
        return without_numbers(answer.json()), {model.__name__: rows_of(model) for model in (*WRITTEN, Stock)}
    finally:
        transaction.savepoint_rollback(before)


def rows_of(model: Any) -> list[Any]:
    """With the places of others in their tables instead of their numbers."""
    rows = []
    for row in model.objects.order_by("pk").values():
        for name in DRAWN.keys() & row.keys():
            if row[name] is not None:
                row[name] = DRAWN[name].objects.filter(pk__lt=row[name]).count()
        row.pop("id", None)
        rows.append(without_numbers(row))
    return sorted(rows, key=str) if model in UNORDERED else rows


def without_numbers(content: Any) -> Any:
    return orjson.loads(re.sub(rb"\b(ORD|PAY)\d+", rb"\1", orjson.dumps(content, default=str)))


def make_dear_and_plenty() -> None:
    Product.objects.update(price="999999.99")
    Stock.objects.update(on_hand=10_000_000)


def sign_in_anew() -> None:
    TokenFamily.objects.update(ended_at=clock.now())
    TokenFamilyFactory(user=User.objects.get(membership__company__kind="retailer"))


@contextmanager
def waiting(call: Callable[[], Any], *, until_it_ends: bool = False) -> Iterator[list[Any]]:
    """What the block does is committed when the call, whose answer is in the list afterwards, hangs on it within its one statement."""
    answers: list[Any] = []
    thread = threading.Thread(target=lambda: answers.extend(together(call)))
    with transaction.atomic():
        yield answers
        thread.start()
        if until_it_ends:
            thread.join(SECONDS)
        else:
            wait_until(hangs_on_this_transaction, "an order")
    thread.join(SECONDS)


def hangs_on_this_transaction() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        waiting = (
            "SELECT count(*) FROM pg_stat_activity WHERE pg_backend_pid() = ANY(pg_blocking_pids(pid)) AND ltrim(query, E' \\n') ^@ %s"
        )
        cursor.execute(waiting, [PLACING])
        return bool(cursor.fetchone()[0])


def impatiently(call: Callable[[], Any]) -> Callable[[], Any]:
    """The call, on a connection that waits less long for a lock than it otherwise would."""

    def send() -> Any:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '200ms'")
        return call()

    return send
