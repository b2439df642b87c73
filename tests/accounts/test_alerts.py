"""What the owner of an account hears of at once: by mail and by the bell, in case that it was somebody else."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from rest_framework.test import APIClient

from aqad.accounts.actions.sessions import forget_expired
from aqad.accounts.models import KnownDevice
from aqad.audit.actions import work_off
from aqad.audit.models import Event
from aqad.core import clock
from aqad.notifications.models import Mail, Notification
from tests.accounts.given import ADDRESS, LOGIN, OTHER_ADDRESS, code, with_second_factor
from tests.cast import Person
from tests.factories.people import PASSWORD

pytestmark = [pytest.mark.embedded, pytest.mark.django_db]
PHONE = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/{} Mobile Safari/537.36"
DESK = "Mozilla/5.0 (Windows NT 10.0) Gecko/20100101 Firefox/131.0"


def sign_in_with(person: Person, agent: str, address: str = ADDRESS, **more: str) -> Any:
    body = {"email": person.user.email, "password": PASSWORD, **more}
    answer = APIClient(headers={"user-agent": agent}).post(LOGIN, body, format="json", REMOTE_ADDR=address)
    assert answer.status_code == 200, answer.content
    return answer


def alerts(person: Person) -> list[str]:
    """The subjects of the mails, which the bell has said too."""
    work_off()
    mails = Mail.objects.filter(user=person.user, kind="security_alert").order_by("pk")
    assert Notification.objects.filter(user=person.user, kind="security_alert").count() == mails.count()
    return [mail.subject for mail in mails]


class TestANewDevice:
    def test_the_very_first_sign_in_is_no_surprise(self, vendor: Person) -> None:
        sign_in_with(vendor, PHONE.format(130))
        assert alerts(vendor) == []

    def test_another_device_is_told_with_what_is_known_of_it(self, vendor: Person) -> None:
        sign_in_with(vendor, PHONE.format(130))
        sign_in_with(vendor, DESK)
        assert alerts(vendor) == ["New sign-in to your account"]
        mail = Mail.objects.get(kind="security_alert")
        assert "Firefox on Windows" in mail.text
        assert ADDRESS in mail.text
        assert "/account/devices" in mail.text
        assert mail.recipient == vendor.user.email
        assert ADDRESS not in str(Event.objects.get(verb="accounts.new_device").facts)

    def test_another_address_is_told_too(self, vendor: Person) -> None:
        sign_in_with(vendor, DESK)
        sign_in_with(vendor, DESK, OTHER_ADDRESS)
        assert alerts(vendor) == ["New sign-in to your account"]

    def test_a_known_one_and_a_newer_browser_are_not(self, vendor: Person) -> None:
        for agent in (PHONE.format(130), DESK, PHONE.format(131), DESK):
            sign_in_with(vendor, agent)
        assert len(alerts(vendor)) == 1

    def test_a_browsers_session_is_looked_at_alike(self, vendor: Person) -> None:
        sign_in_with(vendor, DESK)
        form = {"email": vendor.user.email, "password": PASSWORD}
        for agent in (DESK, PHONE.format(130)):
            Client(headers={"user-agent": agent}).post("/sign-in", form, REMOTE_ADDR=ADDRESS)
        assert len(alerts(vendor)) == 1

    def test_what_is_new_for_one_person_may_be_known_of_another(self, vendor: Person, rival_vendor: Person) -> None:
        sign_in_with(rival_vendor, DESK)
        sign_in_with(vendor, PHONE.format(130))
        sign_in_with(vendor, DESK)
        assert (len(alerts(vendor)), alerts(rival_vendor)) == (1, [])

    def test_a_failed_sign_in_makes_nothing_known(self, vendor: Person) -> None:
        APIClient().post(LOGIN, {"email": vendor.user.email, "password": "Not-The-Password-1"}, format="json")
        assert not KnownDevice.objects.exists()

    def test_a_device_is_forgotten_after_a_year(self, vendor: Person) -> None:
        sign_in_with(vendor, DESK)
        with time_machine.travel(clock.now() + timedelta(days=200)):
            sign_in_with(vendor, DESK)
        with time_machine.travel(clock.now() + timedelta(days=400)):
            forget_expired()
            assert KnownDevice.objects.count() == 1

    def test_no_address_is_stored_with_it(self, vendor: Person) -> None:
        sign_in_with(vendor, DESK)
        assert ADDRESS not in str(KnownDevice.objects.values().get())


def test_a_change_of_password_is_told(vendor: Person) -> None:
    vendor.api.post("/api/auth/password/change", {"old_password": PASSWORD, "new_password": "Another-Carton-7"}, format="json")
    assert alerts(vendor) == ["Your password was changed"]


def test_a_used_recovery_code_is_told_with_how_many_are_left(vendor: Person) -> None:
    first, _second = with_second_factor(vendor.user, recovery_codes=2)
    sign_in_with(vendor, DESK, otp=first)
    assert alerts(vendor) == ["A recovery code was used"]
    assert "left: 1." in Mail.objects.get(kind="security_alert").text


def test_the_second_factor_turned_off_and_removed_are_told(vendor: Person, staff: Person) -> None:
    with_second_factor(vendor.user)
    browser = Client()
    browser.force_login(vendor.user)
    browser.post("/account/second-factor/off", {"password": PASSWORD, "otp": code()})
    with_second_factor(vendor.user)
    office = Client()
    office.force_login(staff.user)
    office.post(f"/admin/accounts/user/{vendor.user.pk}/do/remove-second-factor")
    assert alerts(vendor) == ["Your second factor is off", "AQAD removed your second factor"]
    assert alerts(staff) == []
