"""Everybody × every route × every verb, with what is there and what is not: whoever may not, learns nothing (TRUST.md I2).

What each may is said once, in the tables of tests/journeys; here everybody else of the cast knocks at every door, and each refusal for
another company's thing is compared, byte for byte, with the one for a thing that was never there.

The suite lets every second of them knock, the same ones each time; `python -m tests.hostile` all.
"""

from __future__ import annotations

import re
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.core.cache import cache
from django.urls import URLPattern, URLResolver

from aqad.core.stored import near
from tests import cast
from tests.cast import Person
from tests.factories.people import UserFactory
from tests.hostile.conftest import EVERY
from tests.journeys import test_access, test_page_access
from tests.journeys.test_access import call_api, told_by_api
from tests.journeys.test_page_access import call_page, told_by_page
from tests.journeys.who import ANYONE, Row
from tests.journeys.world import UNKNOWN, Thing, World

pytestmark = [pytest.mark.django_db, pytest.mark.no_cover]
# Who knocks at each kind of door, and how often at the least.
DOORS = {"API": ("_by_api", 1500), "page": ("_by_page", 1500), "verb": ("_by_verb", 1000), "admin": ("_by_the_back_office", 1000)}
VERBS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
# Beside the cast of the tables: each of these is let in exactly where this one of the cast is.
ALIKE = {
    "pending vendor": "anonymous",
    "rejected vendor": "anonymous",
    "suspended vendor": "anonymous",
    "suspended retailer": "anonymous",
    "driver of a suspended partner": "anonymous",
    "deactivated person": "anonymous",
    "person without a company": "anonymous",
    "driver of the rival": "colleague",
    "staff without rights": "staff",
    "staff who may look": "staff",
}
# One of each kind, for verbs that nobody has and for the back office.
OF_EACH_KIND = ("anonymous", "pending vendor", "rival_vendor", "rival_retailer", "driver of the rival", "rival_dispatcher", "staff")
PASSERS_BY = (*OF_EACH_KIND[:-1], "person without a company")
EXPORTS, FILES = re.compile(r"\.csv$|/summary$|sitemap"), re.compile(r"/file$|/proof$|packing-slip$|delivery-note$|^media")


class Crowd(World):
    """The world with everybody else in it, and the count of who knocked where."""

    def __init__(self) -> None:
        super().__init__()
        self.knocks: Counter[tuple[str, str]] = Counter()
        self.people |= {
            "pending vendor": cast.a_vendor("Waiting Foods", company__status="pending"),
            "rejected vendor": cast.a_vendor("Refused Foods", company__status="rejected"),
            "suspended vendor": cast.a_vendor("Halted Foods", company__status="suspended"),
            "suspended retailer": cast.a_retailer("Halted Mart", company__status="suspended"),
            "driver of a suspended partner": cast.a_driver(cast.a_partner("Halted Cargo", company__status="suspended").of),
            "deactivated person": cast.member(self.people["retailer"].of, "member", is_active=False),
            "person without a company": Person(UserFactory()),
            "driver of the rival": cast.a_driver(self.people["rival_dispatcher"].of),
            "staff without rights": Person(UserFactory(is_staff=True)),
            "staff who may look": Person(UserFactory(is_staff=True)),
        }
        self.people["staff who may look"].user.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
        for name in ALIKE:
            self.sign_in(name)

    @property
    def everybody(self) -> list[str]:
        return ["anonymous", *self.people]

    def count(self, door: str, name: str, route: str, knocks: int) -> None:
        door = "file" if FILES.search(route) else "export" if EXPORTS.search(route) else door
        self.knocks[door, name] += knocks


@pytest.fixture
def crowd(db: None) -> Crowd:
    return Crowd()


