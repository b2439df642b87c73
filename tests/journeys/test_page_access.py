"""The cast walks every page: who may open it, whose things it shows, and that a stranger's refusal tells nothing (TRUST.md I2).

A page without a row in the table, or a row without a page, fails.
"""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.cache import cache

from aqad.core.stored import near
from tests.journeys.routes import Operation, page_operations
from tests.journeys.who import (
    AHMED,
    ANYONE,
    DISPATCHERS,
    FRESH,
    MANAGERS,
    NOBODY,
    ON_THE_ROAD,
    PEOPLE,
    RIVALS,
    SEE_THE_DELIVERY,
    SHOPS,
    STAFF,
    VENDORS,
    Row,
    row,
)
from tests.journeys.world import Thing, World, undone

# Measuring which lines run doubles the time of a walk over every door, and says nothing that other tests do not.
pytestmark = [pytest.mark.embedded, pytest.mark.django_db, pytest.mark.no_cover]

SEE_THE_ORDER = AHMED | FRESH | STAFF
PERSON = {"name": "Noor", "email": "noor@shop.test", "phone": "+971501234567"}
SIGN_UP = {**PERSON, "password": "Carton-330ml-Pepsi", "company_name": "Noor Foods"}
ADDRESS = {"label": "Second store", "line1": "Al Wasl Road 14", "emirate": "Dubai"}

