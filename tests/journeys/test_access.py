"""The cast walks every route: who may, whose it is, and that a stranger's refusal tells nothing (TRUST.md I2).

A route without a row in the table, or a row without a route, fails.
"""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.contrib import admin
from django.core.cache import cache
from django.views import View

from aqad.audit.models import Event
from aqad.core import clock
from aqad.core.stored import near
from aqad.notifications.models import Notification
from tests import cast
from tests.factories import files
from tests.journeys.routes import Operation, api_operations, api_views, pages
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
)
from tests.journeys.who import (
    row as rule,
)
from tests.journeys.world import PICTURES, Thing, World, undone

# Measuring which lines run doubles the time of a walk over every door, and says nothing that other tests do not.
pytestmark = [pytest.mark.embedded, pytest.mark.django_db, pytest.mark.no_cover]

REASON = {"reason": "Agreed on the phone"}
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


PERSON = {"name": "Noor", "email": "noor@shop.test", "phone": "+971501234567"}
SIGN_UP = {**PERSON, "password": "Carton-330ml-Pepsi", "company_name": "Noor Foods"}
PRODUCT = {"name": "Pepsi 1 l", "price": "52.00", "category": "soft-drinks", "brand": "pepsi"}
PARTNER_USERS = [{**PERSON, "password": "Carton-330ml-Pepsi", "role": "driver"}]
NEW_PARTNER = {"company_name": "Noor Cargo", "phone": "+97142223344", "emirates": ["Dubai"], "users": PARTNER_USERS}
ADDRESS = {"label": "Second store", "line1": "Al Wasl Road 14", "emirate": "Dubai"}
TERMS = {"address": "own", "payment_method": "cash_on_delivery"}
ORDER = {**TERMS, "items": [{"product": "product", "quantity": 1}]}

