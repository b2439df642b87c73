"""The one mover of a company's state, and joining under races."""

from __future__ import annotations

from contextlib import nullcontext
from itertools import count

import pytest

from aqad.accounts.actions import companies, people
from aqad.accounts.models import Company, Membership, User
from aqad.accounts.statuses import TRANSITIONS, CompanyStatus
from aqad.audit.models import Event
from aqad.core.errors import Invalid, InvalidTransition
from tests import cast
from tests.accounts.given import together
from tests.cast import Person
from tests.factories.people import hashed_password

pytestmark = pytest.mark.django_db


@pytest.mark.embedded
@pytest.mark.parametrize("before", CompanyStatus.values)
@pytest.mark.parametrize("after", CompanyStatus.values)
def test_moves_only_as_the_table_allows(staff: Person, before: str, after: str) -> None:
    company = cast.a_retailer(company__status=before).company
    moved = after in TRANSITIONS[before]
    with nullcontext() if moved else pytest.raises(InvalidTransition):
        companies.move_company(company, after, reason="Why", actor=staff.actor, verb="accounts.company_suspended")
    assert Company.objects.get(pk=company.pk).status == (after if moved else before)
    assert Event.objects.count() == int(moved)


def test_reinstates_what_was_suspended_and_not_what_is_pending(staff: Person) -> None:
    pending = cast.a_vendor(company__status="pending").company
    with pytest.raises(InvalidTransition):
        companies.reinstate_company(pending, actor=staff.actor)
    assert Company.objects.get(pk=pending.pk).status == "pending"


def test_suspending_needs_a_reason(staff: Person, retailer: Person) -> None:
    with pytest.raises(Invalid):
        companies.suspend_company(retailer.company, reason="", actor=staff.actor)
    assert Company.objects.get(pk=retailer.company.pk).status == "active"


def test_a_change_of_state_is_one_event_with_before_and_after(staff: Person, retailer: Person) -> None:
    companies.suspend_company(retailer.company, reason="Unpaid bills", actor=staff.actor)
    event = Event.objects.get()
    assert (event.verb, event.subject, event.facts) == (
        "accounts.company_suspended",
        retailer.of.reference,
        {"before": "active", "after": "suspended"},
    )
    assert "Unpaid" not in str(Event.objects.values().get())


@pytest.mark.django_db(transaction=True)
def test_an_email_that_joins_twice_at_once_joins_once(vendor: Person) -> None:
    numbers = count()

    def join() -> list[str]:
        try:
            people.add_member(
                company=vendor.company,
                name=f"Hamad {next(numbers)}",
                email="Hamad@ahmedfoods.test",
                phone="",
                password_hash=hashed_password(),
                role="member",
                actor=vendor.actor,
            )
        except Invalid as refusal:
            return list(refusal.errors)
        return []

    assert sorted(together(6, join)) == [[]] + [["email"]] * 5
    assert User.objects.filter(email="hamad@ahmedfoods.test").count() == 1
    assert Membership.objects.filter(company=vendor.company).count() == 2