REASON = {"reason": "Agreed on the phone"}
TABLE: dict[Operation, Row] = {
    # the session, the own account
    ("GET", "sign-in"): row(ANYONE),
    ("POST", "sign-in"): row(ANYONE),
    ("POST", "sign-in/code"): row(ANYONE),
    ("POST", "sign-out"): row(PEOPLE),
    # the bell
    ("GET", "notifications"): row(PEOPLE),
    ("GET", "notifications/unread"): row(PEOPLE),
    ("POST", "notifications/read"): row(PEOPLE),
    ("GET", "notifications/<str:number>"): row(PEOPLE, notification=frozenset({"retailer"})),
    ("GET", "password/forgotten"): row(ANYONE),
    ("POST", "password/forgotten"): row(ANYONE, {"email": "noor@shop.test"}),
    ("GET", "password/asked"): row(ANYONE),
    ("GET", "account/password/<str:token>"): row(ANYONE, reset=ANYONE),
    ("POST", "account/password/<str:token>"): row(ANYONE, {"password": "Another-Carton-7"}, reset=ANYONE),
    ("GET", "account/password"): row(PEOPLE),
    ("POST", "account/password"): row(PEOPLE),
    ("GET", "account/second-factor"): row(PEOPLE),
    ("POST", "account/second-factor"): row(PEOPLE),
    ("POST", "account/second-factor/on"): row(PEOPLE),
    ("POST", "account/second-factor/off"): row(PEOPLE),
    ("POST", "account/second-factor/codes"): row(PEOPLE),
    ("GET", "account/email"): row(PEOPLE),
    ("POST", "account/email"): row(PEOPLE),
    ("GET", "account/email/<str:token>"): row(ANYONE, email=ANYONE),
    ("POST", "account/email/<str:token>"): row(ANYONE, email=ANYONE),
    ("GET", "account/devices"): row(PEOPLE),
    ("POST", "account/devices/end-others"): row(PEOPLE),
    ("POST", "account/devices/<str:session_id>/end"): row(PEOPLE, session=frozenset({"vendor"})),
    ("GET", "account/step-up"): row(PEOPLE),
    ("POST", "account/step-up"): row(PEOPLE),
    ("GET", "account"): row(PEOPLE),
    ("POST", "account"): row(PEOPLE, {"name": "Noor"}),
    # companies, their people and papers
    ("GET", "join"): row(ANYONE),
    ("POST", "join"): row(ANYONE, SIGN_UP),
    ("GET", "sell"): row(ANYONE),
    ("POST", "sell"): row(ANYONE, SIGN_UP),
    ("GET", "vendor/application/<str:token>"): row(ANYONE, application=ANYONE),
    ("POST", "vendor/application/<str:token>"): row(ANYONE, application=ANYONE),
    ("GET", "company"): row(PEOPLE - STAFF),
    ("POST", "company"): row(MANAGERS, {"name": "Noor Foods"}),
    ("POST", "company/logo/remove"): row(frozenset({"vendor", "rival_vendor"})),
    ("GET", "team"): row(MANAGERS),
    ("POST", "team"): row(MANAGERS, {**PERSON, "role": "member"}),
    ("POST", "team/<str:user_id>/remove"): row(
        MANAGERS, clerk=frozenset({"vendor"}), helper=frozenset({"retailer"}), colleague=frozenset({"dispatcher"})
    ),
    ("GET", "vendor/documents"): row(VENDORS),
    ("POST", "vendor/documents"): row(VENDORS),
    ("GET", "addresses"): row(SHOPS),
    ("GET", "addresses/new"): row(SHOPS),
    ("POST", "addresses/new"): row(SHOPS, ADDRESS),
    ("GET", "addresses/<str:address_id>"): row(SHOPS, address=FRESH),
    ("POST", "addresses/<str:address_id>"): row(SHOPS, ADDRESS, address=FRESH),
    ("POST", "addresses/<str:address_id>/remove"): row(SHOPS, address=FRESH),
    # the cart
    ("GET", "cart"): row(SHOPS),
    ("POST", "cart/empty"): row(SHOPS),
    ("POST", "cart/items/<str:reference>"): row(SHOPS, {"quantity": "5"}, product=SHOPS, draft=NOBODY),
    ("POST", "cart/items/<str:reference>/remove"): row(SHOPS, product=SHOPS, draft=NOBODY),
    ("GET", "checkout"): row(SHOPS),
    ("POST", "checkout"): row(SHOPS),
    ("GET", "quick-order"): row(SHOPS),
    ("POST", "quick-order"): row(SHOPS, {"lines": "P1001 5"}),
    ("POST", "quick-order/cart"): row(SHOPS, {"lines": "P1001 5"}),
    # payments
    ("GET", "payments/<str:reference>"): row(SHOPS | STAFF, payment=FRESH | STAFF, taken=FRESH | STAFF),
    ("GET", "payments/<str:reference>/live"): row(SHOPS | STAFF, payment=FRESH | STAFF, taken=FRESH | STAFF),
    ("POST", "payments/<str:reference>"): row(SHOPS, {"token": "tok_visa"}, payment=FRESH, taken=FRESH),
    ("POST", "payments/<str:reference>/reorder"): row(SHOPS, payment=FRESH, taken=FRESH),
    # orders
    ("GET", "orders"): row(SHOPS | VENDORS | STAFF),
    ("GET", "orders/<str:reference>"): row(SHOPS | VENDORS | STAFF, order=SEE_THE_ORDER, unpaid=FRESH | STAFF),
    ("GET", "orders/<str:reference>/live"): row(SHOPS | VENDORS | STAFF, order=SEE_THE_ORDER, unpaid=FRESH | STAFF),
    ("GET", "orders/<str:reference>/packing-slip"): row(VENDORS, order=AHMED, unpaid=NOBODY),
    ("GET", "orders/<str:reference>/delivery-note"): row(SHOPS | VENDORS | STAFF, packed=SEE_THE_ORDER, unpaid=FRESH | STAFF),
    # the steps of an order
    ("POST", "orders/<str:reference>/accept"): row(VENDORS, order=AHMED),
    ("POST", "orders/<str:reference>/reject"): row(VENDORS, REASON, order=AHMED),
    ("POST", "orders/<str:reference>/ready"): row(VENDORS, order=AHMED, packed=AHMED),
    ("POST", "orders/<str:reference>/cancel"): row(SHOPS, order=FRESH, unpaid=FRESH),
    ("POST", "orders/<str:reference>/reorder"): row(SHOPS, order=FRESH, unpaid=FRESH),
    # a vendor's goods
    ("GET", "vendor/products"): row(VENDORS),
    ("GET", "vendor/products/new"): row(VENDORS),
    ("POST", "vendor/products/new"): row(VENDORS, {"name": "Cola 330ml"}),
    ("GET", "vendor/products/<str:reference>"): row(VENDORS, product=AHMED, draft=AHMED),
    ("POST", "vendor/products/<str:reference>"): row(VENDORS, {"name": "Cola 330ml"}, product=AHMED, draft=AHMED),
    ("POST", "vendor/products/<str:reference>/status"): row(VENDORS, {"status": "draft"}, product=AHMED),
    ("POST", "vendor/products/<str:reference>/archive"): row(VENDORS, product=AHMED),
    ("POST", "vendor/products/<str:reference>/price"): row(VENDORS, {"price": "1.00"}, product=AHMED),
    ("GET", "vendor/products/<str:reference>/correction"): row(VENDORS, product=AHMED),
    ("POST", "vendor/products/<str:reference>/correction"): row(VENDORS, {"change": "1", "reason": "counted"}, product=AHMED),
    ("POST", "vendor/products/<str:reference>/pictures"): row(VENDORS, product=AHMED),
    ("POST", "vendor/products/<str:reference>/pictures/order"): row(VENDORS, {"order": "1"}, product=AHMED),
    ("POST", "vendor/products/<str:reference>/pictures/<str:image>/remove"): row(VENDORS, image=AHMED, image_of_another_product=NOBODY),
    ("GET", "vendor/products/<str:reference>/stock"): row(VENDORS, product=AHMED, draft=AHMED),
    ("POST", "vendor/products/<str:reference>/stock"): row(VENDORS, {"change": "1", "reason": "counted"}, product=AHMED),
    ("POST", "vendor/products/<str:reference>/stock/count"): row(VENDORS, {"on_hand": "1", "reason": "counted"}, product=AHMED),
    ("GET", "vendor/imports"): row(VENDORS),
    ("POST", "vendor/imports"): row(VENDORS),
    ("GET", "vendor/imports/template.csv"): row(VENDORS),
    ("GET", "vendor/imports/<str:id>"): Row(VENDORS, {"import": AHMED}),
    ("GET", "vendor/imports/<str:id>/progress"): Row(VENDORS, {"import": AHMED}),
    ("GET", "vendor/imports/<str:id>/errors.csv"): Row(VENDORS, {"import": AHMED}),
    # deliveries
    ("GET", "deliveries"): row(PEOPLE),
    ("GET", "deliveries/round"): row(ON_THE_ROAD),
    ("GET", "deliveries/board"): row(DISPATCHERS),
    ("POST", "deliveries/board"): row(DISPATCHERS),
    ("GET", "deliveries/board/columns"): row(DISPATCHERS),
    ("GET", "deliveries/<str:reference>"): row(PEOPLE, delivery=SEE_THE_DELIVERY),
    ("POST", "deliveries/<str:reference>"): row(ON_THE_ROAD, {"status": "picked_up"}, delivery=frozenset({"driver", "dispatcher"})),
    ("GET", "deliveries/<str:reference>/progress"): row(PEOPLE, delivery=SEE_THE_DELIVERY),
    ("GET", "deliveries/<str:reference>/proof"): row(PEOPLE, delivery=SEE_THE_DELIVERY),
    ("POST", "deliveries/<str:reference>/driver"): row(DISPATCHERS, {"driver": ""}, delivery=frozenset({"dispatcher"})),
    # where one begins
    ("GET", "dashboard"): row(PEOPLE),
    ("GET", "find"): row(PEOPLE),
    ("GET", "find/hits"): row(PEOPLE),
    # the vendor's queue
    ("GET", "orders/queue"): row(VENDORS),
    ("GET", "orders/queue/now"): row(VENDORS),
    ("POST", "orders/steps"): row(VENDORS, {"step": "accept", "orders": "ORD1001"}),
    ("GET", "orders/queue/<str:reference>/reject"): row(VENDORS, order=AHMED, unpaid=NOBODY),
    ("POST", "orders/queue/<str:reference>/reject"): row(VENDORS, {"reason": "Out of stock"}, order=AHMED, unpaid=NOBODY),
    # the shop window
    ("GET", ""): row(ANYONE),
    ("GET", "products"): row(ANYONE),
    ("GET", "products/<str:reference>"): row(ANYONE, product=ANYONE, draft=NOBODY),
    ("GET", "products/<str:reference>/<str:slug>"): row(ANYONE, product=ANYONE, draft=NOBODY),
    ("GET", "vendors/<str:reference>"): row(ANYONE, vendor=ANYONE),
}
LEAD_TO_SIGN_IN = {("POST", "sign-out"), ("POST", "account/password/<str:token>"), ("POST", "account/email/<str:token>")}
# What differs between two answers that say the same.
OF_THIS_REQUEST = {"X-Request-ID", "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset", "Content-Security-Policy"}
SECRETS = re.compile(rb'name="(csrfmiddlewaretoken|idempotency_key)" value="[^"]+"|X-CSRFToken&quot;: &quot;\w+|"X-CSRFToken": "\w+"')