TABLE: dict[Operation, Row] = {
    # signing in, the own account
    ("POST", "auth/login"): rule(ANYONE),
    ("POST", "auth/refresh"): rule(ANYONE),
    ("POST", "auth/logout"): rule(ANYONE),
    ("POST", "auth/password/reset"): rule(ANYONE, {"email": "noor@shop.test"}),
    ("POST", "auth/password/reset/confirm"): rule(ANYONE),
    ("POST", "auth/password/change"): rule(PEOPLE),
    ("GET", "auth/me"): rule(PEOPLE),
    ("PATCH", "auth/me"): rule(PEOPLE, {"name": "Noor"}),
    ("GET", "auth/sessions"): rule(PEOPLE),
    ("DELETE", "auth/sessions"): rule(PEOPLE),
    ("DELETE", "auth/sessions/<str:session_id>"): rule(PEOPLE, session=frozenset({"vendor"})),
    # companies and people
    ("GET", "company"): rule(PEOPLE - STAFF),
    ("PATCH", "company"): rule(MANAGERS, {"name": "Noor Foods"}),
    ("GET", "team"): rule(MANAGERS),
    ("POST", "team"): rule(MANAGERS, {**PERSON, "role": "member"}),
    ("DELETE", "team/<str:user_id>"): rule(
        MANAGERS, clerk=frozenset({"vendor"}), helper=frozenset({"retailer"}), colleague=frozenset({"dispatcher"})
    ),
    ("GET", "users"): rule(STAFF),
    ("GET", "users/<str:user_id>"): rule(STAFF, clerk=STAFF),
    ("POST", "users/<str:user_id>/deactivate"): rule(STAFF, clerk=STAFF),
    ("POST", "users/<str:user_id>/reactivate"): rule(STAFF, clerk=STAFF),
    ("POST", "retailer/register"): rule(ANYONE, SIGN_UP),
    ("GET", "addresses"): rule(SHOPS),
    ("POST", "addresses"): rule(SHOPS, ADDRESS),
    ("GET", "addresses/<str:address_id>"): rule(SHOPS, address=FRESH),
    ("PATCH", "addresses/<str:address_id>"): rule(SHOPS, {"label": "Old store"}, address=FRESH),
    ("DELETE", "addresses/<str:address_id>"): rule(SHOPS, address=FRESH),
    ("GET", "retailers"): rule(STAFF),
    ("GET", "retailers/<str:reference>"): rule(STAFF, retailer=STAFF),
    ("POST", "retailers/<str:reference>/suspend"): rule(STAFF, REASON, retailer=STAFF),
    ("POST", "retailers/<str:reference>/reinstate"): rule(STAFF, retailer=STAFF),
    ("POST", "vendor/register"): rule(ANYONE, SIGN_UP, form=True),
    ("GET", "vendor/application/<str:token>"): rule(ANYONE, application=ANYONE),
    ("PATCH", "vendor/application/<str:token>"): rule(ANYONE, {}, form=True, application=ANYONE),
    ("GET", "vendor/documents"): rule(VENDORS),
    ("POST", "vendor/documents"): rule(VENDORS, {"type": "trade_license", "file": "file"}, form=True),
    ("GET", "vendors"): rule(STAFF),
    ("GET", "vendors/<str:reference>"): rule(STAFF, vendor=STAFF),
    ("POST", "vendors/<str:reference>/approve"): rule(STAFF, vendor=STAFF),
    ("POST", "vendors/<str:reference>/reject"): rule(STAFF, REASON, vendor=STAFF),
    ("POST", "vendors/<str:reference>/suspend"): rule(STAFF, REASON, vendor=STAFF),
    ("POST", "vendors/<str:reference>/reinstate"): rule(STAFF, vendor=STAFF),
    ("GET", "vendors/<str:reference>/documents/<str:document>/file"): rule(
        VENDORS | STAFF, document=AHMED | STAFF, document_of_another_vendor=NOBODY
    ),
    ("POST", "vendors/<str:reference>/documents/<str:document>/approve"): rule(STAFF, document=STAFF, document_of_another_vendor=NOBODY),
    ("POST", "vendors/<str:reference>/documents/<str:document>/reject"): rule(
        STAFF, REASON, document=STAFF, document_of_another_vendor=NOBODY
    ),
    # the catalogue
    ("GET", "categories"): rule(ANYONE),
    ("POST", "categories"): rule(STAFF, {"name": "Juices"}),
    ("PATCH", "categories/<str:slug>"): rule(STAFF, {"name": "Juices"}, category=STAFF),
    ("DELETE", "categories/<str:slug>"): rule(STAFF, category=STAFF),
    ("GET", "brands"): rule(ANYONE),
    ("POST", "brands"): rule(VENDORS | STAFF, {"name": "Noor"}),
    ("PATCH", "brands/<str:slug>"): rule(STAFF, {"name": "Noor"}, brand=STAFF),
    ("DELETE", "brands/<str:slug>"): rule(STAFF, brand=STAFF),
    ("GET", "products"): rule(ANYONE),
    ("POST", "products"): rule(VENDORS, {**PRODUCT, "quantity": 5}),
    ("GET", "products/<str:reference>"): rule(ANYONE, product=ANYONE, draft=AHMED | STAFF),
    ("PUT", "products/<str:reference>"): rule(VENDORS, PRODUCT, product=AHMED, draft=AHMED),
    ("PATCH", "products/<str:reference>"): rule(VENDORS, {"price": "50.00"}, product=AHMED, draft=AHMED),
    ("DELETE", "products/<str:reference>"): rule(VENDORS, product=AHMED, draft=AHMED),
    ("POST", "products/<str:reference>/takedown"): rule(STAFF, REASON, product=STAFF, draft=STAFF),
    ("POST", "products/<str:reference>/restore"): rule(STAFF, product=STAFF, draft=STAFF),
    ("POST", "products/<str:reference>/images"): rule(VENDORS, {"images": "picture"}, form=True, product=AHMED, draft=AHMED),
    ("DELETE", "products/<str:reference>/images/<str:image>"): rule(VENDORS, image=AHMED, image_of_another_product=NOBODY),
    ("POST", "products/<str:reference>/stock"): rule(VENDORS, {"change": 5, **REASON}, product=AHMED, draft=AHMED),
    ("GET", "products/<str:reference>/stock/movements"): rule(VENDORS | STAFF, product=AHMED | STAFF, draft=AHMED | STAFF),
    ("GET", "vendor/products"): rule(VENDORS),
    ("POST", "products/import"): rule(VENDORS, {"file": "table"}, form=True),
    ("GET", "products/imports"): rule(VENDORS),
    ("GET", "products/imports/<str:id>"): Row(VENDORS, {"import": AHMED}),
    ("GET", "products/imports/<str:id>/errors.csv"): Row(VENDORS, {"import": AHMED}),
    # buying
    ("GET", "cart"): rule(SHOPS),
    ("DELETE", "cart"): rule(SHOPS),
    ("PUT", "cart/items/<str:reference>"): rule(SHOPS, {"quantity": 2}, product=SHOPS, draft=NOBODY),
    ("DELETE", "cart/items/<str:reference>"): rule(SHOPS, product=SHOPS, draft=NOBODY),
    ("POST", "checkout"): rule(SHOPS, TERMS),
    ("GET", "orders"): rule(SHOPS | VENDORS | STAFF),
    ("POST", "orders"): rule(SHOPS, ORDER),
    ("GET", "orders/<str:reference>"): rule(SHOPS | VENDORS | STAFF, order=AHMED | FRESH | STAFF, unpaid=FRESH | STAFF),
    ("GET", "orders/<str:reference>/history"): rule(SHOPS | VENDORS | STAFF, order=AHMED | FRESH | STAFF, unpaid=FRESH | STAFF),
    ("POST", "orders/<str:reference>/accept"): rule(VENDORS, order=AHMED, unpaid=NOBODY),
    ("POST", "orders/<str:reference>/reject"): rule(VENDORS, REASON, order=AHMED, unpaid=NOBODY),
    ("POST", "orders/<str:reference>/ready"): rule(VENDORS, order=AHMED, unpaid=NOBODY),
    ("POST", "orders/<str:reference>/cancel"): rule(SHOPS | STAFF, REASON, order=FRESH | STAFF, unpaid=FRESH | STAFF),
    ("POST", "orders/<str:reference>/reorder"): rule(SHOPS, order=FRESH, unpaid=FRESH),
    ("GET", "payments"): rule(SHOPS | STAFF),
    ("GET", "payments/<str:reference>"): rule(SHOPS | STAFF, payment=FRESH | STAFF, taken=FRESH | STAFF),
    ("POST", "payments/<str:reference>/confirm"): rule(SHOPS, {"token": "tok_visa"}, payment=FRESH, taken=FRESH),
    ("POST", "payments/<str:reference>/reorder"): rule(SHOPS, payment=FRESH, taken=FRESH),
    ("POST", "payments/<str:reference>/refund"): rule(STAFF, {"amount": "1.00", **REASON}, payment=STAFF, taken=STAFF),
    ("POST", "payments/webhooks/<str:gateway>"): rule(ANYONE, gateway=ANYONE),
    # deliveries
    ("GET", "deliveries"): rule(PEOPLE),
    ("POST", "deliveries"): rule(STAFF, {"order": "packed", "partner": "partner"}),
    ("GET", "deliveries/<str:reference>"): rule(PEOPLE, delivery=SEE_THE_DELIVERY),
    ("PATCH", "deliveries/<str:reference>"): rule(DISPATCHERS | STAFF, {"driver": None}, delivery=STAFF | {"dispatcher"}),
    ("POST", "deliveries/<str:reference>/status"): rule(ON_THE_ROAD, {"status": "picked_up"}, delivery=frozenset({"driver", "dispatcher"})),
    ("GET", "deliveries/<str:reference>/proof"): rule(PEOPLE, delivery=SEE_THE_DELIVERY),
    ("GET", "delivery-partners"): rule(STAFF),
    ("POST", "delivery-partners"): rule(STAFF, NEW_PARTNER),
    ("GET", "delivery-partners/<str:reference>"): rule(STAFF, partner=STAFF),
    ("PATCH", "delivery-partners/<str:reference>"): rule(STAFF, {"emirates": ["Ajman"]}, partner=STAFF),
    ("POST", "delivery-partners/<str:reference>/suspend"): rule(STAFF, REASON, partner=STAFF),
    ("POST", "delivery-partners/<str:reference>/reinstate"): rule(STAFF, partner=STAFF),
    # the rest
    ("GET", "notifications"): rule(PEOPLE),
    ("POST", "notifications/read"): rule(PEOPLE, {"all": True}),
    ("GET", "vendor/summary"): rule(VENDORS),
    ("GET", "retailer/summary"): rule(SHOPS),
    ("GET", "events"): rule(STAFF),
    ("GET", "schema"): rule(ANYONE),
    ("GET", "docs"): rule(ANYONE),
}
# Pages that whoever has their address may open; the back office is for staff alone.
PAGES: dict[str, frozenset[str]] = {
    "sandbox-bank/<str:reference>": ANYONE,
    "payments/return/<str:reference>": ANYONE,
    PICTURES: ANYONE,
    "favicon.ico": ANYONE,
    "robots.txt": ANYONE,
    "sitemap.xml": ANYONE,
    "sitemap-shop.xml": ANYONE,
    "sitemap-products-<int:part>.xml": ANYONE,
    "healthz": ANYONE,
    "readyz": ANYONE,
    "metrics": ANYONE,
    "admin/": STAFF,
    "admin/doctor/": STAFF,
}
# What differs between two answers that say the same.
OF_THIS_REQUEST = {"X-Request-ID", "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"}
# The document takes seconds to make and has tests of its own.
SLOW = {("GET", "schema")}


