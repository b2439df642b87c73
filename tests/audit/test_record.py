"""The record cannot be changed, and an event stands or falls with its change."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import translation

from aqad.audit.actions import record, record_many
from aqad.audit.models import Event
from tests.cast import Person

pytestmark = pytest.mark.embedded


def test_an_event_reads_as_a_sentence(vendor: Person) -> None:
    with transaction.atomic():
        event = record("accounts.company_changed", vendor.company, vendor.actor, phone=True)
    assert event.text == f"Vendor {vendor.of.reference} changed Company {vendor.of.reference}"


@pytest.mark.parametrize("statement", ["UPDATE audit_event SET verb = 'x'", "DELETE FROM audit_event"])
def test_refuses_change_and_removal_by_sql(vendor: Person, statement: str) -> None:
    with transaction.atomic():
        record("accounts.company_changed", vendor.company, vendor.actor)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert Event.objects.get().verb == "accounts.company_changed"


def test_the_record_keeps_its_language_whoever_acts(vendor: Person) -> None:
    with transaction.atomic(), translation.override("ar"):
        event = record("accounts.user_changed", vendor.user, vendor.actor)
    assert (event.subject_kind, event.actor) == ("User", f"Vendor {vendor.of.reference}")


def test_refuses_an_undeclared_verb(vendor: Person) -> None:
    with pytest.raises(ValueError, match="not declared"), transaction.atomic():
        record("accounts.dreamt", vendor.company, vendor.actor)
    assert not Event.objects.exists()


def test_many_events_are_recorded_like_single_ones(vendor: Person, rival_vendor: Person) -> None:
    with transaction.atomic():
        record_many("accounts.company_changed", [vendor.company, rival_vendor.company], vendor.actor, [{"phone": True}, {"trn": True}])
    assert list(Event.objects.order_by("pk").values_list("subject", "facts")) == [
        (vendor.of.reference, {"phone": True}),
        (rival_vendor.of.reference, {"trn": True}),
    ]


def test_refuses_many_events_outside_a_transaction_of_their_change(vendor: Person) -> None:
    with pytest.raises(ValueError, match="not declared"), transaction.atomic():
        record_many("accounts.dreamt", [vendor.company], vendor.actor)
    assert not Event.objects.exists()