@pytest.fixture
def world(db: None) -> World:
    return World()


def test_every_page_has_a_row_and_every_row_a_page() -> None:
    assert page_operations() == set(TABLE)


def test_whoever_may_not_open_a_page_is_sent_to_sign_in_or_told_so_and_changes_nothing(world: World) -> None:
    before, wrong = world.snapshot(), []
    for operation, rule in TABLE.items():
        for name in sorted({"anonymous", *world.people} - rule.may):
            answer = call_page(world, name, operation, _thing(world, rule), rule)
            if name == "anonymous":
                is_right = answer.status_code == 302 and answer.headers["Location"].startswith("/sign-in")
            else:
                is_right = answer.status_code == 403
            if not is_right:
                wrong.append((name, *operation, answer.status_code, answer.content[:200]))
    assert wrong == []
    assert world.snapshot() == before


def test_another_companys_page_is_answered_as_one_that_is_not_there(world: World) -> None:
    before, wrong = world.snapshot(), []
    for operation, rule in TABLE.items():
        for kind, theirs in rule.on.items():
            for name in sorted(rule.may - theirs):
                thing, unknown = world.things[kind], world.unknown[kind]
                foreign, missing = (
                    told_by_page(call_page(world, name, operation, which, rule), thing, unknown) for which in (thing, unknown)
                )
                if foreign != missing or foreign[0] != 404:
                    wrong.append((name, kind, *operation, foreign, missing))
    assert wrong == []
    assert world.snapshot() == before