@pytest.fixture
def world(db: None) -> World:
    return World()


def test_every_route_of_the_api_has_a_row_and_every_row_a_route() -> None:
    assert api_operations() == set(TABLE)


def test_every_page_has_a_row_and_every_row_a_page() -> None:
    assert pages() == set(PAGES)


def test_whoever_may_not_call_a_route_is_told_so_and_changes_nothing(world: World) -> None:
    before, wrong = world.snapshot(), []
    for operation, row in TABLE.items():
        for name in sorted({"anonymous", *world.people} - row.may):
            answer = call_api(world, name, operation, _thing(world, row), row)
            expected = (401, "unauthorized") if name == "anonymous" else (403, "forbidden")
            if (answer.status_code, answer.json().get("code")) != expected:
                wrong.append((name, *operation, answer.status_code, answer.content[:200]))
    assert wrong == []
    assert world.snapshot() == before


def test_another_companys_thing_is_answered_as_one_that_is_not_there(world: World) -> None:
    before, wrong = world.snapshot(), []
    for operation, row in TABLE.items():
        for kind, theirs in row.on.items():
            for name in sorted(row.may - theirs):
                thing, unknown = world.things[kind], world.unknown[kind]
                foreign, missing = (told_by_api(call_api(world, name, operation, which, row), which) for which in (thing, unknown))
                if foreign != missing or foreign[0] != 404:
                    wrong.append((name, kind, *operation, foreign, missing))
    assert wrong == []
    assert world.snapshot() == before


