"""The admin is entered by the one sign-in page, with the same check and the same limits as the API."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.test import Client

from aqad.accounts.models import FailedSignIn
from aqad.audit.models import Event
from tests.accounts.given import ADDRESS, sign_in
from tests.cast import Person
from tests.factories.people import PASSWORD

pytestmark = [pytest.mark.embedded, pytest.mark.django_db]
ADMIN, FORM, PAGE = "/admin/", "/admin/login/", "/sign-in"


def try_admin(person: Person, password: str = PASSWORD) -> tuple[Client, Any]:
    browser = Client()
    form = {"email": person.user.email, "password": password, "next": ADMIN}
    return browser, browser.post(PAGE, form, REMOTE_ADDR=ADDRESS)


def test_the_admins_own_form_is_none(staff: Person) -> None:
    browser = Client()
    sent = {"username": staff.user.email, "password": PASSWORD}
    for answer in (browser.get(FORM, {"next": "/admin/orders/"}), browser.post(f"{FORM}?next=/admin/orders/", sent)):
        assert (answer.status_code, answer.headers["Location"]) == (302, "/sign-in?next=%2Fadmin%2Forders%2F")
    assert "_auth_user_id" not in browser.session
    assert not Event.objects.filter(verb="accounts.signed_in").exists()


def test_whoever_is_there_already_goes_on_and_never_elsewhere(staff: Person) -> None:
    browser, _ = try_admin(staff)
    assert browser.get(FORM, {"next": "/admin/orders/"}).headers["Location"] == "/admin/orders/"
    assert browser.get(FORM, {"next": "//evil.test"}).headers["Location"] == ADMIN


def test_staff_get_into_the_admin_with_one_event(staff: Person) -> None:
    browser, answer = try_admin(staff)
    assert (answer.status_code, answer.headers["Location"]) == (302, ADMIN)
    assert browser.get(ADMIN).status_code == 200
    event = Event.objects.get(verb__startswith="accounts.sign")
    assert (event.verb, event.actor, event.via) == ("accounts.signed_in", f"Staff {staff.user.pk}", "web")


@pytest.mark.parametrize("who", ["vendor", "retailer", "driver"])
def test_nobody_else_does(who: str, request: pytest.FixtureRequest) -> None:
    browser, _ = try_admin(request.getfixturevalue(who))
    answer = browser.get(ADMIN, follow=True)
    assert answer.status_code == 403
    assert [url for url, _ in answer.redirect_chain] == [f"{FORM}?next={ADMIN}"]


def test_the_admin_and_the_api_share_their_limits(staff: Person) -> None:
    for _ in range(3):
        assert try_admin(staff, "Wrong-Carton-1")[1].status_code == 401
    for _ in range(2):
        sign_in(staff.user, "Wrong-Carton-1")
    browser, refused = try_admin(staff)
    assert refused.status_code == 429
    assert "Too many authentication attempts" in refused.content.decode()
    assert int(refused.headers["Retry-After"]) > 0
    assert "_auth_user_id" not in browser.session
    assert FailedSignIn.objects.count() == 5


def test_a_deactivated_member_of_staff_loses_the_session(staff: Person) -> None:
    browser, _ = try_admin(staff)
    staff.user.is_active = False
    staff.user.save(update_fields=["is_active"])
    assert browser.get(ADMIN).status_code == 302


def test_a_session_costs_one_query_to_know_who_asks(staff: Person, django_assert_num_queries: Any) -> None:
    browser, _ = try_admin(staff)
    browser.get("/api/auth/me")
    with django_assert_num_queries(1):
        assert browser.get("/api/auth/me").status_code == 200


def test_a_command_may_check_a_password_too(staff: Person) -> None:
    assert authenticate(username=staff.user.email, password=PASSWORD) == staff.user
    assert authenticate(email=staff.user.email, password=PASSWORD) == staff.user
    assert authenticate(username=staff.user.email, password="Wrong-Carton-1") is None
    assert authenticate(username=staff.user.email) is None
