"""Another e-mail for an account: asked for with the password, in force once the mailed link was used, and not before."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from aqad.accounts.actions.email import confirm, token_for
from aqad.accounts.actions.passwords import reset_token_for
from aqad.accounts.models import EmailChange, FailedSignIn, TokenFamily, User
from aqad.audit.actions import work_off
from aqad.audit.models import Event
from aqad.core import clock
from aqad.core.actor import Actor
from aqad.core.errors import Refusal
from aqad.notifications.models import Mail, Notification
from tests.accounts.given import code, sign_in, together, with_second_factor
from tests.browsing import browser_of, text_of
from tests.cast import Person
from tests.factories.people import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db
PAGE, NEW = "/account/email", "ahmed@new.test"


def ask(person: Person, browser: Client | None = None, **form: str) -> Any:
    return (browser or browser_of(person)).post(PAGE, {"email": NEW, "password": PASSWORD, **form})


def email_of(person: Person) -> str:
    return User.objects.get(pk=person.user.pk).email


def link_of(person: Person) -> str:
    """As it stands in the mail to the new address."""
    work_off()
    mail = Mail.objects.filter(user=person.user, kind="email_confirmation").latest("pk")
    found = next(word for word in mail.text.split() if "/account/email/" in word)
    return found[found.index("/account/email/") :].rstrip(".")


@pytest.mark.embedded
class TestAsking:
    def test_mails_a_link_to_the_new_address_and_a_notice_to_the_old_one(self, vendor: Person) -> None:
        before = vendor.user.email
        assert ask(vendor, email=NEW.upper()).headers["Location"] == "/account"
        link = link_of(vendor)
        assert sorted(Mail.objects.values_list("recipient", "kind")) == sorted([(NEW, "email_confirmation"), (before, "security_alert")])
        notice = Mail.objects.get(kind="security_alert")
        assert NEW not in notice.text + notice.html
        assert link not in notice.text
        assert Notification.objects.get().kind == "security_alert"
        assert NEW not in str(list(Event.objects.values()))

    def test_nothing_changes_before_the_link_is_used(self, vendor: Person) -> None:
        before = vendor.user.email
        browser = browser_of(vendor)
        ask(vendor, browser)
        assert email_of(vendor) == before
        assert sign_in(before).status_code == 200
        assert sign_in(NEW).status_code == 401
        assert NEW in text_of(browser.get("/account"))

    @pytest.mark.parametrize(
        ("form", "field"), [({"password": "Wrong-Carton-1"}, "password"), ({"email": "abc"}, "email"), ({"email": ""}, "email")]
    )
    def test_refuses_a_wrong_password_and_what_is_no_address(self, vendor: Person, form: dict[str, str], field: str) -> None:
        answer = ask(vendor, **form)
        assert (answer.status_code, f'id="{field}-wrong"' in text_of(answer)) == (422, True)
        assert not EmailChange.objects.exists()
        assert FailedSignIn.objects.count() == (field == "password")

    def test_refuses_an_address_that_is_taken_the_own_one_too(self, vendor: Person, rival_vendor: Person) -> None:
        for taken in (rival_vendor.user.email.upper(), vendor.user.email):
            assert "This e-mail is already in use." in text_of(ask(vendor, email=taken))
        assert not EmailChange.objects.exists()

    def test_guesses_at_the_password_are_limited(self, vendor: Person) -> None:
        browser = browser_of(vendor)
        assert [ask(vendor, browser, password="Wrong-Carton-1").status_code for _ in range(6)] == [422] * 5 + [429]

    def test_five_times_an_hour_and_no_more(self, vendor: Person) -> None:
        browser = browser_of(vendor)
        answers = [ask(vendor, browser, email=f"ahmed{number}@new.test").status_code for number in range(6)]
        assert answers == [302] * 5 + [429]
        assert Event.objects.filter(verb="accounts.email_change_requested").count() == 5

    def test_a_second_factor_is_to_be_proved_too(self, vendor: Person) -> None:
        with_second_factor(vendor.user)
        browser = browser_of(vendor)
        TokenFamily.objects.update(proved_at=clock.now() - timedelta(hours=1))
        refused = ask(vendor, browser)
        assert (refused.status_code, "confirm with a new code" in text_of(refused)) == (403, True)
        assert not EmailChange.objects.exists()
        assert ask(vendor, browser, otp=code()).status_code == 302


@pytest.mark.embedded
class TestConfirming:
    def test_the_link_changes_it_for_whoever_holds_it_and_works_once(self, vendor: Person) -> None:
        before = vendor.user.email
        ask(vendor)
        link = link_of(vendor)
        assert "Yes, this is my e-mail" in text_of(Client().get(link))
        assert email_of(vendor) == before
        assert Client().post(link).headers["Location"] == "/sign-in"
        assert email_of(vendor) == NEW
        assert sign_in(NEW).status_code == 200
        assert sign_in(before).status_code == 401
        assert Event.objects.get(verb="accounts.email_changed").actor == f"Vendor {vendor.of.reference}"
        again = Client().post(link)
        assert (again.status_code, "This link cannot be used any more" in text_of(again)) == (422, True)

    def test_it_is_told_to_the_new_address(self, vendor: Person) -> None:
        ask(vendor)
        Client().post(link_of(vendor))
        work_off()
        assert Mail.objects.filter(recipient=NEW).latest("pk").subject == "Your e-mail was changed"

    def test_it_dies_after_a_day(self, vendor: Person) -> None:
        ask(vendor)
        link = link_of(vendor)
        with time_machine.travel(clock.now() + timedelta(hours=24, seconds=2)):
            assert Client().post(link).status_code == 422
        with time_machine.travel(clock.now() + timedelta(hours=23, minutes=59)):
            assert Client().post(link).status_code == 302

    def test_another_request_makes_the_first_link_worthless(self, vendor: Person) -> None:
        browser = browser_of(vendor)
        ask(vendor, browser, email="slip@new.test")
        slip = link_of(vendor)
        ask(vendor, browser)
        assert Client().post(slip).status_code == 422
        assert Client().post(link_of(vendor)).status_code == 302
        assert email_of(vendor) == NEW

    def test_a_change_of_password_makes_it_worthless(self, vendor: Person) -> None:
        before = vendor.user.email
        ask(vendor)
        link = link_of(vendor)
        Client().post(f"/account/password/{reset_token_for(User.objects.get(pk=vendor.user.pk))}", {"password": "Another-Carton-7"})
        assert Client().post(link).status_code == 422
        assert email_of(vendor) == before

    def test_an_address_that_was_taken_meanwhile_is_refused(self, vendor: Person) -> None:
        before = vendor.user.email
        ask(vendor)
        link = link_of(vendor)
        UserFactory(email=NEW)
        answer = Client().post(link)
        assert (answer.status_code, "This e-mail is already in use." in text_of(answer)) == (422, True)
        assert email_of(vendor) == before

    def test_refuses_what_was_not_mailed(self, vendor: Person, rival_vendor: Person) -> None:
        ask(vendor)
        number, made, signature = link_of(vendor).rpartition("/")[2].split("-")
        rival = reset_token_for(rival_vendor.user).split("-")[0]
        reset = reset_token_for(User.objects.get(pk=vendor.user.pk))
        for forged in ("x", "--", reset, f"{rival}-{made}-{signature}", f"{number}-{made}-{'0' * 64}", f"{number}-zzzzzz-{signature}"):
            assert Client().post(f"{PAGE}/{forged}").status_code == 422
        assert email_of(vendor) != NEW

    def test_links_for_passwords_die_with_the_change(self, vendor: Person) -> None:
        ask(vendor)
        link = link_of(vendor)
        reset = reset_token_for(User.objects.get(pk=vendor.user.pk))
        Client().post(link)
        assert Client().post(f"/account/password/{reset}", {"password": "Another-Carton-7"}).status_code == 422

    def test_staff_who_look_at_the_mail_do_not_see_the_link(self, vendor: Person, staff: Person) -> None:
        ask(vendor)
        link = link_of(vendor)
        mail = Mail.objects.get(kind="email_confirmation")
        page = browser_of(staff).get(f"/admin/notifications/mail/{mail.pk}/change/")
        assert page.status_code == 200
        assert link not in text_of(page)


@pytest.mark.django_db(transaction=True)
def test_one_address_wanted_by_two_at_once_goes_to_one(vendor: Person, rival_vendor: Person) -> None:
    people = [vendor.user, rival_vendor.user]
    tokens = [token_for(user, EmailChange.objects.create(user=user, email=NEW)) for user in people]

    def use(token: str) -> bool:
        try:
            confirm(token, actor=Actor())
        except Refusal:
            return False
        return True

    waiting = iter(tokens)
    assert sorted(together(2, lambda: use(next(waiting)))) == [False, True]
    assert User.objects.filter(email=NEW).count() == 1
    assert Event.objects.filter(verb="accounts.email_changed").count() == 1