def test_what_is_ones_own_is_reached(world: World) -> None:
    wrong = []
    for operation, row in TABLE.items():
        if operation in SLOW:
            continue
        for kind, theirs in (row.on or {"": row.may}).items():
            for name in sorted(theirs if kind else theirs - RIVALS):
                with undone():
                    answer = call_api(world, name, operation, world.things.get(kind, {}), row)
                if answer.status_code in {401, 403, 404, 405, 406, 415, 429} or answer.status_code >= 500:
                    wrong.append((name, kind, *operation, answer.status_code, answer.content[:200]))
    assert wrong == []


def test_a_method_that_a_route_does_not_have_is_405_for_everybody(world: World) -> None:
    wrong = []
    paths = {path for _method, path in TABLE}
    for path in sorted(paths):
        known = {method: row for (method, other), row in TABLE.items() if other == path}
        thing = _thing(world, next(iter(known.values())))
        for method in sorted(set(METHODS) - set(known)):
            for name in ("anonymous", "clerk", "driver", "staff"):
                answer = call_api(world, name, (method, path), thing, Row(ANYONE))
                if (answer.status_code, answer.json()["code"]) != (405, "method_not_allowed"):
                    wrong.append((name, method, path, answer.status_code, answer.content[:200]))
    assert wrong == []


