"""What is over its time goes at night, from the oldest on, on record; what is not stays, and the promises hold with what is left."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, models

from aqad.audit import retention
from aqad.audit.actions import record, work_off
from aqad.audit.models import Event, EventOrigin
from aqad.core import clock
from aqad.core.actor import Actor
from aqad.core.invariants import violations
from aqad.notifications.models import MAILS_KEPT, NOTIFICATIONS_KEPT, Mail, Notification
from tests.cast import Person
from tests.vendors.given import document
from vendors.models import PAPERS_KEPT, VendorDocument

pytestmark = [pytest.mark.embedded, pytest.mark.django_db]
MINUTE = timedelta(minutes=1)


def applied() -> dict[str, int]:
    return {one.rule.name: one.rows for one in retention.apply() if one.rows}


def a_mail(person: Person, age: timedelta, **fields: Any) -> Mail:
    made = clock.now() - age
    facts = {"recipient": person.user.email, "kind": "welcome", "subject": "Hello", "text": "Hello", "created_at": made, "sent_at": made}
    return Mail.objects.create(message_id=f"<{Mail.objects.count()}@aqad.test>", user=person.user, **{**facts, **fields})


def an_event(vendor: Person, age: timedelta, verb: str = "vendors.changed") -> Event:
    """Written that long ago, from an address."""
    actor = Actor(user=vendor.user, company=vendor.company, role="vendor", ip="203.0.113.7")
    with clock.living_at(clock.now() - age):
        return record(verb, vendor.of, actor)


@pytest.mark.parametrize("is_over", [True, False])
def test_each_rule_takes_what_is_over_its_time_and_nothing_younger(vendor: Person, *, is_over: bool) -> None:
    nudge = MINUTE if is_over else -MINUTE
    a_mail(vendor, MAILS_KEPT + nudge)
    event = an_event(vendor, timedelta(days=90) + nudge)
    Notification.objects.create(user=vendor.user, event=event, kind="welcome", created_at=clock.now() - NOTIFICATIONS_KEPT - nudge)
    document(vendor.of, status="replaced", created_at=clock.now() - PAPERS_KEPT - nudge)
    expected = {"addresses on the network": 1, "mails": 1, "notifications": 1, "papers out of use": 1} if is_over else {}
    assert applied() == expected
    for model in (Mail, EventOrigin, Notification, VendorDocument):
        assert model.objects.exists() is not is_over
    assert Event.objects.filter(pk=event.pk).exists(), "the record itself stays for ever"


def test_what_waits_or_is_in_force_stays_however_old(vendor: Person) -> None:
    a_mail(vendor, timedelta(days=1000), sent_at=None)
    document(vendor.of, status="approved", created_at=clock.now() - 2 * PAPERS_KEPT)
    document(vendor.of, status="pending", type="vat_certificate", created_at=clock.now() - 2 * PAPERS_KEPT)
    assert applied() == {}
    assert Mail.objects.count() == 1
    assert VendorDocument.objects.count() == 2


def test_each_deletion_is_on_record_by_number(vendor: Person) -> None:
    newest = [a_mail(vendor, MAILS_KEPT + MINUTE) for _ in range(3)][-1]
    applied()
    event = Event.objects.get(verb=retention.APPLIED)
    assert (event.subject, event.actor, event.facts) == (f"mail:{newest.pk}", "System retention", {"rule": "mails", "rows": 3})
    assert applied() == {}
    assert Event.objects.filter(verb=retention.APPLIED).count() == 1


def test_goes_on_over_many_batches_and_reads_no_further_than_it_must(vendor: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "BATCH", 2)
    for age in (400, 300, 200, 100, 10, 5, 3, 2):
        a_mail(vendor, timedelta(days=age), sent_at=None if age == 300 else clock.now())
    with CapturedReads(Mail) as reads:
        assert applied() == {"mails": 3}
    assert Mail.objects.count() == 5
    assert reads.count == 3, "the third batch begins with a young mail; the fourth was not to be read"


def test_a_dry_run_says_the_same_and_deletes_nothing(vendor: Person) -> None:
    a_mail(vendor, MAILS_KEPT + MINUTE)
    out = StringIO()
    call_command("apply_retention", "--dry-run", stdout=out)
    assert "mails, older than 90 days: 1 would go\n" in out.getvalue()
    assert Mail.objects.count() == 1
    assert not Event.objects.filter(verb=retention.APPLIED).exists()
    call_command("apply_retention", stdout=out)
    assert "mails, older than 90 days: 1 went\n" in out.getvalue()
    assert not Mail.objects.exists()


def test_the_promises_hold_when_notifications_are_over_their_time(vendor: Person, staff: Person) -> None:
    type(vendor.user).objects.update(date_joined=clock.now() - timedelta(days=900))
    with clock.living_at(clock.now() - NOTIFICATIONS_KEPT - MINUTE):
        record("vendors.approved", vendor.of, Actor.system("test"), before="pending", after="active")
        work_off()
    told = Notification.objects.count()
    assert told > 0
    assert applied()["notifications"] == told
    assert {name: rows for name, rows in violations() if rows and name.startswith("N1")} == {}


def test_a_notification_that_is_lost_within_its_time_still_breaks_the_promise(vendor: Person, staff: Person) -> None:
    type(vendor.user).objects.update(date_joined=clock.now() - timedelta(days=900))
    with clock.living_at(clock.now() - NOTIFICATIONS_KEPT + timedelta(days=2)):
        record("vendors.approved", vendor.of, Actor.system("test"), before="pending", after="active")
        work_off()
    Notification.objects.all().delete()
    assert [name for name, rows in violations() if rows and name.startswith("N1")] == ["N1 everybody concerned was told"]


class CapturedReads:
    """Counts the batches that were read of a table."""

    def __init__(self, model: type[models.Model]) -> None:
        self.table, self.count = model._meta.db_table, 0

    def __enter__(self) -> CapturedReads:
        self._wrapper = connection.execute_wrapper(self._note)
        self._wrapper.__enter__()
        return self

    def __exit__(self, *error: Any) -> None:
        self._wrapper.__exit__(*error)

    def _note(self, execute: Any, sql: str, *args: Any) -> Any:
        self.count += sql.startswith("SELECT") and f'FROM "{self.table}"' in sql and "LIMIT 2" in sql
        return execute(sql, *args)