@pytest.mark.parametrize("door", DOORS)
def test_whoever_may_not_learns_nothing(crowd: Crowd, door: str, record_property: Callable[[str, object], None]) -> None:
    knock, least = DOORS[door]
    for name in crowd.everybody:
        crowd.browser(name).get("/account")  # which ends the session of whoever may not act any more, and puts that on record
    before, wrong = crowd.snapshot(), list(globals()[knock](crowd))
    digest = Counter((name, what if isinstance(what, str) else "", str(where), told[0][0]) for name, what, where, told in wrong)
    assert not wrong, (digest.most_common(40), wrong[0])
    assert crowd.snapshot() == before
    assert crowd.knocks.total() >= least
    if door in {"API", "page"}:
        assert {name for _door, name in crowd.knocks} >= set(ALIKE) - {"staff who may look"}
    record_property("probes", crowd.knocks.total())
    record_property("by door", {which: sum(n for (at, _), n in crowd.knocks.items() if at == which) for which, _ in crowd.knocks})


def test_there_are_as_many_probes_as_promised() -> None:
    assert sum(least for _knock, least in DOORS.values()) >= 5000


def test_the_comparison_would_see_a_difference(crowd: Crowd) -> None:
    """A control: of what one may see, the answers for what is there and for what is not do differ."""
    row, operation = test_access.TABLE["GET", "orders/<str:reference>"], ("GET", "orders/<str:reference>")
    told = [
        told_by_api(call_api(crowd, "retailer", operation, thing, row), thing) for thing in (crowd.things["order"], crowd.unknown["order"])
    ]
    assert told[0] != told[1]


def _by_api(crowd: Crowd) -> Iterator[Any]:
    """Every route of the API, by everybody who is to be refused there."""
    for operation, row in test_access.TABLE.items():
        for name, kind, status in _to_be_refused(crowd, row, anonymous=401):
            if not _knocks(name, kind, *operation):
                continue
            if status == 404 and ALIKE.get(name) == "anonymous":
                status = 401  # a token that is not good any more is never taken for none
            things = [crowd.things.get(kind, {}), crowd.unknown.get(kind, {})][: 2 if kind else 1]
            told = [told_by_api(call_api(crowd, name, operation, thing, row), thing) for thing in things]
            crowd.count("API", name, operation[1], len(told))
            if told[0][0] != status or told[0] != told[-1]:
                yield name, kind, operation, told


def _by_page(crowd: Crowd) -> Iterator[Any]:
    for operation, row in test_page_access.TABLE.items():
        for name, kind, status in _to_be_refused(crowd, row, anonymous=302):
            if not _knocks(name, kind, *operation):
                continue
            things = [crowd.things.get(kind, {}), crowd.unknown.get(kind, {})][: 2 if kind else 1]
            told = [_as_told(told_by_page(call_page(crowd, name, operation, thing, row), *things), *things) for thing in things]
            crowd.count("page", name, operation[1], len(told))
            if told[0][0] != status or told[0] != told[-1]:
                yield name, kind, operation, told


def _by_verb(crowd: Crowd) -> Iterator[Any]:
    """Verbs that a route does not have, HEAD where there is GET, OPTIONS everywhere."""
    for path in sorted({path for _method, path in test_access.TABLE}):
        rows = {method: row for (method, other), row in test_access.TABLE.items() if other == path}
        kind = next((kind for row in rows.values() for kind in row.on), "")
        for verb in VERBS:
            if verb in rows:
                continue
            for name in OF_EACH_KIND:
                things = [crowd.things.get(kind, {}), crowd.unknown.get(kind, {})][: 2 if kind else 1]
                if not _knocks(name, verb, path):
                    continue
                if verb == "HEAD" and "GET" in rows and (path == "schema" or _is_let_in(name, rows["GET"], kind)):
                    continue
                told = [told_by_api(call_api(crowd, name, (verb, path), thing, Row(ANYONE)), thing) for thing in things]
                crowd.count("verb", name, "", len(told))
                allowed = {401, 403, 404} if verb == "HEAD" and "GET" in rows else {200, 401, 403, 404, 405} if verb == "OPTIONS" else {405}
                # A token that is not good any more is refused before anything else is looked at.
                is_right = told[0][0] in allowed or (told[0][0] == 401 and ALIKE.get(name) == "anonymous")
                if not is_right or told[0] != told[-1]:
                    yield name, verb, path, told