def test_no_door_names_an_action_after_a_method_of_http() -> None:
    """It would be called for that method on every route of the door, past the door's roles."""
    doors = {view.cls for view in api_views() if hasattr(view, "actions")}
    assert {(door.__name__, name) for door in doors for name in vars(door) if name in View.http_method_names} == set()


def test_a_foreign_reference_in_a_body_is_answered_as_one_that_is_not_there(world: World) -> None:
    line = {"product": world.product.reference, "quantity": 1}
    own_address = {"address": world.address.pk, "payment_method": "card"}
    rival_driver = _driver_of_the_rival(world)
    world.api("retailer").put(f"/api/cart/items/{world.product.reference}", {"quantity": 2}, format="json")
    before = world.snapshot()
    pairs: list[tuple[str, str, str, Any, Any]] = [
        *(
            ("retailer", "POST", path, {**body, "address": world.rival_address.pk}, {**body, "address": 9999999})
            for path, body in {"orders": {**own_address, "items": [line]}, "checkout": own_address}.items()
        ),
        (
            "retailer",
            "POST",
            "orders",
            {**own_address, "items": [line, {**line, "product": world.rival_draft.reference}]},
            {**own_address, "items": [line, {**line, "product": "P9999999"}]},
        ),
        *(
            (name, "PATCH", f"deliveries/{world.things['delivery']['reference']}", {"driver": rival_driver}, {"driver": "noone@shop.test"})
            for name in ("dispatcher", "staff")
        ),
    ]
    for name, method, path, foreign, unknown in pairs:
        answers = [world.api(name).generic(method, f"/api/{path}", *_as_json(body)) for body in (foreign, unknown)]
        told = [re.sub(rb"P\d+|[\w.]+@shop\.test", b"...", answer.content) for answer in answers]
        assert [answer.status_code for answer in answers] == [422, 422], (name, path, answers[0].content)
        assert told[0] == told[1]
    assert world.snapshot() == before


def test_reading_another_persons_notifications_counts_for_nothing(world: World) -> None:
    event = Event.objects.create(verb="orders.placed", subject="ORD1001", actor="System tests", at=clock.now())
    foreign = Notification.objects.create(
        user=world.people["vendor"].user, event=event, kind="order_placed", subject="ORD1001", message="x"
    )
    rival = world.api("rival_vendor")
    answers = [rival.post("/api/notifications/read", {"ids": [number]}, format="json").json() for number in (foreign.pk, 9999999)]
    assert answers == [{"read": 0}, {"read": 0}]
    foreign.refresh_from_db()
    assert foreign.read_at is None


def test_lists_hold_nothing_of_another_company(world: World) -> None:
    """A rival's lists are as empty as those of a company that has just come."""
    for name, paths in {
        "rival_retailer": ("orders", "payments", "deliveries"),
        "rival_vendor": ("orders", "deliveries", "products/imports"),
        "rival_dispatcher": ("deliveries",),
        "colleague": ("deliveries",),
    }.items():
        for path in paths:
            answer = world.api(name).get(f"/api/{path}").json()
            assert (answer["results"], answer["pagination"]["total"]) == ([], 0), (name, path)
    own = world.api("rival_vendor").get("/api/vendor/products").json()["results"]
    assert {product["vendor"]["id"] for product in own} == {world.people["rival_vendor"].of.reference}


