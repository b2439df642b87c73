"""The second factor on pages: the code at sign-in, setting it up, its recovery codes, turning it off; a lost phone in the admin."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.test import Client
from pytest_django import Settings

from aqad.accounts.actions.proving import secret_of
from aqad.accounts.models import FailedSignIn, RecoveryCode, SecondFactor, TokenFamily, User
from aqad.audit.models import Event
from aqad.core import clock
from tests.accounts.given import ADDRESS, ask_with, code, sign_in, tokens_of, with_second_factor, wrong_code
from tests.browsing import browser_of, text_of
from tests.cast import Person
from tests.factories.people import PASSWORD, UserFactory

pytestmark = [pytest.mark.embedded, pytest.mark.django_db]
PAGE, ON, OFF, CODES = (f"/account/second-factor{rest}" for rest in ("", "/on", "/off", "/codes"))
WRONG = "Wrong-Carton-1"
RECOVERY = re.compile(r"<bdi>((?:[a-z2-7]{4}-){3}[a-z2-7]{4})</bdi>")


def recorded(verb: str, user: User) -> int:
    return Event.objects.filter(verb=f"accounts.{verb}", subject=f"user:{user.pk}").count()


class TestSigningIn:
    def first_half(self, person: Person, browser: Client, **form: str) -> Any:
        return browser.post("/sign-in", {"email": person.user.email, "password": PASSWORD, **form}, REMOTE_ADDR=ADDRESS)

    def half_of(self, answer: Any) -> str:
        found = re.search(r'name="half" value="([^"]+)"', text_of(answer))
        assert found is not None
        return found[1]

    def second_half(self, browser: Client, half: str, otp: str, **form: str) -> Any:
        return browser.post("/sign-in/code", {"half": half, "otp": otp, **form}, REMOTE_ADDR=ADDRESS)

    def test_asks_for_the_code_on_a_page_of_its_own_and_goes_on(self, vendor: Person) -> None:
        with_second_factor(vendor.user)
        browser = Client()
        asked = self.first_half(vendor, browser, next="/orders?status=ready")
        assert "Enter your code" in text_of(asked)
        assert 'name="next" value="/orders?status=ready"' in text_of(asked)
        assert "_auth_user_id" not in browser.session
        answer = self.second_half(browser, self.half_of(asked), code(), next="/orders?status=ready")
        assert (answer.status_code, answer.headers["Location"]) == (302, "/orders?status=ready")
        assert browser.get("/api/auth/me").json()["email"] == vendor.user.email
        assert recorded("signed_in", vendor.user) == 1

    def test_a_wrong_code_asks_again_and_counts_as_a_guess(self, vendor: Person) -> None:
        with_second_factor(vendor.user)
        browser = Client()
        half = self.half_of(self.first_half(vendor, browser))
        again = self.second_half(browser, half, wrong_code())
        assert again.status_code == 401
        assert "This code is not right, or was used already." in text_of(again)
        assert self.half_of(again) == half
        assert FailedSignIn.objects.count() == 1
        assert self.second_half(browser, half, code()).status_code == 302

    def test_guesses_are_limited(self, vendor: Person) -> None:
        with_second_factor(vendor.user)
        browser = Client()
        half = self.half_of(self.first_half(vendor, browser))
        answers = [self.second_half(browser, half, wrong_code()).status_code for _ in range(6)]
        assert answers == [401] * 5 + [429]
        assert self.second_half(browser, half, code()).status_code == 429
        assert "_auth_user_id" not in browser.session

    def test_the_first_half_is_worth_nothing_after_ten_minutes_or_a_change_of_password(self, vendor: Person) -> None:
        with_second_factor(vendor.user)
        browser = Client()
        half = self.half_of(self.first_half(vendor, browser))
        with time_machine.travel(clock.now() + timedelta(minutes=10, seconds=2)):
            late = self.second_half(browser, half, code())
        assert late.status_code == 409
        assert "That took too long; please sign in from the start." in text_of(late)
        User.objects.filter(pk=vendor.user.pk).update(token_version=2)
        assert self.second_half(browser, half, code()).status_code == 409
        assert "_auth_user_id" not in browser.session

    def test_a_forged_first_half_opens_nothing(self, vendor: Person, rival_vendor: Person) -> None:
        with_second_factor(vendor.user)
        with_second_factor(rival_vendor.user)
        browser = Client()
        number, made, signature = self.half_of(self.first_half(vendor, browser)).split("-")
        rival = self.half_of(self.first_half(rival_vendor, browser)).split("-")[0]
        for forged in ("x", f"{rival}-{made}-{signature}", f"{number}-zzzzzz-{signature}", f"{number}-{made}-{'0' * 64}"):
            assert self.second_half(browser, forged, code()).status_code == 409
        assert "_auth_user_id" not in browser.session

    def test_a_mailed_link_for_a_password_is_no_first_half(self, vendor: Person) -> None:
        from aqad.accounts.actions.passwords import reset_token_for

        with_second_factor(vendor.user)
        assert self.second_half(Client(), reset_token_for(vendor.user), code()).status_code == 409


class TestSettingUp:
    def begun(self, person: Person) -> tuple[Client, str]:
        """Its browser, and the secret that its app has read."""
        browser = browser_of(person)
        assert browser.post(PAGE, follow=True).redirect_chain == [(PAGE, 302)]
        return browser, secret_of(SecondFactor.objects.get(user=person.user))

    def test_looking_makes_nothing(self, vendor: Person) -> None:
        assert "Set it up" in text_of(browser_of(vendor).get(PAGE))
        assert not SecondFactor.objects.exists()

    def test_shows_the_square_and_the_key_without_any_style_or_script(self, vendor: Person) -> None:
        browser, secret = self.begun(vendor)
        page = text_of(browser.get(PAGE))
        assert " ".join(secret[start : start + 4] for start in range(0, len(secret), 4)) in page
        assert f"secret={secret}" in page
        drawn = re.search(r"<svg[^>]*class=\"square\".*?</svg>", page, re.DOTALL)
        assert drawn is not None
        assert not re.search(r"style|script|\son\w+=", drawn[0])

    def test_the_right_code_turns_it_on_and_shows_ten_recovery_codes_once(self, vendor: Person) -> None:
        browser, secret = self.begun(vendor)
        answer = browser.post(ON, {"password": PASSWORD, "otp": code(secret=secret)})
        shown = RECOVERY.findall(answer.content.decode())
        assert len(set(shown)) == 10
        assert RecoveryCode.objects.filter(used_at=None).count() == 10
        assert recorded("second_factor_on", vendor.user) == 1
        assert not RECOVERY.search(browser.get(PAGE).content.decode())
        assert sign_in(vendor.user).json()["code"] == "otp_required"
        assert sign_in(vendor.user, otp=shown[0]).status_code == 200
        assert "9 recovery codes are left" in text_of(browser.get(PAGE))

    def test_the_code_that_turned_it_on_opens_nothing(self, vendor: Person) -> None:
        browser, secret = self.begun(vendor)
        digits = code(secret=secret)
        browser.post(ON, {"password": PASSWORD, "otp": digits})
        assert sign_in(vendor.user, otp=digits).status_code == 401

    @pytest.mark.parametrize(("form", "field"), [({"password": WRONG}, "password"), ({"otp": "000000"}, "otp")])
    def test_refuses_a_wrong_password_and_a_wrong_code(self, vendor: Person, form: dict[str, str], field: str) -> None:
        browser, secret = self.begun(vendor)
        SecondFactor.objects.update(created_at=clock.now())
        otp = code(secret=secret)
        if form.get("otp") in {code(later, secret) for later in (-1, 0, 1)}:
            form = {"otp": "000001"}
        answer = browser.post(ON, {"password": PASSWORD, "otp": otp, **form})
        assert answer.status_code == 422
        assert f'id="{field}-wrong"' in text_of(answer)
        assert not SecondFactor.objects.get().is_on
        assert not RecoveryCode.objects.exists()
        assert recorded("second_factor_on", vendor.user) == 0

    def test_every_other_sign_in_ends_and_this_one_stays(self, vendor: Person) -> None:
        elsewhere, other = tokens_of(vendor.user), browser_of(vendor)
        browser, secret = self.begun(vendor)
        browser.post(ON, {"password": PASSWORD, "otp": code(secret=secret)})
        assert ask_with(elsewhere["access"]).status_code == 401
        assert other.get("/api/auth/me").status_code == 401
        assert browser.get("/api/auth/me").status_code == 200

    def test_another_square_makes_the_first_worthless(self, vendor: Person) -> None:
        browser, first = self.begun(vendor)
        browser.post(PAGE)
        answer = browser.post(ON, {"password": PASSWORD, "otp": code(secret=first)})
        assert answer.status_code == 422
        assert not SecondFactor.objects.get().is_on

    def test_one_that_is_on_is_not_begun_anew(self, vendor: Person) -> None:
        with_second_factor(vendor.user)
        before = SecondFactor.objects.get().secret
        browser = browser_of(vendor)
        assert browser.post(PAGE).status_code == 409
        assert browser.post(ON, {"password": PASSWORD, "otp": code()}).status_code == 409
        assert SecondFactor.objects.get().secret == before


class TestTurningOff:
    def test_needs_password_and_code(self, vendor: Person) -> None:
        with_second_factor(vendor.user)
        browser = browser_of(vendor)
        for form, field in (({"password": WRONG, "otp": code()}, "password"), ({"password": PASSWORD, "otp": wrong_code()}, "otp")):
            answer = browser.post(OFF, form)
            assert (answer.status_code, f'id="{field}-wrong"' in text_of(answer)) == (422, True)
        assert SecondFactor.objects.exists()
        assert FailedSignIn.objects.count() == 2
        assert browser.post(OFF, {"password": PASSWORD, "otp": code()}, follow=True).redirect_chain == [("/account", 302)]
        assert not SecondFactor.objects.exists()
        assert recorded("second_factor_off", vendor.user) == 1
        assert sign_in(vendor.user).status_code == 200

    def test_a_used_code_turns_nothing_off(self, vendor: Person) -> None:
        with_second_factor(vendor.user)
        digits = code()
        assert sign_in(vendor.user, otp=digits).status_code == 200
        assert browser_of(vendor).post(OFF, {"password": PASSWORD, "otp": digits}).status_code == 422
        assert SecondFactor.objects.exists()

    def test_staff_who_must_have_one_cannot(self, staff: Person, settings: Settings) -> None:
        settings.STAFF_TWO_FACTOR = True
        with_second_factor(staff.user)
        browser = browser_of(staff)
        assert "Turn the second factor off" not in text_of(browser.get(PAGE))
        assert browser.post(OFF, {"password": PASSWORD, "otp": code()}).status_code == 409
        assert SecondFactor.objects.exists()


def test_new_recovery_codes_replace_the_old_ones(vendor: Person) -> None:
    old = with_second_factor(vendor.user, recovery_codes=3)
    answer = browser_of(vendor).post(CODES, {"password": PASSWORD, "otp": code()})
    shown = RECOVERY.findall(answer.content.decode())
    assert len(shown) == RecoveryCode.objects.count() == 10
    assert recorded("recovery_codes_renewed", vendor.user) == 1
    assert sign_in(vendor.user, otp=old[0]).status_code == 401
    assert sign_in(vendor.user, otp=shown[9]).status_code == 200


class TestALostPhone:
    def press(self, person: Person, staff: Person) -> Any:
        return browser_of(staff).post(f"/admin/accounts/user/{person.user.pk}/do/remove-second-factor", follow=True)

    def test_staff_remove_the_factor_and_every_sign_in_ends(self, vendor: Person, staff: Person) -> None:
        with_second_factor(vendor.user, recovery_codes=1)
        browser, tokens = browser_of(vendor), sign_in(vendor.user, otp=code()).json()
        assert "The second factor is removed" in text_of(self.press(vendor, staff))
        assert not SecondFactor.objects.exists()
        assert not RecoveryCode.objects.exists()
        event = Event.objects.get(verb="accounts.second_factor_removed")
        assert (event.subject, event.actor, event.via) == (f"user:{vendor.user.pk}", f"Staff {staff.user.pk}", "admin")
        assert browser.get("/api/auth/me").status_code == 401
        assert ask_with(tokens["access"]).status_code == 401
        assert sign_in(vendor.user).status_code == 200

    def test_never_their_own(self, staff: Person) -> None:
        with_second_factor(staff.user)
        assert "is turned off on the page of your account" in text_of(self.press(staff, staff))
        assert SecondFactor.objects.get().is_on

    def test_a_superusers_only_by_another(self, staff: Person) -> None:
        clerk = UserFactory(is_staff=True)
        clerk.user_permissions.set(Permission.objects.filter(codename__in=["view_user", "change_user"]))
        with_second_factor(staff.user)
        self.press(staff, Person(clerk))
        assert SecondFactor.objects.get().is_on
        assert recorded("second_factor_removed", staff.user) == 0

    def test_the_button_stands_only_where_there_is_one(self, vendor: Person, staff: Person) -> None:
        page = f"/admin/accounts/user/{vendor.user.pk}/change/"
        assert "remove-second-factor" not in text_of(browser_of(staff).get(page))
        with_second_factor(vendor.user)
        assert "remove-second-factor" in text_of(browser_of(staff).get(page))


class TestStaffWhoMustHaveOne:
    @pytest.fixture(autouse=True)
    def _demanded(self, settings: Settings) -> None:
        settings.STAFF_TWO_FACTOR = True

    @pytest.mark.parametrize("page", ["/", "/admin/", "/dashboard", "/account", "/admin/accounts/user/?q=a"])
    def test_are_led_to_set_one_up_before_anything_else(self, staff: Person, page: str) -> None:
        browser = browser_of(staff)
        answer = browser.get(page, follow=True)
        assert answer.redirect_chain[0][0].startswith(f"{PAGE}?next=")
        assert "AQAD's staff need a second factor" in text_of(answer).replace("&#x27;", "'")

    def test_go_on_where_they_wanted_once_it_is_on(self, staff: Person) -> None:
        browser = browser_of(staff)
        browser.post(PAGE, {"next": "/admin/accounts/user/"})
        secret = secret_of(SecondFactor.objects.get())
        answer = browser.post(ON, {"password": PASSWORD, "otp": code(secret=secret), "next": "/admin/accounts/user/"})
        assert 'href="/admin/accounts/user/"' in text_of(answer)
        assert browser.get("/admin/accounts/user/").status_code == 200

    def test_may_sign_out(self, staff: Person) -> None:
        assert browser_of(staff).post("/sign-out").headers["Location"] == "/sign-in"

    def test_can_change_nothing_meanwhile(self, staff: Person, vendor: Person) -> None:
        browser_of(staff).post(f"/admin/accounts/user/{vendor.user.pk}/do/deactivate")
        assert User.objects.get(pk=vendor.user.pk).is_active

    def test_are_refused_by_the_api_at_the_door_and_with_an_old_token_or_session(self, staff: Person) -> None:
        browser = browser_of(staff)
        for answer in (sign_in(staff.user), staff.api.get("/api/users"), browser.get("/api/users")):
            assert (answer.status_code, answer.json()["code"]) == (403, "otp_required")
            assert "set it up on the page of your account" in answer.json()["message"]
        assert not TokenFamily.objects.filter(is_session=False).exclude(pk=_family_of(staff)).exists()

    def test_with_one_they_work_as_always(self, staff: Person) -> None:
        with_second_factor(staff.user)
        access = sign_in(staff.user, otp=code()).json()["access"]
        assert ask_with(access).status_code == 200
        assert browser_of(staff).get("/admin/").status_code == 200

    def test_others_are_asked_for_nothing(self, vendor: Person) -> None:
        assert sign_in(vendor.user).status_code == 200
        assert browser_of(vendor).get("/dashboard").status_code == 200


def _family_of(person: Person) -> Any:
    return TokenFamily.objects.filter(user=person.user, is_session=False).latest("created_at").pk
