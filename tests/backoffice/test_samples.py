"""What people are told, shown to staff: every row of the table with an example, made by the code that sends, and nothing written."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from aqad.accounts.actions.passwords import reset_token_for
from aqad.audit.actions import record
from aqad.notifications.models import Mail, Notification
from aqad.notifications.rows import By
from aqad.notifications.table import TOLD
from tests.backoffice.given import a_trade, browser_of, queries_of, words
from tests.cast import Person
from tests.factories.people import UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.embedded]
SAMPLES = "/admin/notifications/mail/samples"
ROWS = [(verb, number, row) for verb, rows in TOLD.items() for number, row in enumerate(rows)]


def test_every_row_of_the_table_is_listed_and_opens(browser: Client) -> None:
    listed = words(browser.get(SAMPLES))
    assert [path for path in re.findall(rf'href="({SAMPLES}/[^"]+)"', listed)] == [f"{SAMPLES}/{verb}/{number}" for verb, number, _ in ROWS]
    for verb, number, row in ROWS:
        page, mail = browser.get(f"{SAMPLES}/{verb}/{number}"), browser.get(f"{SAMPLES}/{verb}/{number}/mail")
        assert page.status_code == 200
        assert row.kind in words(page)
        assert mail.status_code == (200 if By.MAIL in row.by else 404)
        if By.MAIL in row.by:
            assert re.search(rf'<iframe [^>]*src="{SAMPLES}/{verb}/{number}/mail" sandbox', words(page))
            assert "Hello " in words(page)
            assert "Hello " in words(mail)
            assert not re.search(r"[{}]", re.sub(r"<style>.*</style>", "", words(mail)))


def test_examples_are_made_up_until_something_has_happened(browser: Client, retailer: Person) -> None:
    assert "Sample Foods LLC accepted your order ORD1001." in words(browser.get(f"{SAMPLES}/orders.accepted/0"))
    order = a_trade(1)["order"]
    with transaction.atomic():
        record("orders.accepted", order, retailer.actor)
    html = words(browser.get(f"{SAMPLES}/orders.accepted/0"))
    assert f"{order.vendor_name} accepted your order {order.reference}." in html
    assert "made up" not in html


def test_a_mail_is_framed_by_us_alone_and_can_do_nothing(browser: Client) -> None:
    answer = browser.get(f"{SAMPLES}/orders.paid/0/mail")
    policy = answer.headers["Content-Security-Policy"]
    assert set(policy.split("; ")) == {"default-src 'none'", "style-src 'unsafe-inline'", "sandbox", "frame-ancestors 'self'"}
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"


def test_looking_writes_nothing(browser: Client) -> None:
    a_trade(1)
    before = Notification.objects.count(), Mail.objects.count()
    browser.get(SAMPLES)
    with CaptureQueriesContext(connection) as queries:
        for path in (SAMPLES, f"{SAMPLES}/orders.placed/0", f"{SAMPLES}/orders.placed/0/mail"):
            assert browser.get(path).status_code == 200
    assert [query["sql"] for query in queries if not query["sql"].startswith("SELECT")] == []
    assert (Notification.objects.count(), Mail.objects.count()) == before


def test_no_secret_link_is_shown(browser: Client, vendor: Person) -> None:
    with transaction.atomic():
        record("accounts.password_reset_requested", vendor.user, vendor.actor)
        record("vendors.rejected", vendor.of, vendor.actor)
    for sample, link in (("accounts.password_reset_requested", "/account/password/…"), ("vendors.rejected", "/vendor/application/…")):
        for path in (f"{SAMPLES}/{sample}/0", f"{SAMPLES}/{sample}/0/mail"):
            html = words(browser.get(path))
            assert link in html
            assert reset_token_for(vendor.user).rpartition("-")[2] not in html
            assert not re.search(r"/(password|application)/[\w-]", html)


@pytest.mark.parametrize("path", ["orders.paid/9", "orders.nothing/0", "orders.accepted/1/mail", "x/0/mail"])
def test_what_nobody_is_told_is_not_there(browser: Client, path: str) -> None:
    assert browser.get(f"{SAMPLES}/{path}").status_code == 404


def test_it_is_for_staff_who_may_see_mails(vendor: Person) -> None:
    colleague = Person(UserFactory(is_staff=True))
    for path in (SAMPLES, f"{SAMPLES}/orders.paid/0", f"{SAMPLES}/orders.paid/0/mail"):
        assert browser_of(colleague).get(path).status_code == 403
        assert browser_of(vendor).get(path).status_code == 302
        assert Client().get(path).status_code == 302


def test_the_way_there_stands_on_the_mails_pages(browser: Client, settings: Any, tmp_path: Path) -> None:
    settings.EMAIL_BACKEND, settings.MAIL_DIR = "aqad.core.mail.FolderBackend", tmp_path
    for path in ("/admin/notifications/mail/", "/admin/notifications/mail/folder"):
        assert f'href="{SAMPLES}"' in words(browser.get(path))


def test_more_events_need_no_more_queries(browser: Client, retailer: Person) -> None:
    order = a_trade(1)["order"]
    with transaction.atomic():
        record("orders.accepted", order, retailer.actor)
    before = queries_of(browser, SAMPLES)
    with transaction.atomic():
        for _ in range(5):
            record("orders.accepted", order, retailer.actor)
    assert queries_of(browser, SAMPLES) == before
