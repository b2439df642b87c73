"""Bodies that are no bodies, fields that are not the caller's, references that are none, lists that nobody asked for."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.hostile import inputs
from tests.hostile.given import Target, as_refused, send
from tests.journeys.routes import Operation
from tests.journeys.test_access import TABLE

pytestmark = [pytest.mark.django_db, pytest.mark.no_cover]


@pytest.mark.parametrize("name", inputs.BODIES)
@pytest.mark.parametrize(
    ("who", "method", "path"),
    [
        ("retailer", "PUT", "/api/cart/items/{product}"),
        ("vendor", "POST", "/api/products/{product}/stock"),
        ("anonymous", "POST", "/api/retailer/register"),
        ("staff", "POST", "/api/payments/{taken}/refund"),
    ],
)
def test_a_body_that_is_none_is_refused(target: Target, who: str, method: str, path: str, name: str) -> None:
    raw, content_type, status = inputs.BODIES[name]
    answer = send(target.api(who), method, target.path(path), raw, content_type)
    as_refused(answer, status)
    target.assert_tells_nothing(answer)
    target.assert_unchanged()


@pytest.mark.parametrize("name", ["a brace", "100,000 lists deep", "5 MB", "no UTF-8", "a gzip bomb", "a list", "NULs", "plain text"])
@pytest.mark.parametrize("path", ["auth/login", "auth/refresh", "auth/logout", "auth/password/reset", "auth/password/reset/confirm"])
def test_the_doors_of_signing_in_read_as_strictly(target: Target, path: str, name: str) -> None:
    raw, content_type, status = inputs.BODIES[name]
    answer = send(target.api("anonymous"), "POST", f"/api/{path}", raw, content_type)
    as_refused(answer, status)
    target.assert_unchanged()


@pytest.mark.parametrize("name", [name for name, (_raw, _type, status) in inputs.BODIES.items() if status in {400, 413, 422}])
def test_a_webhook_that_nobody_signed_is_refused_whatever_it_holds(target: Target, name: str) -> None:
    raw, content_type, _status = inputs.BODIES[name]
    answer = send(target.api("anonymous"), "POST", "/api/payments/webhooks/sandbox", raw, content_type)
    assert answer.status_code in {400, 413}, answer.content[:200]
    as_refused(answer, answer.status_code)
    target.assert_unchanged()


@pytest.mark.parametrize("name", ["Sandbox-Signature", "Stripe-Signature", "X-Sandbox-Signature"])
@pytest.mark.parametrize(
    "signature",
    ["", "x", "t=1,v1=x", "t=,v1=", "t=99999999999999999999,v1=00", "t=-1,v1=", "t=1;v1=x", "=" * 5000, "t=٥,v1=é", "v1=" + "0" * 64],
)
def test_a_forged_signature_opens_nothing(target: Target, name: str, signature: str) -> None:
    body = json.dumps({"id": "evt_1", "kind": "charge.succeeded", "charge": "ch_walk", "key": "x"})
    answer = send(target.api("anonymous"), "POST", "/api/payments/webhooks/sandbox", body, headers={name: signature})
    as_refused(answer, 400)
    target.assert_unchanged()


WRITING = {
    "signing up": ("anonymous", "POST", "/api/retailer/register", {"name": "Noor", "email": "noor@shop.test"}),
    "the own account": ("retailer", "PATCH", "/api/auth/me", {"language": "ar"}),
    "the own company": ("vendor", "PATCH", "/api/company", {"name": "Noor"}),
    "a product": ("vendor", "PATCH", "/api/products/{product}", {"unit": "box"}),
    "an order": (
        "retailer",
        "POST",
        "/api/orders",
        {"payment_method": "card", "address": "<address>", "items": [{"product": "<product>", "quantity": 1}]},
    ),
    "a cart": ("retailer", "PUT", "/api/cart/items/{product}", {"quantity": 5}),
    "an address": ("retailer", "PATCH", "/api/addresses/{address}", {"label": "Store"}),
    "accepting": ("vendor", "POST", "/api/orders/{order}/accept", {}),
    "a refund": ("staff", "POST", "/api/payments/{taken}/refund", {"amount": "1.00", "reason": "Damaged"}),
    "a step": ("driver", "POST", "/api/deliveries/{delivery}/status", {"status": "picked_up"}),
}
# Fields that are the caller's there after all.
GOOD = {"a product": {"price", "status"}, "a step": {"status"}}


@pytest.mark.parametrize(
    ("place", "field"), [(place, field) for place in WRITING for field in inputs.FORBIDDEN_FIELDS if field not in GOOD.get(place, ())]
)
def test_a_field_that_is_not_the_callers_is_named_and_never_takes_effect(target: Target, place: str, field: str) -> None:
    who, method, path, body = WRITING[place]
    raw = (
        json.dumps({**body, field: "1"}).replace('"<address>"', target.filled("<address>")).replace("<product>", target.filled("<product>"))
    )
    as_refused(send(target.api(who), method, target.path(path), raw), 422, field)
    target.assert_unchanged()


@pytest.mark.parametrize(
    ("place", "field"), [(place, field) for place in WRITING for field in ("is_staff", "role", "total", "vendor", "company")]
)
def test_nor_in_a_form(target: Target, place: str, field: str) -> None:
    who, method, path, body = WRITING[place]
    sent = {**{name: value for name, value in body.items() if name not in {"items", "address"}}, field: "1"}
    answer = getattr(target.api(who), method.lower())(target.path(path), sent, format="multipart")
    as_refused(answer, 422, field)
    target.assert_unchanged()


def test_a_nested_field_is_refused_as_well(target: Target) -> None:
    line = {"product": target.filled("<product>"), "quantity": 1}
    for extra in ("unit_price", "total", "vendor", "vat_rate", "__proto__"):
        body = {"payment_method": "card", "address": int(target.filled("<address>")), "items": [{**line, extra: "0.01"}]}
        as_refused(target.api("retailer").post("/api/orders", body, format="json"), 422, f"items.0.{extra}")
    target.assert_unchanged()


@pytest.mark.parametrize(
    "items",
    [
        [],
        None,
        {},
        "P1001",
        5,
        [None],
        [[]],
        ["P1001"],
        [5],
        [{}],
        [{"product": "P1001"}],
        [{"quantity": 5}],
        [{"product": None, "quantity": None}],
    ],
    ids=repr,
)
def test_an_order_of_what_is_no_list_of_lines(target: Target, items: Any) -> None:
    body = {"payment_method": "card", "address": int(target.filled("<address>")), "items": items}
    answer = target.api("retailer").post("/api/orders", body, format="json")
    assert any(name.startswith("items") for name in as_refused(answer, 422)["errors"])
    target.assert_unchanged()


def test_an_order_of_too_many_lines(target: Target) -> None:
    line = {"product": target.filled("<product>"), "quantity": 1}
    body = {"payment_method": "card", "address": int(target.filled("<address>")), "items": [line] * 201}
    as_refused(target.api("retailer").post("/api/orders", body, format="json"), 422, "items")
    target.assert_unchanged()


def test_quantities_that_add_up_past_any(target: Target) -> None:
    line = {"product": target.filled("<product>"), "quantity": 10_000_000}
    body = {"payment_method": "card", "address": int(target.filled("<address>")), "items": [line] * 200}
    answer = target.api("retailer").post("/api/orders", body, format="json")
    assert answer.status_code in {409, 422}, answer.content
    as_refused(answer, answer.status_code)
    target.assert_unchanged()


def by_reference() -> list[Operation]:
    return sorted(operation for operation in TABLE if "<str:reference>" in operation[1])


@pytest.mark.parametrize("written", inputs.REFERENCES, ids=lambda written: written[:30])
def test_what_is_no_reference_is_not_there(target: Target, written: str) -> None:
    """On every route of the API that takes one, whatever the method."""
    for method, route in by_reference():
        row = TABLE[method, route]
        who = sorted(row.may - {"anonymous"})[0]
        path = "/api/" + route.replace("<str:reference>", written).replace("<str:document>", "1").replace("<str:image>", "1")
        answer = send(target.api(who), method, path, "{}" if method != "GET" else "")
        if answer.status_code == 405 and (".." in written or "%2e" in written):
            continue  # the path names another route
        assert answer.status_code == 404, (who, method, path, answer.status_code, answer.content[:200])
        as_refused(answer, 404)
        target.assert_tells_nothing(answer)
    target.assert_unchanged()


@pytest.mark.parametrize("written", inputs.IDS, ids=lambda written: written[:30])
def test_what_is_no_number_is_not_there(target: Target, written: str) -> None:
    paths = [
        ("retailer", "PATCH", "/api/addresses/{}"),
        ("retailer", "DELETE", "/api/addresses/{}"),
        ("vendor", "DELETE", "/api/team/{}"),
        ("vendor", "GET", "/api/products/imports/{}"),
        ("vendor", "GET", "/api/products/imports/{}/errors.csv"),
        ("vendor", "DELETE", target.path("/api/products/{product}/images/") + "{}"),
        ("staff", "GET", "/api/users/{}"),
        ("staff", "POST", "/api/users/{}/deactivate"),
        ("staff", "GET", target.path("/api/vendors/{vendor}/documents/") + "{}/file"),
        ("staff", "POST", target.path("/api/vendors/{vendor}/documents/") + "{}/approve"),
    ]
    for who, method, path in paths:
        answer = send(target.api(who), method, path.replace("{}", written), "" if method == "GET" else "{}")
        assert answer.status_code in {404, 405} if ".." in written or "%2e" in written else answer.status_code == 404, (
            path,
            answer.status_code,
        )
        as_refused(answer, answer.status_code)
    target.assert_unchanged()


@pytest.mark.parametrize("written", [*inputs.SLUGS[1:-1], "%00", "%ff", "..%2f..", "x" * 5000], ids=lambda written: written[:30])
@pytest.mark.parametrize("path", ["categories", "brands"])
def test_what_is_no_slug_is_not_there(target: Target, path: str, written: str) -> None:
    for method in ("PATCH", "DELETE"):
        answer = send(target.api("staff"), method, f"/api/{path}/{written}", '{"name": "Noor"}')
        assert answer.status_code == 404, (answer.status_code, answer.content[:200])
        as_refused(answer, 404)
    target.assert_unchanged()


@pytest.mark.parametrize(
    "token", ["x", "V1001", "V1001.x", "V1001." + "x" * 5000, "%00", "V1001.%00", "V99999999999999999999.x", "٥", ".", "V1001.eyJ.x"]
)
def test_what_is_no_token_opens_no_application(target: Target, token: str) -> None:
    for method in ("GET", "PATCH"):
        as_refused(send(target.api("anonymous"), method, f"/api/vendor/application/{token}", "" if method == "GET" else "{}"), 404)
    target.assert_unchanged()


LISTS = {
    "orders": "retailer",
    "payments": "retailer",
    "deliveries": "dispatcher",
    "notifications": "vendor",
    "vendors": "staff",
    "retailers": "staff",
    "users": "staff",
    "delivery-partners": "staff",
    "events": "staff",
    "team": "vendor",
    "vendor/documents": "vendor",
    "vendor/products": "vendor",
    "products/imports": "vendor",
    "products": "anonymous",
    "brands": "anonymous",
    "addresses": "retailer",
}


@pytest.mark.parametrize("query", inputs.PAGING, ids=lambda query: query[:40])
def test_a_list_is_asked_for_what_it_cannot_give(target: Target, query: str) -> None:
    """On every list of the API."""
    for path, who in LISTS.items():
        if path in {"products", "brands"} and query == "sort=password":
            continue  # those have one; see below
        answer = target.api(who).get(f"/api/{path}?{query}")
        assert answer.status_code == 422, (path, answer.status_code, answer.content[:200])
        as_refused(answer, 422, *([inputs.PAGING[query]] if inputs.PAGING[query].isprintable() else []))
        target.assert_tells_nothing(answer)
    target.assert_unchanged()


@pytest.mark.parametrize("query", inputs.FILTERS, ids=lambda query: query[:40])
def test_the_shelf_is_narrowed_by_what_is_no_filter(target: Target, query: str) -> None:
    answer = target.api("anonymous").get(f"/api/products?{query}")
    as_refused(answer, 422, *filter(None, [inputs.FILTERS[query]]))
    target.assert_unchanged()


@pytest.mark.parametrize("words", inputs.SEARCHES, ids=lambda words: words[:30])
@pytest.mark.parametrize("where", ["/api/products", "/products", "/find", "/vendor/products", "/quick-order"])
def test_a_search_is_words_and_nothing_else(target: Target, where: str, words: str) -> None:
    """No error, no pattern, no answer that holds what was never looked for."""
    if where == "/api/products":
        answer = target.api("anonymous").get(where, {"search": words})
        assert answer.status_code == 200, answer.content[:200]
        found = {product["name"] for product in answer.json()["results"]}
        assert found <= {"Pepsi 330ml", "Cola 330ml"}
    elif where == "/quick-order":
        answer = target.world.browser("retailer").post(where, {"lines": f"{words} 5"})
        assert answer.status_code == 200, answer.content[:200]
    else:
        who = {"/products": "anonymous", "/find": "vendor", "/vendor/products": "vendor"}[where]
        answer = target.world.browser(who).get(where, {"q" if where == "/find" else "search": words})
        assert answer.status_code in {200, 302}, answer.content[:200]
    text = answer.content.decode()
    assert "<script>alert(1)" not in text
    assert "49" not in text or "{{7*7}}" not in words
    target.assert_tells_nothing(answer)


@pytest.mark.parametrize(
    ("path", "who", "query", "field"),
    [
        ("orders", "retailer", "status=paid", "status"),
        ("orders", "retailer", "status=", "status"),
        ("orders", "retailer", "status=pending&status=ready", "status"),
        ("orders", "retailer", "from=2026-13-01", "from"),
        ("orders", "retailer", "from=yesterday", "from"),
        ("orders", "retailer", "to=%00", "to"),
        ("orders", "retailer", "from=0000-00-00", "from"),
        ("orders", "retailer", "to=99999-01-01", "to"),
        ("orders", "retailer", "from=%D9%A2%D9%A0%D9%A2%D9%A6-01-01", "from"),
        ("payments", "retailer", "status=x", "status"),
        ("deliveries", "dispatcher", "status=x", "status"),
        ("deliveries", "dispatcher", "driver=1", "driver"),
        ("notifications", "vendor", "unread=yes", "unread"),
        ("vendors", "staff", "status=x", "status"),
        ("users", "staff", "role=admin", "role"),
        ("users", "staff", "company=1001", "company"),
        ("users", "staff", "is_active=1", "is_active"),
        ("users", "staff", "password__startswith=argon", "password__startswith"),
        ("events", "staff", "from=x", "from"),
        ("vendor/products", "vendor", "status=x", "status"),
        ("brands", "anonymous", "sort=x", "sort"),
        ("vendor/summary", "vendor", "from=x", "from"),
        ("vendor/summary", "vendor", "from=2026-02-01&to=2026-01-01", "to"),
        ("retailer/summary", "retailer", "to=2026-02-30", "to"),
        ("categories", "anonymous", "page=1", "page"),
    ],
)
def test_each_list_has_filters_of_its_own(target: Target, path: str, who: str, query: str, field: str) -> None:
    body = as_refused(target.api(who).get(f"/api/{path}?{query}"), 422)
    assert field in body["errors"] or "from" in body["errors"], body


@pytest.mark.parametrize("name", ["actor", "verb", "subject", "about", "request_id"])
@pytest.mark.parametrize("value", ["%00", "%ff", "' OR 1=1 --", "x" * 5000, "%", "👩"])
def test_the_record_is_searched_for_what_nothing_is(target: Target, name: str, value: str) -> None:
    answer = target.api("staff").get(f"/api/events?{name}={value}")
    assert answer.status_code in {200, 422}, answer.content[:200]
    if answer.status_code == 200:
        assert answer.json()["results"] == []