def test_pages_open_for_whom_they_are(world: World) -> None:
    wrong = []
    for route, may in PAGES.items():
        address = "/" + world.addresses.get(route, route)
        for name in sorted({"anonymous", *world.people}):
            answer = world.browser(name).get(address)
            if name in may and answer.status_code != 200:
                wrong.append((name, route, answer.status_code))
            if name not in may and (answer.status_code != 302 or not answer.headers["Location"].startswith("/admin/login/")):
                wrong.append((name, route, answer.status_code))
    assert wrong == []


def test_pages_with_a_made_up_key_are_not_there(world: World) -> None:
    for address in (
        "/vendor/application/forged",
        "/sandbox-bank/ch_nothing",
        "/payments/return/PAY1001?attempt=forged",
        f"/payments/return/{world.packed.payment.reference}",
        f"/media/products/{1:032x}.webp",
    ):
        assert world.browser("vendor").get(address).status_code == 404, address


def test_nobody_but_staff_gets_near_any_page_of_the_back_office(world: World) -> None:
    for name in sorted({"anonymous", *world.people} - STAFF):
        browser = world.browser(name)
        for model in admin.site._registry:
            address = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
            assert browser.get(address).headers.get("Location", "").startswith("/admin/login/"), (name, address)


def _driver_of_the_rival(world: World) -> str:
    """The e-mail of a driver of the rival partner."""
    return str(cast.a_driver(world.people["rival_dispatcher"].of).user.email)


def _thing(world: World, row: Row) -> Thing:
    return world.things[next(iter(row.on))] if row.on else {}


def call_api(world: World, name: str, operation: Operation, thing: Thing, row: Row) -> Any:
    method, route = operation
    cache.clear()
    near.clear()
    path = "/api/" + re.sub(r"<str:(\w+)>", lambda match: thing[match[1]], route)
    client = world.api(name)
    if row.form:
        return getattr(client, method.lower())(path, _filled_in(world, row.body, name), format="multipart")
    if row.body is None:
        return getattr(client, method.lower())(path)
    return client.generic(method, path, *_as_json(_filled_in(world, row.body, name)))


def _filled_in(world: World, body: Any, name: str) -> Any:
    """The body with the world's own things where it names them."""
    files_ = {
        "file": lambda: files.upload(),
        "picture": lambda: files.upload(files.picture(), "pack.png", "image/png"),
        "table": lambda: files.upload(b"name,price\nPepsi,48.00\n", "shelf.csv", "text/csv"),
        "own": lambda: world.rival_address.pk if name == "rival_retailer" else world.address.pk,
        "product": lambda: world.product.reference,
        "packed": lambda: world.packed.reference,
        "partner": lambda: world.things["partner"]["reference"],
    }
    if isinstance(body, dict):
        filled = {key: _filled_in(world, value, name) for key, value in body.items()}
        return {**filled, "role": "driver"} if filled.get("role") == "member" and name in DISPATCHERS else filled
    if isinstance(body, list):
        return [_filled_in(world, value, name) for value in body]
    return files_[body]() if isinstance(body, str) and body in files_ else body


def _as_json(body: Any) -> tuple[str, str]:
    return json.dumps(body), "application/json"


def told_by_api(answer: Any, thing: Thing) -> tuple[int, dict[str, str], bytes]:
    """All that an answer tells, the thing's own name blanked out."""
    content = answer.content
    for value in sorted(thing.values(), key=len, reverse=True):
        content = content.replace(value.encode(), b"...")
    return answer.status_code, {key: value for key, value in answer.headers.items() if key not in OF_THIS_REQUEST}, content