def test_pages_open_for_whom_they_are(world: World) -> None:
    wrong = []
    for operation, rule in TABLE.items():
        for kind, theirs in (rule.on or {"": rule.may}).items():
            for name in sorted(theirs if kind else theirs - RIVALS):
                with undone():
                    answer = call_page(world, name, operation, world.things.get(kind, {}), rule)
                sent_away = "/sign-in" in answer.headers.get("Location", "") and operation not in LEAD_TO_SIGN_IN
                if sent_away or answer.status_code in {401, 403, 404, 405, 406, 415, 429} or answer.status_code >= 500:
                    wrong.append((name, kind, *operation, answer.status_code, answer.content[:200]))
    assert wrong == []


def test_every_form_is_asked_for_its_csrf_token(world: World) -> None:
    before, wrong = world.snapshot(), []
    for method, route in TABLE:
        if method == "GET":
            continue
        rule = TABLE[method, route]
        for name in sorted(rule.may & {"anonymous", "vendor", "retailer", "driver", "dispatcher", "staff"}):
            browser = world.browser(name, enforce_csrf_checks=True)
            answer = browser.post(_path(route, _thing(world, rule)), rule.body or {})
            if answer.status_code != 403:
                wrong.append((name, method, route, answer.status_code))
    assert wrong == []
    assert world.snapshot() == before


def _thing(world: World, rule: Row) -> Thing:
    return world.things[next(iter(rule.on))] if rule.on else {}


def _path(route: str, thing: Thing) -> str:
    return "/" + re.sub(r"<str:(\w+)>", lambda match: thing.get(match[1], "x"), route)


def call_page(world: World, name: str, operation: Operation, thing: Thing, rule: Row) -> Any:
    method, route = operation
    cache.clear()
    near.clear()
    browser = world.browser(name)
    return browser.get(_path(route, thing)) if method == "GET" else browser.post(_path(route, thing), rule.body or {})


def told_by_page(answer: Any, *things: Thing) -> tuple[int, dict[str, str], bytes]:
    """All that an answer tells, the things' own names and this request's secrets blanked out."""
    content = SECRETS.sub(b"...", answer.content)
    for value in sorted({value for thing in things for value in thing.values()}, key=len, reverse=True):
        # A plain number may stand anywhere; it is the thing's own only as a part of an address.
        content = content.replace(f"/{value}".encode() if value.isdigit() else value.encode(), b"...")
    return answer.status_code, {key: value for key, value in answer.headers.items() if key not in OF_THIS_REQUEST}, content
