"""The own account and the company's people on pages."""

from __future__ import annotations

from typing import Any

import pytest

from aqad.accounts.models import Membership, User
from aqad.audit.models import Event
from tests import cast
from tests.browsing import browser_of, queries_of, text_of
from tests.cast import Person

pytestmark = [pytest.mark.embedded, pytest.mark.django_db]
ACCOUNT, TEAM = "/account", "/team"
INVITED = {"name": "Bilal Khan", "email": "bilal@ahmedfoods.test", "phone": "", "role": "member"}


def people_of(person: Person) -> list[tuple[str, str]]:
    return list(Membership.objects.filter(company=person.company).order_by("pk").values_list("user__email", "role"))


def invite(person: Person, **form: str) -> Any:
    return browser_of(person).post(TEAM, {**INVITED, **form}, follow=True)


def remove(person: Person, leaving: Person) -> Any:
    return browser_of(person).post(f"{TEAM}/{leaving.user.pk}/remove", follow=True)


def test_changes_name_phone_and_language(vendor: Person) -> None:
    form = {"name": "Ahmed Saleh", "phone": "050 765 4321", "language": "ar"}
    answer = browser_of(vendor).post(ACCOUNT, form, follow=True)
    assert answer.redirect_chain == [(ACCOUNT, 302)]
    assert "Your changes are saved." in text_of(answer)
    user = User.objects.get(pk=vendor.user.pk)
    assert (user.name, user.phone, user.language) == ("Ahmed Saleh", "+971507654321", "ar")


def test_an_empty_phone_takes_the_phone_away_and_an_empty_name_is_refused(vendor: Person) -> None:
    browser = browser_of(vendor)
    assert browser.post(ACCOUNT, {"name": vendor.user.name, "phone": "", "language": "en"}).status_code == 302
    answer = browser.post(ACCOUNT, {"name": "", "phone": "050 765 4321", "language": "en"})
    assert answer.status_code == 422
    assert "Name is required." in text_of(answer)
    assert 'value="050 765 4321"' in text_of(answer)
    user = User.objects.get(pk=vendor.user.pk)
    assert (user.name, user.phone) == (vendor.user.name, "")


def test_what_is_not_ones_own_to_change_is_refused(vendor: Person) -> None:
    before = User.objects.values().get(pk=vendor.user.pk)
    answer = browser_of(vendor).post(ACCOUNT, {"name": "Mine", "email": "mine@shop.test", "is_staff": "true"})
    assert answer.status_code == 422
    after = User.objects.values().get(pk=vendor.user.pk)
    assert {**after, "last_login": None} == {**before, "last_login": None}


def test_staff_have_an_account_without_a_company(staff: Person) -> None:
    assert "/company" not in text_of(browser_of(staff).get(ACCOUNT))


def test_an_owner_invites_a_person_who_is_shown_as_invited(vendor: Person) -> None:
    answer = invite(vendor)
    assert answer.redirect_chain == [(TEAM, 302)]
    page = text_of(answer)
    assert "Bilal Khan is invited; a mail with a link to set a password is on its way to bilal@ahmedfoods.test." in page
    assert '<span class="status wait">Invited</span>' in page
    assert people_of(vendor) == [(vendor.user.email, "owner"), ("bilal@ahmedfoods.test", "member")]
    assert Event.objects.filter(verb="accounts.member_invited").count() == 1


def test_an_invitation_that_is_sent_twice_counts_once(vendor: Person) -> None:
    browser = browser_of(vendor)
    answers = [browser.post(TEAM, {**INVITED, "idempotency_key": "the-same"}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert len(people_of(vendor)) == 2


def test_a_refused_invitation_keeps_what_was_typed(vendor: Person, retailer: Person) -> None:
    answer = invite(vendor, email=retailer.user.email)
    assert answer.status_code == 422
    assert "This e-mail is already in use." in text_of(answer)
    assert 'value="Bilal Khan"' in text_of(answer)
    assert people_of(vendor) == [(vendor.user.email, "owner")]


def test_a_partner_is_offered_its_own_roles(dispatcher: Person) -> None:
    page = text_of(browser_of(dispatcher).get(TEAM))
    assert '<option value="driver" selected>Driver</option>' in page
    assert 'value="owner"' not in page
    assert invite(dispatcher, role="driver").status_code == 200
    assert people_of(dispatcher)[-1] == ("bilal@ahmedfoods.test", "driver")


def test_removing_asks_first_and_signs_the_person_out(vendor: Person) -> None:
    clerk = cast.member(vendor.of, "member", name="Bilal Khan")
    theirs = browser_of(clerk)
    page = text_of(browser_of(vendor).get(TEAM))
    assert f'action="{TEAM}/{clerk.user.pk}/remove"' in page
    assert f'action="{TEAM}/{vendor.user.pk}/remove"' not in page
    answer = remove(vendor, clerk)
    assert answer.redirect_chain == [(TEAM, 302)]
    assert "Bilal Khan is removed and signed out everywhere." in text_of(answer)
    assert people_of(vendor) == [(vendor.user.email, "owner")]
    assert theirs.get(ACCOUNT).headers["Location"].startswith("/sign-in")


def test_the_last_owner_stays(vendor: Person) -> None:
    answer = remove(vendor, vendor)
    assert "A company needs at least one person in charge; name another first." in text_of(answer)
    assert people_of(vendor) == [(vendor.user.email, "owner")]


def test_nobody_removes_another_companys_people(vendor: Person, rival_vendor: Person) -> None:
    assert remove(rival_vendor, vendor).status_code == 404
    assert people_of(vendor) == [(vendor.user.email, "owner")]


def test_members_and_drivers_may_not_see_it(vendor: Person, driver: Person) -> None:
    for person in (cast.member(vendor.of, "member"), driver):
        browser = browser_of(person)
        assert [browser.get(TEAM).status_code, browser.post(TEAM, INVITED).status_code] == [403, 403]


def test_the_list_costs_the_same_for_three_and_for_twenty(vendor: Person) -> None:
    browser = browser_of(vendor)
    for _ in range(2):
        cast.member(vendor.of, "member")
    few = queries_of(browser, TEAM)
    for _ in range(17):
        cast.member(vendor.of, "member")
    assert queries_of(browser, TEAM) == few
