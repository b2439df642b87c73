"""Every page of the back office opens, is safe, asks the database a fixed number of questions, and is for staff only."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from aqad.accounts.models import User
from aqad.core.invariants import violations
from tests.backoffice.given import a_trade, browser_of, more_of, queries_of, words
from tests.cast import Person
from tests.factories.people import UserFactory

pytestmark = pytest.mark.django_db
LISTS = {
    "company": "accounts/company",
    "user": "accounts/user",
    "retailer": "retailers/retailer",
    "vendor": "vendors/vendor",
    "partner": "deliveries/deliverypartner",
    "delivery": "deliveries/delivery",
    "category": "catalog/category",
    "brand": "catalog/brand",
    "product": "catalog/product",
    "import": "catalog/productimport",
    "order": "orders/order",
    "payment": "payments/payment",
    "refund": "payments/refund",
    "message": "payments/gatewaymessage",
    "event": "audit/event",
    "notification": "notifications/notification",
    "mail": "notifications/mail",
}
NO_PAGES = ("catalog/stockmovement", "audit/outbox", "vendors/vendordocument")


def list_of(name: str) -> str:
    return f"/admin/{LISTS[name]}/"


def page_of(name: str, rows: dict[str, Any]) -> str:
    return f"{list_of(name)}{str(rows[name].pk).replace('_', '_5F')}/change/"


@pytest.mark.embedded
def test_every_page_opens_and_holds_the_content_security_policy(browser: Client) -> None:
    rows = a_trade(1)
    paths = ["/admin/", *(f"/admin/{path}/" for path in NO_PAGES)]
    paths += [path for name in LISTS for path in (list_of(name), page_of(name, rows))]
    for path in paths:
        answer = browser.get(path)
        assert answer.status_code == 200, path
        html = words(answer)
        assert "object-src 'none'" in answer.headers["Content-Security-Policy"]
        assert not re.search(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)", html), path
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=", html), path


@pytest.mark.parametrize("path", [*LISTS.values(), *NO_PAGES])
def test_a_list_asks_as_much_for_ten_rows_as_for_one(browser: Client, path: str) -> None:
    a_trade(1)
    before = queries_of(browser, f"/admin/{path}/")
    for number in range(2, 11):
        a_trade(number)
    assert queries_of(browser, f"/admin/{path}/") <= before + 1  # a date hierarchy that spans a minute more
    assert before < 20


@pytest.mark.parametrize("name", LISTS)
def test_a_page_asks_as_much_for_many_children_as_for_one(browser: Client, name: str) -> None:
    rows = a_trade(1)
    more_of(rows, 1)
    before = queries_of(browser, page_of(name, rows))
    for number in range(2, 11):
        more_of(rows, number)
    assert queries_of(browser, page_of(name, rows)) == before
    assert before < 30


@pytest.mark.embedded
def test_companies_get_nowhere_near_it_even_if_flagged_as_staff(vendor: Person, retailer: Person, driver: Person) -> None:
    rows = a_trade(1)
    for person in (vendor, retailer, driver):
        User.objects.filter(pk=person.user.pk).update(is_staff=True, is_superuser=True)
        client = browser_of(person)
        for path in [
            "/admin/",
            *(path for name in LISTS for path in (list_of(name), page_of(name, rows))),
            "/admin/notifications/mail/folder",
        ]:
            assert client.get(path).url.startswith(reverse("admin:login")), path
        assert client.post(f"{list_of('order')}{rows['order'].pk}/do/cancel", {"reason": "Mine"}).status_code == 302
        assert client.post(f"{list_of('user')}do/hire", {"name": "X", "email": "x@aqad.test"}).status_code == 302
    rows["order"].refresh_from_db()
    assert rows["order"].status == "ready"
    assert not User.objects.filter(email="x@aqad.test").exists()


def test_staff_without_rights_see_no_list_and_press_no_button() -> None:
    rows = a_trade(1)
    client = browser_of(Person(UserFactory(is_staff=True)))
    for name in LISTS:
        assert client.get(list_of(name)).status_code == 403
        assert client.get(page_of(name, rows)).status_code == 403
    assert client.post(f"{list_of('order')}{rows['order'].pk}/do/cancel", {"reason": "x"}).status_code == 403
    assert client.post(f"{list_of('brand')}do/add", {"name": "x"}).status_code == 403
    assert "ready orders" not in words(client.get("/admin/"))


def test_staff_who_may_only_look_are_offered_nothing() -> None:
    rows = a_trade(1)
    person = Person(UserFactory(is_staff=True))
    person.user.user_permissions.add(*Permission.objects.filter(codename__startswith="view_"))
    client = browser_of(person)
    for name in LISTS:
        for path in (list_of(name), page_of(name, rows)):
            assert "/do/" not in words(client.get(path)), path
    assert client.post(f"{list_of('payment')}{rows['payment'].pk}/do/refund", {"amount": "1.00", "reason": "x"}).status_code == 403


@pytest.mark.parametrize("name", LISTS)
def test_nothing_is_added_changed_or_deleted_by_hand(browser: Client, name: str) -> None:
    rows = a_trade(1)
    model = type(rows[name])
    before = list(model.objects.order_by("pk").values())
    stem = page_of(name, rows).removesuffix("change/")
    assert browser.post(f"{list_of(name)}add/", {}).status_code == 403
    assert browser.post(f"{stem}delete/", {"post": "yes"}).status_code == 403
    browser.post(list_of(name), {"action": "delete_selected", "_selected_action": [rows[name].pk], "post": "yes"})
    browser.post(f"{stem}change/", {"status": "paid", "amount": "1", "is_staff": "on", "is_superuser": "on", "password": "x", "_save": "1"})
    assert list(model.objects.order_by("pk").values()) == before
    assert 'name="_save"' not in words(browser.get(f"{stem}change/"))


def test_no_list_offers_a_bulk_action(browser: Client) -> None:
    a_trade(1)
    for path in [*LISTS.values(), *NO_PAGES]:
        assert 'name="action"' not in words(browser.get(f"/admin/{path}/")), path


def test_every_list_of_ours_is_read_only() -> None:
    ours = {model._meta.label_lower.replace(".", "/") for model in admin.site._registry}
    assert ours == {*LISTS.values(), *NO_PAGES, "auth/group"}


def test_looking_breaks_no_promise(browser: Client) -> None:
    assert {name: rows for name, rows in violations() if rows} == {}
