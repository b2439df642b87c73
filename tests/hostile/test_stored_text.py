"""Hostile words that are good text: stored through the API, then looked at wherever they appear, where they must do nothing."""

from __future__ import annotations

import csv
import io
import re
from html.parser import HTMLParser
from typing import Any

import pytest
from django.contrib import admin
from django.core.cache import cache

from aqad.audit.actions import work_off
from aqad.core.stored import near
from aqad.notifications.models import Mail, Notification
from catalog.actions import importing
from catalog.models import Product
from tests.factories import files
from tests.hostile.conftest import EVERY
from tests.hostile.given import Target
from tests.journeys.routes import Operation
from tests.journeys.test_page_access import TABLE
from tests.journeys.world import PICTURES

pytestmark = [pytest.mark.django_db, pytest.mark.no_cover]
# Of at most 60 characters each, so that they fit wherever a text does; 829348951 is what a template would make of the sums.
WORDS = {
    "a script": "<script>alert(1)</script>",
    "a picture that fails": "\"'><img src=x onerror=alert(1)>",
    "the end of a title and a drawing": "</title></script><svg onload=alert(1)>",
    "an attribute": "' onmouseover='alert(1)' x='",
    "templates": "{{7919*104729}}{%debug%}${7919*104729}<%=7919*104729%>",
    "a formula": '=HYPERLINK("http://evil.test","x")',
    "another formula": "@SUM(1+1)*cmd|' /C calc'!A0",
    "entities": "&lt;b&gt;&#60;script&#62;alert(1)&amp;",
    "placeholders": "%(password)s %s %n {0.__class__} {user.password}",
    "a comment's end": "--> ]]> */ ' or 1=1 -- javascript:alert(1)",
}
# What the suite stores everywhere; `python -m tests.hostile` stores all of them.
FEW = ("a picture that fails", "templates", "a formula")
LIVE = re.compile(r"<script>alert|<img src=x|<svg onload|<b>&|'\s+onmouseover='alert", re.IGNORECASE)