def _by_the_back_office(crowd: Crowd) -> Iterator[Any]:
    """Its every address, by everybody but a superuser: sent to its sign-in, or told that they may not; with a row or without."""
    for route in sorted(set(_admin_routes(admin.site.get_urls()))):
        number = _number_of(route)
        for name in (*PASSERS_BY, "staff without rights", "staff who may look"):
            for verb in ("GET", "POST"):
                is_button = "do/" in route
                if (verb == "POST" and not is_button) or (verb == "GET" and name == "staff who may look"):
                    continue  # the rest is sent by nobody's form; looking is what they may
                if not _knocks(name, verb, route):
                    continue
                told = []
                for pk in {number, UNKNOWN} if "<" in route else {""}:
                    cache.clear()
                    near.clear()
                    address = "/admin/" + re.sub(r"<\w+:\w+>", str(pk), route)
                    answer = crowd.browser(name).generic(verb, address)
                    told.append(_without(told_by_page(answer), str(pk), f"/{pk}/"))
                crowd.count("admin", name, "", len(told))
                if not _is_shut(name, route, told[0]) or (told[0] != told[-1] and not name.startswith("staff")):
                    yield name, verb, route, told


def _knocks(*who_and_where: str) -> bool:
    return EVERY == 1 or zlib.crc32(" ".join(who_and_where).encode()) % 2 == 0


def _to_be_refused(crowd: Crowd, row: Row, *, anonymous: int) -> Iterator[tuple[str, str, int]]:
    """Who is refused, with which thing, and how."""
    for name in crowd.everybody:
        alike = ALIKE.get(name, name)
        for kind, theirs in (row.on or {"": row.may}).items():
            if alike not in row.may:
                yield name, kind, anonymous if alike == "anonymous" else 403
            elif alike not in theirs:
                yield name, kind, 404


def _is_let_in(name: str, row: Row, kind: str) -> bool:
    alike = ALIKE.get(name, name)
    return alike in row.may and alike in row.on.get(kind, row.may)


def _as_told(told: tuple[int, dict[str, str], bytes], *things: Thing) -> tuple[int, dict[str, str], bytes]:
    """The way to the sign-in names the address that was asked for, and so does a link back."""
    for thing in things:
        for value in sorted(thing.values(), key=len, reverse=True):
            told = _without(told, value)
    return told


def _without(told: tuple[int, dict[str, str], bytes], *values: str) -> tuple[int, dict[str, str], bytes]:
    """What was told but for these words and for the time, which stands in the back office's `Expires`."""
    status, headers, content = told
    for value in filter(None, values):
        headers = {name: each.replace(value, "...").replace(value.replace("/", "%2F"), "...") for name, each in headers.items()}
        content = content.replace(value.encode(), b"...")
    return status, {name: each for name, each in headers.items() if name != "Expires"}, content


def _is_shut(name: str, route: str, told: tuple[int, dict[str, str], bytes]) -> bool:
    status, headers, _content = told
    if route.startswith(("login", "jsi18n")) or (route.startswith("logout") and status in {200, 302, 405}):
        return status < 500
    if name.startswith("staff"):
        return status in {302, 403, 404, 405} or (status == 200 and route in {"", "password_change/", "password_change/done/", "doctor/"})
    return status == 302 and headers["Location"].startswith("/admin/login/")


def _admin_routes(patterns: list[Any], before: str = "") -> Iterator[str]:
    for pattern in patterns:
        path = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _admin_routes(pattern.url_patterns, path)
        elif isinstance(pattern, URLPattern) and "(?P" not in path:
            yield path


def _number_of(route: str) -> object:
    """A row of the model whose page this is, else nothing."""
    for model in admin.site._registry:
        if route.startswith(f"{model._meta.app_label}/{model._meta.model_name}/"):
            return model._default_manager.order_by("pk").values_list("pk", flat=True).first() or UNKNOWN
    return UNKNOWN
