"""The same key gives the same answer; a refusal leaves the key free."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from aqad.core import clock
from aqad.core.models import IdempotencyKey
from catalog.models import Product
from orders.models import Order
from payments.models import Payment
from tests.cast import Person
from tests.factories.deals import an_order
from tests.orders.given import history, post, shelf
from tests.orders.test_cart import put

pytestmark = pytest.mark.embedded
Body = dict[str, Any]


def test_a_repeated_order_gets_the_first_answer(retailer: Person, pepsi: Product, body: Body) -> None:
    first = post(retailer, "/api/orders", body, key="k1")
    again = post(retailer, "/api/orders", dict(reversed(body.items())), key="k1")
    assert (first.status_code, again.status_code, again.json()) == (201, 201, first.json())
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    assert (Order.objects.count(), Payment.objects.count(), shelf(pepsi)) == (1, 1, (500, 100))


def test_the_first_answer_stays_what_it_was(retailer: Person, vendor: Person, body: Body) -> None:
    first = post(retailer, "/api/orders", body, key="k1")
    post(retailer, f"/api/orders/{first.json()['id']}/cancel")
    assert post(retailer, "/api/orders", body, key="k1").json() == first.json()
    assert Order.objects.get().status == "cancelled"


def test_a_repeat_is_not_judged_by_what_has_changed_since(retailer: Person, rival_retailer: Person, pepsi: Product, body: Body) -> None:
    first = post(retailer, "/api/orders", body, key="k1")
    Product.objects.update(status="archived")
    again = post(retailer, "/api/orders", body, key="k1")
    assert (again.status_code, again.json(), again.headers["Idempotency-Replayed"]) == (201, first.json(), "true")
    assert post(retailer, "/api/orders", body, key="k2").status_code == 422
    assert post(rival_retailer, "/api/orders", body, key="k1").status_code == 422
    IdempotencyKey.objects.update(created_at=clock.now() - timedelta(hours=25))
    assert post(retailer, "/api/orders", body, key="k1").status_code == 422
    assert Order.objects.count() == 1


def test_another_body_under_the_same_key_is_refused(retailer: Person, body: Body) -> None:
    post(retailer, "/api/orders", body, key="k1")
    answer = post(retailer, "/api/orders", {**body, "notes": "two"}, key="k1")
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_mismatch")
    assert Order.objects.count() == 1


def test_another_key_or_none_is_another_order(retailer: Person, pepsi: Product, body: Body) -> None:
    for key in ("k1", "k2", None, None):
        assert post(retailer, "/api/orders", body, key=key).status_code == 201
    assert shelf(pepsi) == (500, 400)


def test_a_key_belongs_to_its_person_and_path(retailer: Person, rival_retailer: Person, vendor: Person, pepsi: Product, body: Body) -> None:
    post(retailer, "/api/orders", body, key="k1")
    assert post(rival_retailer, "/api/orders", body, key="k1").status_code == 422  # the address is not the rival's
    order = an_order(retailer.of, pepsi)
    assert post(vendor, f"/api/orders/{order.reference}/accept", key="k1").status_code == 200


def test_a_refusal_leaves_the_key_free(retailer: Person, pepsi: Product, body: Body) -> None:
    too_much = {**body, "items": [{"product": pepsi.reference, "quantity": 501}]}
    assert post(retailer, "/api/orders", too_much, key="k1").status_code == 409
    assert not IdempotencyKey.objects.exists()
    assert post(retailer, "/api/orders", body, key="k1").status_code == 201


@pytest.mark.parametrize("key", ["", "x" * 256, "café", "a\tb"])
def test_a_malformed_key_is_refused_and_nothing_happens(retailer: Person, body: Body, key: str) -> None:
    answer = post(retailer, "/api/orders", body, key=key)
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed")
    assert not Order.objects.exists()


def test_a_request_that_still_runs_is_told_so(retailer: Person, body: Body) -> None:
    post(retailer, "/api/orders", body, key="k1")
    IdempotencyKey.objects.update(status=None, answer=None)
    answer = post(retailer, "/api/orders", body, key="k1")
    assert (answer.status_code, answer.json()["code"]) == (409, "idempotency_in_progress")
    assert Order.objects.count() == 1


def test_checking_out_twice_with_a_key_buys_once(retailer: Person, pepsi: Product, body: Body) -> None:
    put(retailer, pepsi, 10)
    terms = {"address": body["address"], "payment_method": "card"}
    first = post(retailer, "/api/checkout", terms, key="k1")
    again = post(retailer, "/api/checkout", terms, key="k1")
    assert (again.status_code, again.json(), Order.objects.count()) == (201, first.json(), 1)


@pytest.mark.parametrize("step", ["accept", "reject"])
def test_a_repeated_step_gets_the_first_answer(retailer: Person, vendor: Person, pepsi: Product, step: str) -> None:
    order = an_order(retailer.of, pepsi)
    body = {"reason": "Sold out"} if step == "reject" else {}
    first, again = (post(vendor, f"/api/orders/{order.reference}/{step}", body, key="k1") for _ in range(2))
    assert (first.status_code, again.status_code, again.json()) == (200, 200, first.json())
    assert len(history(order)) == 1
    assert post(vendor, f"/api/orders/{order.reference}/{step}", body).status_code == 409
