"""What people do at the same moment, against real server processes. Each guard has a control run without it, which must go wrong."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from decimal import Decimal
from functools import partial

import httpx
import pytest
from django.core.cache import cache
from django.db import connection

from aqad.core.invariants import violations
from aqad.retailers.models import Address
from catalog.models import Product, Stock
from orders.models import Order
from payments.models import BankCharge, Payment, Refund
from tests import cast
from tests.cast import Person
from tests.factories.goods import ProductFactory
from tests.factories.people import AddressFactory, TokenFamilyFactory
from tests.races.servers import Server, at_once, serving, statuses

pytestmark = [pytest.mark.alone, pytest.mark.races, pytest.mark.django_db(transaction=True)]
BUYERS = 50
ROUNDS = int(os.environ.get("AQAD_RACE_ROUNDS", "50"))
AGAIN = max(3, ROUNDS // 5)
UNGUARDED = "tests.races.unguarded:application"


@pytest.fixture
def buyer() -> Person:
    person = cast.a_retailer()
    AddressFactory(retailer=person.of)
    return person


@pytest.fixture
def seller() -> Person:
    return cast.a_vendor()


def order_body(buyer: Person, *lines: tuple[Product, int], method: str = "cash_on_delivery") -> dict[str, object]:
    address = Address.objects.get(retailer=buyer.of).pk
    items = [{"product": product.reference, "quantity": quantity} for product, quantity in lines]
    return {"items": items, "address": address, "payment_method": method}


def place(client: httpx.Client, body: dict[str, object], key: str | None = None) -> httpx.Response:
    return client.post("/api/orders", json=body, headers={"Idempotency-Key": key} if key else {})


def card_order(server: Server, buyer: Person, product: Product) -> dict[str, object]:
    answer = place(server.client(buyer), order_body(buyer, (product, 1), method="card"))
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def confirm(client: httpx.Client, payment: str) -> httpx.Response:
    return client.post(f"/api/payments/{payment}/confirm", json={"token": "tok_visa"})


def step(client: httpx.Client, order: str, verb: str) -> httpx.Response:
    return client.post(f"/api/orders/{order}/{verb}", json={})


@pytest.fixture
def broken() -> Iterator[None]:
    """For control runs: the promises must not hold afterwards."""
    yield
    assert {name for name, rows in violations() if rows}, "the control run went well, so the race proves nothing"


@pytest.mark.embedded
def test_fifty_buyers_of_the_last_ten_cartons_get_exactly_ten(server: Server, seller: Person, promises_hold: None) -> None:
    people = [cast.a_retailer(f"Shop {number}") for number in range(BUYERS)]
    for person in people:
        AddressFactory(retailer=person.of)
    clients = [server.client(person) for person in people]
    for _ in range(ROUNDS):
        product = ProductFactory(vendor=seller.of, on_hand=10)
        bodies = [order_body(person, (product, 1)) for person in people]
        answers = at_once([partial(place, client, body) for client, body in zip(clients, bodies, strict=True)])
        assert statuses(answers) == {201: 10, 409: 40}
        assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"insufficient_stock"}
        assert Stock.objects.get(product=product).reserved == 10


@pytest.mark.production
def test_control_without_the_conditional_update_more_are_sold_than_there_are(seller: Person, broken: None) -> None:
    people = [cast.a_retailer(f"Shop {number}") for number in range(BUYERS)]
    for person in people:
        AddressFactory(retailer=person.of)
    product = ProductFactory(vendor=seller.of, on_hand=10)
    bodies = [order_body(person, (product, 1)) for person in people]
    with serving(UNGUARDED, AQAD_UNGUARDED="stock") as server:
        clients = [server.client(person) for person in people]
        answers = at_once([partial(place, client, body) for client, body in zip(clients, bodies, strict=True)])
    assert statuses(answers).get(201, 0) > 10


def test_one_product_in_several_lines_is_added_up(server: Server, seller: Person, buyer: Person, promises_hold: None) -> None:
    for _ in range(AGAIN):
        product = ProductFactory(vendor=seller.of, on_hand=10)
        body = order_body(buyer, (product, 4), (product, 3))
        answers = at_once([partial(place, server.client(buyer), body) for _ in range(4)])
        assert statuses(answers) == {201: 1, 409: 3}
        assert Stock.objects.get(product=product).reserved == 7


@pytest.mark.embedded
def test_a_double_submit_with_a_key_is_one_order(server: Server, seller: Person, buyer: Person, promises_hold: None) -> None:
    product = ProductFactory(vendor=seller.of, on_hand=10_000)
    for number in range(AGAIN):
        key = f"key-{uuid.uuid4()}"
        answers = at_once([partial(place, server.client(buyer), order_body(buyer, (product, 1)), key) for _ in range(10)])
        placed = [answer for answer in answers if answer.status_code == 201]
        assert len({answer.json()["id"] for answer in placed}) == 1
        assert set(statuses(answers)) <= {201, 409}
        assert sum("Idempotency-Replayed" not in answer.headers for answer in placed) == 1
        assert Order.objects.count() == number + 1


def test_control_without_the_key_each_submit_is_an_order(seller: Person, buyer: Person) -> None:
    product = ProductFactory(vendor=seller.of, on_hand=100)
    body, key = order_body(buyer, (product, 1)), str(uuid.uuid4())
    with serving(UNGUARDED, AQAD_UNGUARDED="key") as server:
        answers = at_once([partial(place, server.client(buyer), body, key) for _ in range(10)])
    assert len({answer.json()["id"] for answer in answers if answer.status_code == 201}) > 1


def test_two_confirmations_at_once_charge_once(server: Server, seller: Person, buyer: Person, promises_hold: None) -> None:
    product = ProductFactory(vendor=seller.of, on_hand=10_000)
    for _ in range(AGAIN):
        order = card_order(server, buyer, product)
        payment = order["payment"]["id"]  # type: ignore[index]
        answers = at_once([partial(confirm, server.client(buyer), payment) for _ in range(6)])
        assert set(statuses(answers)) <= {200, 202, 409}
        row = Payment.objects.get(pk=int(payment[3:]))
        assert (row.status, row.amount_paid, row.attempts.count()) == ("paid", row.amount, 1)
    assert BankCharge.objects.filter(status="succeeded").count() == AGAIN


@pytest.mark.production
def test_control_without_the_lock_two_confirmations_charge_twice(seller: Person, buyer: Person, broken: None) -> None:
    product = ProductFactory(vendor=seller.of, on_hand=100)
    with serving(UNGUARDED, AQAD_UNGUARDED="payment") as server, without_index("attempt_one_live_per_payment"):
        order = card_order(server, buyer, product)
        at_once([partial(confirm, server.client(buyer), order["payment"]["id"]) for _ in range(6)])  # type: ignore[index]
    assert BankCharge.objects.filter(status="succeeded").count() > 1


@pytest.fixture
def paid(server: Server, seller: Person, buyer: Person) -> Payment:
    order = card_order(server, buyer, ProductFactory(vendor=seller.of, on_hand=10_000))
    payment = order["payment"]["id"]  # type: ignore[index]
    assert confirm(server.client(buyer), payment).status_code == 200
    return Payment.objects.get(pk=int(payment[3:]))


def refund(client: httpx.Client, payment: Payment) -> httpx.Response:
    return client.post(f"/api/payments/{payment.reference}/refund", json={"amount": str(payment.amount), "reason": "Spoilt"})


def refunded(payment: Payment) -> Decimal:
    return sum((row.amount for row in Refund.objects.filter(payment=payment).exclude(status="failed")), Decimal(0))


def test_two_refunds_at_once_give_back_once(server: Server, paid: Payment, staff: Person, promises_hold: None) -> None:
    answers = at_once([partial(refund, server.client(staff), paid) for _ in range(6)])
    assert statuses(answers).get(200) == 1
    assert refunded(paid) == paid.amount


@pytest.mark.production
def test_control_without_the_lock_more_is_to_be_given_back_than_was_taken(paid: Payment, staff: Person) -> None:
    """What keeps the money then is only the bank, which refuses all but the first."""
    with serving(UNGUARDED, AQAD_UNGUARDED="payment") as server:
        answers = at_once([partial(refund, server.client(staff), paid) for _ in range(6)])
    assert statuses(answers).get(200, 0) > 1
    assert sum(row.amount for row in Refund.objects.filter(payment=paid)) > paid.amount


def test_cancelling_against_paying_ends_in_one_of_both(server: Server, seller: Person, buyer: Person, promises_hold: None) -> None:
    product = ProductFactory(vendor=seller.of, on_hand=10_000)
    for _ in range(AGAIN):
        order = card_order(server, buyer, product)
        payment, reference = order["payment"]["id"], str(order["id"])  # type: ignore[index]
        at_once(
            [
                partial(confirm, server.client(buyer), payment),
                partial(step, server.client(buyer), reference, "cancel"),
            ]
        )
        row = Order.objects.select_related("payment").get(pk=int(reference[3:]))
        assert (row.status, row.payment.amount_paid > row.payment.amount_refunded) in {("pending", True), ("cancelled", False)}


def test_accepting_against_cancelling_ends_in_one_of_both(server: Server, seller: Person, buyer: Person, promises_hold: None) -> None:
    product = ProductFactory(vendor=seller.of, on_hand=10_000)
    for _ in range(AGAIN):
        reference = place(server.client(buyer), order_body(buyer, (product, 1))).json()["id"]
        answers = at_once(
            [
                partial(step, server.client(seller), reference, "accept"),
                partial(step, server.client(buyer), reference, "cancel"),
            ]
        )
        assert statuses(answers) == {200: 1, 409: 1}
        assert Order.objects.get(pk=int(reference[3:])).status in {"processing", "cancelled"}


def test_a_stocktake_during_orders_never_goes_below_what_is_promised(server: Server, seller: Person, promises_hold: None) -> None:
    people = [cast.a_retailer(f"Shop {number}") for number in range(12)]
    for person in people:
        AddressFactory(retailer=person.of)
    for _ in range(AGAIN):
        product = ProductFactory(vendor=seller.of, on_hand=10)
        count = {"on_hand": 6, "reason": "stocktake"}
        calls = [partial(place, server.client(person), order_body(person, (product, 1))) for person in people]
        answers = at_once([*calls, partial(server.client(seller).post, f"/api/products/{product.reference}/stock", json=count)])
        row = Stock.objects.get(product=product)
        sold = statuses(answers[:-1]).get(201, 0)
        assert (row.reserved, row.on_hand) == (sold, 6 if answers[-1].status_code == 200 else 10)
        assert sold == row.on_hand


@pytest.mark.embedded
def test_one_refresh_token_used_twenty_times_at_once_works_once(server: Server, buyer: Person) -> None:
    from aqad.accounts import tokens

    for _ in range(AGAIN):
        cache.clear()
        refresh = tokens.issue(buyer.user, TokenFamilyFactory(user=buyer.user))["refresh"]
        answers = at_once([partial(server.client().post, "/api/auth/refresh", json={"refresh": refresh}) for _ in range(20)])
        assert statuses(answers) == {200: 1, 401: 19}


class without_index:  # noqa: N801  (reads as a with statement)
    """The database without one of its unique indexes, for a control run."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __enter__(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = %s", [self.name])
            self.definition = cursor.fetchone()[0]
            cursor.execute(f'DROP INDEX "{self.name}"')

    def __exit__(self, *_: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM payments_paymentattempt")
            cursor.execute(self.definition)
