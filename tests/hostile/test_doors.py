"""Tokens, headers, redirects, cross-site forms and limits: the way in, knocked at from all sides."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings
from rest_framework.test import APIClient

from aqad.accounts.actions.signing_in import account_key
from aqad.accounts.models import FailedSignIn
from aqad.core import clock, limits
from catalog.models import Product
from orders.models import CartItem
from tests.accounts.given import sign_in, tokens_of
from tests.accounts.test_tokens import FORGERIES
from tests.factories.people import PASSWORD
from tests.hostile import inputs
from tests.hostile.given import OF_SIGNING_IN, Target, as_refused, send

pytestmark = [pytest.mark.django_db, pytest.mark.no_cover]
READ_AND_WRITE = [("GET", "/api/orders"), ("PUT", "/api/cart/items/{product}"), ("POST", "/api/payments/{payment}/confirm")]


def stays_here(location: str) -> bool:
    """As a browser reads it, which takes a backslash for a slash and drops line breaks and tabs."""
    read = urljoin("http://testserver/admin/login/", re.sub(r"[\t\r\n]", "", location).replace("\\", "/").strip())
    return urlsplit(read)[:2] == ("http", "testserver")


class TestTokens:
    @pytest.mark.parametrize("name", FORGERIES)
    def test_a_forged_one_opens_no_door(self, target: Target, name: str) -> None:
        token = target.world.people["retailer"].api._credentials["HTTP_AUTHORIZATION"].removeprefix("Bearer ")
        for method, path in READ_AND_WRITE:
            headers = {"Authorization": f"Bearer {FORGERIES[name](token)}"}
            answer = send(APIClient(), method, target.path(path), '{"quantity": 5}', headers=headers)
            as_refused(answer, 401, code="unauthorized")
            assert answer.json()["message"] == "Unauthorized"
            assert answer.headers["WWW-Authenticate"] == 'Bearer realm="aqad"'
        target.assert_unchanged()

    @pytest.mark.parametrize("value", inputs.AUTHORIZATIONS, ids=lambda value: ascii(value)[:30])
    def test_what_is_no_token_opens_none(self, target: Target, value: str) -> None:
        for method, path in READ_AND_WRITE:
            answer = send(APIClient(), method, target.path(path), '{"quantity": 5}', headers={"Authorization": value})
            as_refused(answer, 401, code="unauthorized")
        target.assert_unchanged()

    @pytest.mark.parametrize("value", inputs.OTHER_SCHEMES, ids=lambda value: ascii(value)[:30])
    def test_another_scheme_is_none(self, target: Target, value: str) -> None:
        as_refused(APIClient().get("/api/orders", headers={"Authorization": value}), 401, code="unauthorized")
        assert APIClient().get("/api/products", headers={"Authorization": value}).status_code == 200

    @pytest.mark.parametrize("value", [*inputs.AUTHORIZATIONS, *inputs.OTHER_SCHEMES], ids=lambda value: ascii(value)[:30])
    def test_none_locks_anybody_out_of_signing_in(self, target: Target, value: str) -> None:
        user = target.world.people["retailer"].user
        answer = APIClient().post(
            "/api/auth/login", {"email": user.email, "password": PASSWORD}, format="json", headers={"Authorization": value}
        )
        assert answer.status_code == 200, answer.content

    @pytest.mark.parametrize("value", ["", "x", "a.b.c", "x" * 3000, "\x00", "é", "null", "٥"], ids=ascii)
    @pytest.mark.parametrize("path", ["refresh", "logout"])
    def test_what_is_no_refresh_token_does_nothing(self, target: Target, path: str, value: str) -> None:
        answer = APIClient().post(f"/api/auth/{path}", {"refresh": value}, format="json")
        if answer.status_code != 204:
            as_refused(answer, 422 if answer.status_code == 422 else 401)
        target.assert_unchanged()

    @pytest.mark.parametrize("value", ["", "x", "a:b:c", "x" * 3000, "\x00", "MQ:x:x", "' OR 1=1 --"], ids=ascii)
    def test_what_is_no_reset_token_sets_no_password(self, target: Target, value: str) -> None:
        answer = APIClient().post("/api/auth/password/reset/confirm", {"token": value, "password": "Another-Carton-7"}, format="json")
        as_refused(answer, 422)
        target.assert_unchanged()

    def test_one_is_dead_after_logout_password_change_and_deactivation(self, target: Target) -> None:
        user = target.world.people["retailer"].user

        def end_session(pair: dict[str, str]) -> None:
            assert APIClient().post("/api/auth/logout", {"refresh": pair["refresh"]}, format="json").status_code == 204

        def change_password(pair: dict[str, str]) -> None:
            body = {"old_password": PASSWORD, "new_password": "Another-Carton-7"}
            headers = {"Authorization": f"Bearer {pair['access']}"}
            assert APIClient().post("/api/auth/password/change", body, format="json", headers=headers).status_code == 204
            user.refresh_from_db()
            user.set_password(PASSWORD)
            user.save()

        def deactivate(_pair: dict[str, str]) -> None:
            assert target.api("staff").post(f"/api/users/{user.pk}/deactivate").status_code == 200

        ends: list[Callable[[dict[str, str]], None]] = [end_session, change_password, deactivate]
        for end in ends:
            pair = tokens_of(user)
            end(pair)
            as_refused(APIClient().get("/api/orders", headers={"Authorization": f"Bearer {pair['access']}"}), 401)
            as_refused(APIClient().post("/api/auth/refresh", {"refresh": pair["refresh"]}, format="json"), 401)


class TestHeaders:
    @pytest.mark.parametrize("key", inputs.KEYS, ids=lambda key: ascii(key)[:30])
    def test_a_malformed_key_is_400(self, target: Target, key: str) -> None:
        body = {"change": 5, "reason": "Counted"}
        answer = target.api("vendor").post(
            target.path("/api/products/{product}/stock"), body, format="json", headers={"Idempotency-Key": key}
        )
        as_refused(answer, 400)
        target.assert_unchanged()

    @pytest.mark.parametrize("accept", inputs.VERSIONS)
    def test_an_unknown_version_is_406(self, target: Target, accept: str) -> None:
        for method, path in (("GET", "/api/orders"), ("PUT", "/api/cart/items/{product}")):
            answer = send(target.api("retailer"), method, target.path(path), '{"quantity": 5}', headers={"Accept": accept})
            assert answer.status_code in {400, 406}, (answer.status_code, answer.content)
            as_refused(answer, answer.status_code)
        target.assert_unchanged()

    @pytest.mark.parametrize(
        "accept", ["text/html", "application/xml", "image/*", "application/*+json", "x", "/", ";", "*", "q=0", "a/b;q=٥", "é"]
    )
    def test_an_accept_that_nothing_fits_is_406_or_json(self, target: Target, accept: str) -> None:
        answer = target.api("retailer").get("/api/orders", headers={"Accept": accept})
        assert answer.status_code in {200, 400, 406}, answer.content
        assert answer.headers["Content-Type"].startswith("application/json")

    @pytest.mark.parametrize(
        "host",
        ["evil.test", "evil.test:80", "localhost@evil.test", "localhost.evil.test", "[::1", "a b", "é", "x" * 5000, "localhost:x", "%00"],
    )
    def test_a_forged_host_is_refused_and_stands_in_nothing(self, target: Target, host: str) -> None:
        for path in ("/api/orders", "/sign-in", "/products"):
            answer = APIClient().get(path, headers={"Host": host})
            assert answer.status_code in {200, 400, 401}, (path, answer.status_code)
            told = answer.content.decode(errors="replace") + str(answer.headers)
            assert "evil.test" not in told
        cache.clear()
        answer = APIClient().post(
            "/api/auth/password/reset", {"email": target.world.people["vendor"].user.email}, format="json", headers={"Host": host}
        )
        assert answer.status_code in {202, 400}
        from aqad.notifications.models import Mail

        assert not Mail.objects.filter(text__contains="evil.test").exists()

    @pytest.mark.parametrize(
        "name",
        [
            "X-Forwarded-Host",
            "X-Host",
            "Forwarded",
            "X-Original-URL",
            "X-Rewrite-URL",
            "X-Forwarded-Proto",
            "X-Real-IP",
            "Via",
            "Origin",
            "Referer",
        ],
    )
    def test_a_header_of_a_proxy_that_is_not_there_changes_nothing(self, target: Target, name: str) -> None:
        for path, status in (("/sign-in", 200), ("/api/products", 200), ("/admin/login/", 302)):
            answer = APIClient().get(path, headers={name: "https://evil.test/admin/"})
            assert answer.status_code == status
            assert b"evil.test" not in answer.content
            assert "evil.test" not in str(answer.headers)

    @pytest.mark.parametrize("name", ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"])
    @pytest.mark.parametrize("method", ["DELETE", "PUT", "PATCH", "TRACE", "x"])
    def test_no_header_turns_a_method_into_another(self, target: Target, name: str, method: str) -> None:
        path = target.path("/api/products/{product}")
        as_refused(send(target.api("vendor"), "POST", path, "{}", headers={name: method}), 405)
        assert target.api("vendor").get(path, headers={name: method}).status_code == 200
        as_refused(target.api("vendor").post(f"{path}?_method={method}", {"_method": method}, format="multipart"), 405)
        target.assert_unchanged()

    @pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PROPFIND", "MKCOL", "x", "GETX", "get", "ПОСТ"])
    def test_a_method_that_nothing_has_is_405(self, target: Target, method: str) -> None:
        for path in ("/api/orders", "/api/products", "/api/auth/login"):
            answer = send(target.api("retailer"), method, path)
            assert answer.status_code == 405 or (method == "get" and answer.status_code == 200), (method, path, answer.status_code)
        target.assert_unchanged()

    @pytest.mark.parametrize(
        "value",
        [
            "x" * 65,
            "x" * 7,
            "a b c d e f",
            "aaaaaaaa\r\nX-Evil: 1",
            "../../../../etc",
            "aaaaaaaaé",
            "<script>alert(1)",
            "x" * 5000,
            "٥٥٥٥٥٥٥٥",
        ],
        ids=ascii,
    )
    def test_a_request_id_of_another_form_is_replaced(self, target: Target, value: str) -> None:
        answer = APIClient().get("/api/products", headers={"X-Request-ID": value})
        assert answer.headers["X-Request-ID"] != value
        assert "X-Evil" not in answer.headers

    @pytest.mark.parametrize(
        "value",
        ["x" * 100_000, "\x00", "é" * 1000, "%", ";;;;", "a=b; " * 5000, "sessionid=" + "x" * 5000, "sessionid=../../x", "sessionid=\x00"],
        ids=lambda value: ascii(value)[:20],
    )
    @pytest.mark.parametrize(
        "name",
        [
            "Cookie",
            "Accept-Language",
            "User-Agent",
            "Referer",
            "If-None-Match",
            "X-Forwarded-For",
            "HX-Request",
            "Content-Encoding",
            "Range",
        ],
    )
    def test_a_header_of_anything_breaks_nothing(self, target: Target, name: str, value: str) -> None:
        for path in ("/api/products", "/products", "/api/orders", "/sign-in"):
            answer = APIClient().get(path, headers={name: value})
            assert answer.status_code in {200, 304, 400, 401}, (path, answer.status_code, answer.content[:100])
            target.assert_tells_nothing(answer)
        target.assert_unchanged()


class TestRedirects:
    @pytest.mark.parametrize("elsewhere", inputs.ELSEWHERE, ids=ascii)
    def test_signing_in_leads_nowhere_else(self, target: Target, elsewhere: str) -> None:
        user = target.world.people["retailer"].user
        answer = Client().post("/sign-in", {"email": user.email, "password": PASSWORD, "next": elsewhere})
        assert answer.status_code == 302
        assert stays_here(answer.headers["Location"])
        page = Client().get("/sign-in", {"next": elsewhere})
        assert page.status_code == 200
        assert f'href="{elsewhere}"' not in page.content.decode()

    @pytest.mark.parametrize("elsewhere", inputs.ELSEWHERE, ids=ascii)
    def test_nor_does_any_form(self, target: Target, elsewhere: str) -> None:
        browser = target.world.browser("retailer")
        for path, body in {
            target.path("/cart/items/{product}"): {"quantity": "5"},
            target.path("/cart/items/{product}/remove"): {},
            "/notifications/read": {},
        }.items():
            answer = browser.post(path, {**body, "next": elsewhere})
            assert answer.status_code == 302, (path, answer.status_code)
            assert stays_here(answer.headers["Location"])

    @pytest.mark.parametrize("elsewhere", inputs.ELSEWHERE, ids=ascii)
    def test_nor_the_back_office(self, target: Target, elsewhere: str) -> None:
        staff = target.world.people["staff"].user
        answer = Client().post("/admin/login/", {"username": staff.email, "password": PASSWORD, "next": elsewhere})
        assert answer.status_code == 302
        assert stays_here(answer.headers["Location"])
        out = target.world.browser("staff").post("/admin/logout/", {"next": elsewhere})
        assert stays_here(out.headers.get("Location", "/"))

    def test_whoever_is_sent_to_sign_in_comes_back_to_where_they_were(self) -> None:
        for path in ("/orders//evil.test", "//evil.test/orders", "/\\evil.test"):
            answer = Client().get(path)
            assert "evil.test" not in answer.headers.get("Location", "").partition("?")[0]


class TestCrossSiteForms:
    CALLS = [
        ("retailer", "PUT", "/api/cart/items/{product}"),
        ("retailer", "POST", "/api/orders"),
        ("retailer", "POST", "/api/payments/{payment}/confirm"),
        ("vendor", "POST", "/api/products/{product}/stock"),
        ("vendor", "PATCH", "/api/company"),
        ("vendor", "DELETE", "/api/products/{product}"),
        ("staff", "POST", "/api/payments/{taken}/refund"),
        ("staff", "POST", "/api/vendors/{vendor}/suspend"),
        ("driver", "POST", "/api/deliveries/{delivery}/status"),
        ("retailer", "POST", "/api/auth/password/change"),
    ]

    @pytest.mark.parametrize("csrf", [None, "", "x", "x" * 64, "x" * 5000, "\x00"], ids=ascii)
    @pytest.mark.parametrize(("who", "method", "path"), CALLS)
    def test_a_session_without_its_token_writes_nothing(self, target: Target, who: str, method: str, path: str, csrf: str | None) -> None:
        browser = target.world.browser(who, enforce_csrf_checks=True)
        headers = {} if csrf is None else {"X-CSRFToken": csrf}
        answer = browser.generic(method, target.path(path), '{"quantity": 5}', content_type="application/json", headers=headers)
        as_refused(answer, 403)
        target.assert_unchanged()

    @pytest.mark.parametrize("who", ["retailer", "vendor", "staff"])
    def test_anothers_token_is_none(self, target: Target, who: str) -> None:
        browser = target.world.browser(who, enforce_csrf_checks=True)
        browser.cookies["csrftoken"] = "a" * 32
        answer = browser.patch("/api/auth/me", '{"name": "Noor"}', content_type="application/json", headers={"X-CSRFToken": "b" * 32})
        as_refused(answer, 403)
        target.assert_unchanged()

    @pytest.mark.parametrize("origin", ["https://evil.test", "null", "http://localhost.evil.test", "http://evil.test:8000", "file://", "x"])
    def test_another_site_with_the_right_token_writes_nothing(self, target: Target, origin: str) -> None:
        browser = target.world.browser("retailer", enforce_csrf_checks=True)
        browser.cookies["csrftoken"] = "a" * 32
        headers = {"X-CSRFToken": "a" * 32, "Origin": origin}
        as_refused(browser.patch("/api/auth/me", '{"name": "Noor"}', content_type="application/json", headers=headers), 403)
        page = browser.post("/account", {"name": "Noor", "csrfmiddlewaretoken": "a" * 32}, headers={"Origin": origin})
        assert page.status_code == 403
        target.assert_unchanged()

    @pytest.mark.parametrize("origin", ["https://evil.test", "null", "http://localhost:3000.evil.test", "http://localhost:30000", "*", "x"])
    def test_another_sites_script_reads_nothing(self, target: Target, origin: str) -> None:
        for method in ("GET", "OPTIONS"):
            headers = {"Origin": origin, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}
            answer = target.api("retailer").generic(method, "/api/orders", headers=headers)
            assert "Access-Control-Allow-Origin" not in answer.headers
            assert "Access-Control-Allow-Credentials" not in answer.headers


class TestRates:
    LIMITS = [
        (limits.REGISTRATION, "POST", "/api/retailer/register", "{}", "anonymous"),
        (limits.REFRESH, "POST", "/api/auth/refresh", '{"refresh": "x"}', "anonymous"),
        (limits.PASSWORD_RESET, "POST", "/api/auth/password/reset", '{"email": "noone@shop.test"}', "anonymous"),
        (limits.PAYMENT_CONFIRM, "POST", "/api/payments/{payment}/confirm", '{"token": "tok_nothing"}', "retailer"),
        (limits.UPLOADS, "POST", "/api/products/import", "{}", "vendor"),
    ]

    @pytest.mark.parametrize(("limit", "method", "path", "body", "who"), LIMITS, ids=lambda value: getattr(value, "group", None))
    def test_each_says_when_to_come_back(self, target: Target, limit: limits.Limit, method: str, path: str, body: str, who: str) -> None:
        answers = [send(target.api(who), method, target.path(path), body) for _ in range(limit.scaled + 1)]
        assert {answer.status_code for answer in answers[:-1]}.isdisjoint({429}), [answer.status_code for answer in answers]
        self._assert_limited(answers[-1], limit)
        target.assert_unchanged(but=frozenset({"Notification", "Event", "Outbox"}))

    def test_a_forged_address_escapes_none(self, target: Target) -> None:
        for n in range(limits.REGISTRATION.scaled):
            headers = {"X-Forwarded-For": f"10.1.{n}.1, 10.2.{n}.2", "Forwarded": f"for=10.1.{n}.1", "X-Real-IP": f"10.1.{n}.1"}
            as_refused(send(APIClient(), "POST", "/api/retailer/register", "{}", headers=headers), 422)
        self._assert_limited(
            send(APIClient(), "POST", "/api/retailer/register", "{}", headers={"X-Forwarded-For": "9.9.9.9"}), limits.REGISTRATION
        )

    @pytest.mark.parametrize("forwarded", ["", "x", "10.0.0.1", "10.0.0.1, x", "[::1]", "' OR 1=1", "1" * 5000, ",,,,", "\x00"], ids=ascii)
    def test_behind_a_proxy_what_it_did_not_write_counts_for_nothing(self, target: Target, settings: Settings, forwarded: str) -> None:
        settings.TRUSTED_PROXIES = 1
        calls = limits.REGISTRATION.scaled
        for n in range(calls):
            headers = {"X-Forwarded-For": f"10.9.{n}.9, {forwarded}, 203.0.113.9"}
            as_refused(send(APIClient(), "POST", "/api/retailer/register", "{}", headers=headers), 422)
        last = send(APIClient(), "POST", "/api/retailer/register", "{}", headers={"X-Forwarded-For": "203.0.113.9"})
        self._assert_limited(last, limits.REGISTRATION)

    def test_of_an_account_holds_when_the_address_changes(self, target: Target) -> None:
        """Fifty a day, wherever they come from."""
        user = target.world.people["retailer"].user
        at = clock.now() - timedelta(hours=1)
        FailedSignIn.objects.bulk_create(FailedSignIn(account=account_key(user.email), address=f"10.0.0.{n}", at=at) for n in range(50))
        for address in ("198.51.100.1", "198.51.100.2", "2001:db8::1"):
            answer = sign_in(user, address=address)
            assert (answer.status_code, answer.json()["message"]) == (429, "Too many authentication attempts")

    def test_of_wrong_passwords_survives_the_loss_of_the_cache(self, target: Target) -> None:
        user = target.world.people["retailer"].user
        for _ in range(5):
            assert sign_in(user, "Wrong-Carton-1").status_code == 401
            cache.clear()
        assert sign_in(user).status_code == 429
        target.assert_unchanged(but=OF_SIGNING_IN | {"Event", "Outbox", "EventOrigin"})

    def test_a_limit_leaves_room_for_what_is_read_from_the_store(self, target: Target) -> None:
        """Stored pages cost nothing and are counted only when they are built."""
        for _ in range(limits.ANONYMOUS.scaled + 5):
            assert APIClient().get("/api/products").status_code == 200

    def _assert_limited(self, answer: Any, limit: limits.Limit) -> None:
        body = as_refused(answer, 429, code="rate_limited")
        assert body["message"] == "Rate limit exceeded"
        assert 1 <= body["retryAfter"] <= limit.seconds
        assert answer.headers["Retry-After"] == answer.headers["RateLimit-Reset"] == str(body["retryAfter"])
        assert (answer.headers["RateLimit-Limit"], answer.headers["RateLimit-Remaining"]) == (str(limit.scaled), "0")


def test_the_targets_are_what_the_cases_take_them_for(target: Target) -> None:
    """A case that refuses everybody would pass as well: the same calls, well made, are answered well."""
    assert target.api("retailer").put(target.path("/api/cart/items/{product}"), {"quantity": 5}, format="json").status_code == 200
    assert CartItem.objects.filter(product__pk=int(target.filled("<product>")[1:]), quantity=5).exists()
    body = {"change": 5, "reason": "Counted"}
    assert target.api("vendor").post(target.path("/api/products/{product}/stock"), body, format="json").status_code == 200
    refund = {"amount": "1.00", "reason": "Damaged"}
    assert target.api("staff").post(target.path("/api/payments/{taken}/refund"), refund, format="json").status_code == 200
    assert (
        target.api("driver").post(target.path("/api/deliveries/{delivery}/status"), {"status": "picked_up"}, format="json").status_code
        == 200
    )
    assert target.api("vendor").patch(target.path("/api/products/{product}"), {"price": "50.00"}, format="json").status_code == 200
    assert Product.objects.filter(price="50.00").exists()
    assert django_settings.RATELIMIT_ENABLE
    with pytest.raises(AssertionError):
        target.assert_unchanged()
