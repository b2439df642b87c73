"""GET, POST /api/team and DELETE /api/team/<id>: an owner, or a partner's dispatcher, and the people."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from aqad.accounts.actions.passwords import reset_token_for
from aqad.accounts.actions.people import remove_member
from aqad.accounts.errors import LastOwner
from aqad.accounts.models import Company, Membership, User
from aqad.audit.actions import work_off
from aqad.audit.models import Event
from aqad.notifications.models import Mail
from tests import cast
from tests.accounts.given import sign_in, together
from tests.cast import Person

pytestmark = pytest.mark.django_db
TEAM = "/api/team"
HAMAD = {"name": "Hamad Saif", "email": "hamad@ahmedfoods.test", "phone": "+971503334455", "role": "member"}


def invite(person: Person, **changes: Any) -> Any:
    body = {name: value for name, value in {**HAMAD, **changes}.items() if value is not None}
    return person.api.post(TEAM, body, format="json")


def remove(person: Person, user: User) -> Any:
    return person.api.delete(f"{TEAM}/{user.pk}")


@pytest.mark.embedded
def test_lists_the_own_people_alone_newest_first(vendor: Person, rival_vendor: Person) -> None:
    member = cast.member(vendor.of, "member", name="Hamad")
    body = vendor.api.get(TEAM).json()
    assert [(row["id"], row["role"]) for row in body["results"]] == [(member.user.pk, "member"), (vendor.user.pk, "owner")]
    assert body["results"][0].keys() == {"id", "name", "email", "phone", "role"}
    assert body["pagination"]["total"] == 2


@pytest.mark.embedded
def test_an_invited_person_joins_without_a_password(vendor: Person) -> None:
    answer = invite(vendor)
    assert answer.status_code == 201
    user = User.objects.get(email=HAMAD["email"])
    assert answer.json() == {"id": user.pk, **HAMAD}
    assert not user.has_usable_password()
    assert sign_in(user).status_code == 401
    event = Event.objects.get(verb="accounts.member_invited")
    assert (event.subject, event.about, event.facts) == (f"user:{user.pk}", vendor.of.reference, {"role": "member"})


@pytest.mark.embedded
def test_an_invitation_sent_again_with_its_key_gets_the_first_answer(vendor: Person) -> None:
    first, again = (vendor.api.post(TEAM, HAMAD, format="json", headers={"Idempotency-Key": "k1"}) for _ in range(2))
    assert (first.status_code, again.status_code, again.json()) == (201, 201, first.json())
    assert again.headers["Idempotency-Replayed"] == "true"
    assert invite(vendor).status_code == 422
    assert vendor.api.post(TEAM, HAMAD, format="json", headers={"Idempotency-Key": "k2"}).status_code == 422
    other = vendor.api.post(TEAM, {**HAMAD, "email": "saif@ahmedfoods.test"}, format="json", headers={"Idempotency-Key": "k1"})
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_mismatch")
    assert User.objects.filter(email__endswith="@ahmedfoods.test").exclude(pk=vendor.user.pk).count() == 1
    assert Event.objects.filter(verb="accounts.member_invited").count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_invited_one_sets_a_password_by_the_mailed_link(vendor: Person) -> None:
    invite(vendor)
    work_off()
    mail = Mail.objects.get(recipient=HAMAD["email"])
    token = next(word for word in mail.text.split() if "/account/password/" in word).rpartition("/")[2].rstrip(".")
    body = {"token": token, "password": "Another-Carton-7"}
    assert APIClient().post("/api/auth/password/reset/confirm", body, format="json").status_code == 204
    signed_in = sign_in(HAMAD["email"], "Another-Carton-7").json()
    assert signed_in["user"]["company"]["id"] == vendor.of.reference


def test_a_phone_may_be_left_away(vendor: Person) -> None:
    assert invite(vendor, phone=None).json()["phone"] == ""


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        *(({"role": "dispatcher"}, "role"), ({"role": "driver"}, "role"), ({"role": "staff"}, "role"), ({"role": None}, "role")),
        *(({"email": "abc"}, "email"), ({"email": None}, "email"), ({"name": ""}, "name"), ({"phone": "1"}, "phone")),
        *(({"company": "V1001"}, "company"), ({"is_staff": True}, "is_staff"), ({"password": "Another-Carton-7"}, "password")),
    ],
)
def test_refuses_an_invitation_that_is_wrong(vendor: Person, changes: dict[str, Any], field: str) -> None:
    answer = invite(vendor, **changes)
    assert (answer.status_code, list(answer.json()["errors"])) == (422, [field])
    assert User.objects.count() == 1


def test_a_partner_has_dispatchers_and_drivers(dispatcher: Person) -> None:
    assert invite(dispatcher, role="owner").status_code == 422
    assert invite(dispatcher, role="driver").json()["role"] == "driver"


def test_an_email_in_use_is_refused_in_any_case(vendor: Person, rival_vendor: Person) -> None:
    answer = invite(vendor, email=rival_vendor.user.email.upper())
    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["email"])
    assert Membership.objects.filter(company=vendor.company).count() == 1


def test_only_people_in_charge_may(vendor: Person, driver: Person, staff: Person, stranger: APIClient) -> None:
    member = cast.member(vendor.of, "member")
    for api, status in ((member.api, 403), (driver.api, 403), (staff.api, 403), (stranger, 401)):
        assert api.get(TEAM).status_code == status
        assert api.post(TEAM, HAMAD, format="json").status_code == status
        assert api.delete(f"{TEAM}/{vendor.user.pk}").status_code == status
    assert not User.objects.filter(email=HAMAD["email"]).exists()
    assert Membership.objects.filter(user=vendor.user).exists()


@pytest.mark.embedded
def test_a_removed_person_is_out_at_once_and_the_email_is_free(vendor: Person, rival_vendor: Person) -> None:
    member = cast.member(vendor.of, "member", email=HAMAD["email"])
    assert member.api.get("/api/auth/me").status_code == 200
    link = reset_token_for(member.user)
    assert remove(vendor, member.user).status_code == 204
    assert member.api.get("/api/auth/me").status_code == 401
    assert sign_in(HAMAD["email"]).status_code == 401
    confirm = {"token": link, "password": "Another-Carton-7"}
    assert APIClient().post("/api/auth/password/reset/confirm", confirm, format="json").status_code == 422
    assert [row["id"] for row in vendor.api.get(TEAM).json()["results"]] == [vendor.user.pk]
    assert remove(vendor, member.user).status_code == 404
    assert invite(rival_vendor).status_code == 201
    assert User.objects.get(email=HAMAD["email"]).pk != member.user.pk


def test_the_last_one_in_charge_stays(vendor: Person, dispatcher: Person) -> None:
    cast.member(vendor.of, "member")
    cast.a_driver(dispatcher.of)
    for person in (vendor, dispatcher):
        answer = remove(person, person.user)
        assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
        assert person.api.get("/api/auth/me").status_code == 200
    second = cast.member(vendor.of)
    assert remove(second, vendor.user).status_code == 204


def test_a_colleague_elsewhere_is_not_found(vendor: Person, rival_vendor: Person, staff: Person) -> None:
    for identifier in (rival_vendor.user.pk, staff.user.pk, 999_999, "x", "0", "-1", "٥", "9" * 40):
        answer = vendor.api.delete(f"{TEAM}/{identifier}")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert User.objects.filter(is_active=True).count() == 3


def test_the_number_of_queries_does_not_grow(vendor: Person) -> None:
    vendor.api.get(TEAM)
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            vendor.api.get(TEAM)
        counts.append(len(queries))
        for _ in range(5):
            cast.member(vendor.of, "member")
    assert counts[0] == counts[1]


@pytest.mark.django_db(transaction=True)
def test_two_owners_who_remove_each_other_at_once_leave_one() -> None:
    for _ in range(5):
        first = cast.a_vendor()
        second = cast.member(first.of)
        victims = iter([first, second])

        def remove_one(victims: Any = victims) -> bool:
            victim = next(victims)
            try:
                remove_member(Membership.objects.get(user=victim.user), actor=victim.actor)
            except LastOwner:
                return False
            return True

        assert sorted(together(2, remove_one)) == [False, True]
        assert Company.objects.get(pk=first.company.pk).memberships.count() == 1