class Reader(HTMLParser):
    """What a browser would make of a page: every attribute, and where links lead."""

    def __init__(self) -> None:
        super().__init__()
        self.alive: list[tuple[str, str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            leads = (value or "").strip().lower()
            if name.startswith("on") or (name in {"href", "src", "action"} and leads.startswith(("javascript:", "data:text", "vbscript:"))):
                self.alive.append((tag, name, leads))


@pytest.mark.parametrize("name", WORDS if EVERY == 1 else FEW)
def test_hostile_words_do_nothing_wherever_they_appear(target: Target, name: str) -> None:
    words = WORDS[name]
    _stored_everywhere(target, words)
    seen = 0
    for who, path in _pages(target):
        cache.clear()
        near.clear()
        answer = target.world.browser(who).get(path)
        assert answer.status_code < 500, (who, path, answer.status_code)
        if not answer.headers.get("Content-Type", "").startswith("text/html"):
            continue
        html = answer.content.decode()
        _assert_dead(html, words, path)
        seen += _shows(html, words)
    assert seen >= 25, seen
    told = Mail.objects.order_by("pk")
    assert told.count() >= 5
    for mail in told:
        _assert_dead(mail.html, words, mail.subject)
        assert "\n" not in mail.subject
        assert "\r" not in mail.subject
        assert "829348951" not in mail.text
    assert any(_shows(mail.html, words) for mail in told)
    assert any(words in mail.text for mail in told)
    assert Notification.objects.exists()


@pytest.mark.parametrize("name", WORDS)
def test_hostile_words_come_back_by_api_as_they_are(target: Target, name: str) -> None:
    """JSON has no tags: what was sent is what is answered, as JSON and as nothing else."""
    words = WORDS[name]
    path = target.path("/api/products/{product}")
    answer = target.api("vendor").patch(path, {"name": words, "description": words}, format="json")
    assert (answer.status_code, answer.json()["name"], answer.json()["description"]) == (200, words, words)
    shown = target.api("anonymous").get(path)
    assert shown.json()["name"] == words
    assert shown.headers["Content-Type"] == "application/json"
    assert shown.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("first", ["=", "+", "-", "@", "=-", "\t=", "\r=", "+@", "@=", "--", "＝", "＋", "－", "＠", "'="])
def test_a_cell_that_would_be_a_formula_is_disarmed_in_a_file_of_errors(target: Target, first: str) -> None:
    out = io.StringIO()
    csv.writer(out).writerows([["name", "category", "price", "sku"], [f"{first}1+1", f"{first}A1", "free", f"{first}B1"]])
    upload = files.upload(out.getvalue().encode(), "shelf.csv", "text/csv")
    queued = target.api("rival_vendor").post("/api/products/import", {"file": upload}, format="multipart").json()
    importing.work_off(queued["id"])
    for answer in (
        target.api("rival_vendor").get(f"/api/products/imports/{queued['id']}/errors.csv"),
        target.world.browser("rival_vendor").get(f"/vendor/imports/{queued['id']}/errors.csv"),
    ):
        assert answer.headers["Content-Disposition"].startswith("attachment")
        rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
        assert len(rows) == 2
        assert not [cell for cell in rows[1] if cell.startswith(("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"))], rows[1]


def _stored_everywhere(target: Target, words: str) -> None:
    """Every text that a role may write, by its own API, up to a delivery at the door and an order turned down."""
    world, said = target.world, {"reason": words}

    def call(who: str, method: str, path: str, **body: Any) -> dict[str, Any]:
        answer = getattr(target.api(who), method)(target.path(path), body, format="json")
        assert answer.status_code in {200, 201}, (who, method, path, answer.content)
        return answer.json()

    for who in ("vendor", "retailer", "dispatcher"):
        call(who, "patch", "/api/company", name=words)
        call(who, "patch", "/api/auth/me", name=words)
    call("driver", "patch", "/api/auth/me", name=words)
    call("staff", "patch", f"/api/brands/{world.product.brand.slug}", name=words)
    call("staff", "patch", f"/api/categories/{world.product.category.slug}", name=words)
    product = Product.objects.get(pk=world.product.pk)
    of = {"brand": product.brand.slug, "category": product.category.slug}
    call("vendor", "patch", "/api/products/{product}", name=words, description=words, pack_size=words, unit=words[:20], sku=words, **of)
    call("vendor", "patch", "/api/products/{draft}", name=words)
    call("vendor", "post", "/api/products/{product}/stock", change=100, reason=words)
    call("retailer", "patch", "/api/addresses/{address}", label=words, line1=words, area=words, landmark=words)
    line = [{"product": world.product.reference, "quantity": 1}]
    terms = {"address": world.address.pk, "payment_method": "cash_on_delivery", "notes": words}
    delivered, refused = (call("retailer", "post", "/api/orders", items=line, **terms) for _ in range(2))
    call("vendor", "post", f"/api/orders/{refused['id']}/reject", **said)
    call("vendor", "post", f"/api/orders/{delivered['id']}/accept")
    call("vendor", "post", f"/api/orders/{delivered['id']}/ready")
    driver = world.people["driver"].user.email
    delivery = call("staff", "post", "/api/deliveries", order=delivered["id"], partner=world.things["partner"]["reference"], driver=driver)
    for status in ("picked_up", "out_for_delivery"):
        call("driver", "post", f"/api/deliveries/{delivery['id']}/status", status=status, note=words)
    call("driver", "post", f"/api/deliveries/{delivery['id']}/status", status="attempt_failed", note=words)
    call("driver", "post", f"/api/deliveries/{delivery['id']}/status", status="out_for_delivery")
    done = {"status": "delivered", "recipient_name": words, "note": words, "cash_collected": delivered["total"]}
    call("driver", "post", f"/api/deliveries/{delivery['id']}/status", **done)
    call("staff", "post", "/api/products/{draft}/takedown", **said)
    call("retailer", "put", "/api/cart/items/{product}", quantity=1)
    paper = {"type": "trade_license", "number": words, "file": files.upload(name=f"{words}.pdf")}
    assert target.api("vendor").post("/api/vendor/documents", paper, format="multipart").status_code == 201
    for _ in range(5):
        work_off()
    world.things["order"] = {"reference": delivered["id"]}
    world.things["packed"] = {"reference": refused["id"]}
    world.things["delivery"] = {"reference": delivery["id"]}


def _pages(target: Target) -> list[tuple[str, str]]:
    """Every page that can be looked at, once for each of those who may, and the back office's lists and rows."""
    world, found = target.world, []
    for operation in sorted(TABLE):
        found += [(who, _path(target, operation, kind)) for kind, who in _lookers(operation)]
    for model in admin.site._registry:
        base = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        newest = model._default_manager.order_by("-pk").values_list("pk", flat=True)[:2]
        found += [("staff", base), *(("staff", f"{base}{pk}/change/") for pk in newest)]
    return [*found, ("staff", "/admin/"), ("anonymous", f"/products/{world.product.reference}"), ("anonymous", "/products?search=alert")]


def _lookers(operation: Operation) -> list[tuple[str, str]]:
    method, route = operation
    if method != "GET" or PICTURES in route:
        return []
    row = TABLE[operation]
    roles = ("anonymous", "vendor", "retailer", "driver", "dispatcher", "staff")
    return [(kind, who) for kind, theirs in (row.on or {"": row.may}).items() for who in roles if who in theirs]


def _path(target: Target, operation: Operation, kind: str) -> str:
    thing = target.world.things.get(kind, {})
    return "/" + re.sub(r"<str:(\w+)>", lambda match: thing.get(match[1], "x"), operation[1])


def _assert_dead(html: str, words: str, where: str) -> None:
    assert not (found := LIVE.search(html)), (where, html[max(0, found.start() - 200) : found.end() + 50])
    assert "829348951" not in html, where
    reader = Reader()
    reader.feed(html)
    assert reader.alive == [], (where, words)


def _shows(html: str, words: str) -> bool:
    """Whether the words can be read in it, escaped as text."""
    from django.utils.html import escape

    return escape(words) in html or escape(words[:18]) in html
