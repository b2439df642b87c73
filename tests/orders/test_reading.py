"""Who sees which orders, in which shape, and how lists and histories are read."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from aqad.audit.actions import record
from catalog.models import Product
from orders.api.serializers import OrderShown
from orders.models import Order
from orders.statuses import PHONES_SHOWN, OrderStatus
from tests.cast import Person
from tests.factories.deals import an_order
from tests.factories.people import DeliveryPartnerFactory
from tests.factories.trade import DeliveryFactory
from tests.orders.given import post

pytestmark = pytest.mark.embedded
ORDER_WHILE_HIDDEN = {"pending_payment", "failed"}


def ids(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.json()
    return [order["id"] for order in answer.json()["results"]]


def test_the_shape_is_the_published_one(retailer: Person, pepsi: Product) -> None:
    order = an_order(retailer.of, pepsi)
    shown = retailer.api.get(f"/api/orders/{order.reference}").json()

    def check(value: Any, serializer: Any) -> None:
        many = getattr(serializer, "child", None)
        for one in value if many else [value]:
            fields = (many or serializer).fields
            assert set(one) == set(fields)
            for name, field in fields.items():
                if one[name] is not None and (hasattr(field, "fields") or hasattr(field, "child")):
                    check(one[name], field)

    check(shown, OrderShown())


@pytest.mark.parametrize("status", OrderStatus.values)
def test_a_vendor_sees_an_order_from_its_release_on(retailer: Person, vendor: Person, pepsi: Product, status: str) -> None:
    order = an_order(retailer.of, pepsi, status=status)
    hidden = status in ORDER_WHILE_HIDDEN
    for path in (f"/api/orders/{order.reference}", f"/api/orders/{order.reference}/history"):
        assert vendor.api.get(path).status_code == (404 if hidden else 200)
        assert retailer.api.get(path).status_code == 200
    assert ids(vendor.api.get("/api/orders")) == ([] if hidden else [order.reference])
    assert ids(retailer.api.get("/api/orders")) == [order.reference]


@pytest.mark.parametrize("who", ["rival_vendor", "rival_retailer"])
def test_another_companys_order_is_as_unknown_as_one_that_does_not_exist(
    request: pytest.FixtureRequest, retailer: Person, pepsi: Product, who: str
) -> None:
    order, rival = an_order(retailer.of, pepsi), request.getfixturevalue(who)
    steps = ["accept", "reject", "ready"] if who == "rival_vendor" else ["cancel", "reorder"]
    body = {"reason": "mine"}
    for path in ("", "/history"):
        theirs, unknown = (rival.api.get(f"/api/orders/{reference}{path}") for reference in (order.reference, "ORD99999"))
        assert (theirs.status_code, theirs.json()) == (404, unknown.json())
    for step in steps:
        theirs, unknown = (post(rival, f"/api/orders/{reference}/{step}", body) for reference in (order.reference, "ORD99999"))
        assert (theirs.status_code, theirs.json()) == (404, unknown.json())
    assert ids(rival.api.get("/api/orders")) == []
    order.refresh_from_db()
    assert order.status == "pending"


def test_staff_see_all_and_carriers_none(retailer: Person, rival_retailer: Person, staff: Person, driver: Person, pepsi: Product) -> None:
    mine, theirs = an_order(retailer.of, pepsi), an_order(rival_retailer.of, pepsi, status="pending_payment")
    assert ids(staff.api.get("/api/orders")) == [theirs.reference, mine.reference]
    assert staff.api.get(f"/api/orders/{theirs.reference}").status_code == 200
    assert driver.api.get("/api/orders").status_code == 403
    assert driver.api.get(f"/api/orders/{mine.reference}").status_code == 403


def test_nobody_sees_orders_without_signing_in(stranger: Any, retailer: Person, pepsi: Product) -> None:
    order = an_order(retailer.of, pepsi)
    assert stranger.get("/api/orders").json()["message"] == "Unauthorized"
    assert stranger.get(f"/api/orders/{order.reference}").status_code == 401


@pytest.mark.parametrize("reference", ["ORD1", "ORD0999", "ORD-1001", "P1001", "1001", "ORD" + "9" * 19, "ORD1001x", "%00", "ORD١٠٠١"])
def test_what_is_no_reference_is_not_found(retailer: Person, reference: str) -> None:
    answer = retailer.api.get(f"/api/orders/{reference}")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_case_does_not_matter(retailer: Person, pepsi: Product) -> None:
    order = an_order(retailer.of, pepsi)
    assert retailer.api.get(f"/api/orders/{order.reference.lower()}/").json()["id"] == order.reference


@pytest.mark.parametrize("status", OrderStatus.values)
def test_the_vendor_sees_the_shops_phone_from_ready_on(
    retailer: Person, vendor: Person, staff: Person, pepsi: Product, status: str
) -> None:
    order = an_order(retailer.of, pepsi, status=status)
    phone = order.address["phone"]
    assert phone
    assert retailer.api.get(f"/api/orders/{order.reference}").json()["address"]["phone"] == phone
    assert staff.api.get(f"/api/orders/{order.reference}").json()["address"]["phone"] == phone
    if status not in ORDER_WHILE_HIDDEN:
        shown = vendor.api.get(f"/api/orders/{order.reference}").json()
        listed = vendor.api.get("/api/orders").json()["results"][0]
        assert shown["address"]["phone"] == listed["address"]["phone"] == (phone if status in PHONES_SHOWN else "")
        assert (phone in str(shown)) == (status in PHONES_SHOWN)


def test_names_the_delivery_that_is_not_cancelled(retailer: Person, pepsi: Product) -> None:
    order = an_order(retailer.of, pepsi, status="ready")
    partner = DeliveryPartnerFactory()
    DeliveryFactory(order=order, partner=partner, status="cancelled")
    assert retailer.api.get(f"/api/orders/{order.reference}").json()["delivery"] is None
    live = DeliveryFactory(order=order, partner=partner, status="assigned")
    assert retailer.api.get(f"/api/orders/{order.reference}").json()["delivery"] == {"id": live.reference, "status": "assigned"}


def test_filters_by_status_and_by_day_in_the_uae(retailer: Person, pepsi: Product) -> None:
    late = datetime(2026, 3, 1, 19, 59, 59, tzinfo=UTC)  # 23:59:59 of March 1st in Dubai
    first = an_order(retailer.of, pepsi, status="completed", created_at=late)
    second = an_order(retailer.of, pepsi, status="cancelled", created_at=late.replace(hour=20, minute=0, second=0))

    def found(**query: str) -> list[str]:
        return ids(retailer.api.get("/api/orders", query))

    assert found() == [second.reference, first.reference]
    assert found(status="completed") == [first.reference]
    assert found(**{"from": "2026-03-01", "to": "2026-03-01"}) == [first.reference]
    assert found(**{"from": "2026-03-02"}) == [second.reference]
    assert found(**{"to": "2026-03-02"}) == [second.reference, first.reference]
    assert found(**{"to": "2026-02-28"}) == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"status": "unheard_of"}, "status"),
        ({"status": ""}, "status"),
        ({"from": "2026-13-01"}, "from"),
        ({"from": "2026-02-30"}, "from"),
        ({"to": "yesterday"}, "to"),
        ({"to": "٢٠٢٦-٠١-٠١"}, "to"),
        ({"from": "0001-01-01"}, "from"),
        ({"to": "9999-12-31"}, "to"),
        ({"from": "2026-03-02", "to": "2026-03-01"}, "to"),
        ({"retailer__company__name": "x"}, "retailer__company__name"),
        ({"sort": "total"}, "sort"),
        ({"limit": "101"}, "limit"),
        ({"page": "0"}, "page"),
        ({"cursor": "x"}, "cursor"),
    ],
)
def test_refuses_a_wrong_question_naming_it(retailer: Person, query: dict[str, str], field: str) -> None:
    answer = retailer.api.get("/api/orders", query)
    assert (answer.status_code, list(answer.json()["errors"])) == (422, [field])


def test_pages_and_cursors_give_every_order_once(retailer: Person, pepsi: Product) -> None:
    orders = [an_order(retailer.of, pepsi, quantity=1).reference for _ in range(7)]
    seen: list[str] = []
    query: dict[str, str] = {"limit": "3"}
    while True:
        page = retailer.api.get("/api/orders", query).json()
        seen += [order["id"] for order in page["results"]]
        assert page["pagination"]["total"] == 7
        if page["pagination"]["next"] is None:
            break
        query = {"limit": "3", "cursor": page["pagination"]["next"]}
    assert seen == orders[::-1]


@pytest.mark.parametrize("who", ["retailer", "vendor", "staff"])
def test_the_number_of_queries_does_not_grow_with_the_list(
    request: pytest.FixtureRequest, retailer: Person, pepsi: Product, who: str
) -> None:
    person = request.getfixturevalue(who)

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert person.api.get("/api/orders", {"limit": "100"}).status_code == 200
        return len(asked)

    an_order(retailer.of, pepsi, quantity=1)
    queries()  # signs the person in
    few = queries()
    for _ in range(12):
        DeliveryFactory(order=an_order(retailer.of, pepsi, quantity=1, status="ready"), partner=DeliveryPartnerFactory())
    assert queries() == few


def test_the_history_tells_each_step_once_oldest_first(retailer: Person, vendor: Person, staff: Person, body: dict[str, Any]) -> None:
    order = post(retailer, "/api/orders", body).json()
    post(retailer, f"/api/payments/{order['payment']['id']}/confirm", {"token": "tok_visa"})
    post(vendor, f"/api/orders/{order['id']}/accept")
    row = Order.objects.get()
    delivery = DeliveryFactory(order=row, partner=DeliveryPartnerFactory())
    with transaction.atomic():
        for verb in ("deliveries.assigned", "deliveries.picked_up", "deliveries.attempt_failed"):
            record(verb, delivery, staff.actor, about=row)
        record("orders.acceptance_due", row, staff.actor)
    steps = vendor.api.get(f"/api/orders/{order['id']}/history").json()["results"]
    assert [step["verb"] for step in steps] == ["placed", "paid", "accepted", "assigned", "attempt_failed"]
    assert steps[0]["text"] == f"Retailer {retailer.of.reference} created Order {order['id']}"
    assert steps[0]["actor"] == f"Retailer {retailer.of.reference}"
    assert datetime.fromisoformat(steps[0]["at"]).tzinfo is not None


def test_a_history_holds_nothing_of_other_orders(retailer: Person, vendor: Person, pepsi: Product) -> None:
    first, second = an_order(retailer.of, pepsi), an_order(retailer.of, pepsi)
    post(vendor, f"/api/orders/{first.reference}/accept")
    assert retailer.api.get(f"/api/orders/{second.reference}/history").json() == {"results": []}
