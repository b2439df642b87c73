"""Mails: leased, sent, noted; repeated under the same Message-ID and in no other way; harmless whatever a name holds."""

from __future__ import annotations

import email
import email.policy
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core import mail as outside
from django.core.mail.backends.locmem import EmailBackend
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from aqad.core import clock
from aqad.notifications import actions
from aqad.notifications.models import Mail, Notification
from tests.cast import Person
from tests.factories.people import UserFactory
from tests.notifications.conftest import Scene
from tests.notifications.test_table import happens

pytestmark = pytest.mark.django_db


class RefusingBackend(EmailBackend):
    """The server takes no message."""

    def send_messages(self, messages: Any) -> int:
        raise ConnectionResetError("451 try again later")


class AbsentBackend(EmailBackend):
    """There is no server."""

    def open(self) -> bool:
        raise ConnectionRefusedError("nobody there")


class ChoosyBackend(EmailBackend):
    """The server refuses one recipient."""

    def send_messages(self, messages: Any) -> int:
        if any("nobody" in one.to[0] for one in messages):
            raise ValueError("no such box")
        return super().send_messages(messages)


class LateDyingBackend(EmailBackend):
    """The worker is killed by its operator while the third mail is on its way out."""

    def send_messages(self, messages: Any) -> int:
        if len(outside.outbox) == 2:
            raise KeyboardInterrupt
        return super().send_messages(messages)


class DyingBackend(EmailBackend):
    """The mail is out, and then the worker is killed."""

    def send_messages(self, messages: Any) -> int:
        super().send_messages(messages)
        raise KeyboardInterrupt


def backend(settings: Any, kind: type[EmailBackend]) -> None:
    settings.EMAIL_BACKEND = f"{kind.__module__}.{kind.__qualname__}"


def a_mail(**fields: Any) -> Mail:
    user = UserFactory()
    known = {
        "message_id": f"<event-{user.pk}@aqad.test>",
        "recipient": user.email,
        "kind": "welcome",
        "subject": "Welcome",
        "text": "Hello",
    }
    return Mail.objects.create(user=user, html="<p>Hello</p>", **{**known, **fields})


def test_a_waiting_mail_is_sent_once(settings: Any) -> None:
    backend(settings, EmailBackend)
    mail = a_mail()
    assert actions.send_waiting_mails() == 1
    assert actions.send_waiting_mails() == 0
    [sent] = outside.outbox
    assert (sent.to, sent.subject, sent.extra_headers["Message-ID"]) == ([mail.recipient], "Welcome", mail.message_id)
    mail.refresh_from_db()
    assert (mail.tries, mail.problem, mail.leased_until) == (1, "", None)
    assert mail.sent_at is not None


def test_a_leased_mail_is_anothers(settings: Any) -> None:
    backend(settings, EmailBackend)
    a_mail(leased_until=clock.now() + timedelta(minutes=1))
    assert actions.send_waiting_mails() == 0
    assert outside.outbox == []


def test_a_worker_killed_after_sending_repeats_the_same_message(settings: Any) -> None:
    backend(settings, DyingBackend)
    mail = a_mail()
    with pytest.raises(KeyboardInterrupt):
        actions.send_waiting_mails()
    backend(settings, EmailBackend)
    assert actions.send_waiting_mails() == 0
    with clock.living_at(clock.now() + actions.LEASE + timedelta(seconds=1)):
        assert actions.send_waiting_mails() == 1
    assert [sent.extra_headers["Message-ID"] for sent in outside.outbox] == [mail.message_id] * 2


def test_a_worker_that_is_stopped_repeats_no_mail_that_was_out(settings: Any) -> None:
    backend(settings, LateDyingBackend)
    mails = [a_mail() for _ in range(4)]
    with pytest.raises(KeyboardInterrupt):
        actions.send_waiting_mails()
    assert [mail.pk for mail in Mail.objects.filter(sent_at=None).order_by("pk")] == [mail.pk for mail in mails[2:]]
    backend(settings, EmailBackend)
    with clock.living_at(clock.now() + actions.LEASE + timedelta(seconds=1)):
        assert actions.send_waiting_mails() == 2
    assert [sent.extra_headers["Message-ID"] for sent in outside.outbox] == [mail.message_id for mail in mails]


def test_mails_are_noted_together_but_soon(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a quick server in one statement, with a slow one mail by mail: what is not noted is repeated after a crash."""

    def updates() -> int:
        for _ in range(5):
            a_mail()
        with CaptureQueriesContext(connection) as asked:
            assert actions.send_waiting_mails() == 5
        assert not Mail.objects.filter(sent_at=None).exists()
        return sum("sent_at" in query["sql"] and query["sql"].startswith("UPDATE") for query in asked)

    backend(settings, EmailBackend)
    monkeypatch.setattr(actions, "NOTED_EVERY", 60.0)
    assert updates() == 1
    monkeypatch.setattr(actions, "NOTED_EVERY", 0.0)
    assert updates() == 5


@pytest.mark.parametrize(("kind", "problem"), [(RefusingBackend, "ConnectionResetError"), (AbsentBackend, "ConnectionRefusedError")])
def test_a_server_that_is_away_is_tried_again_less_and_less_often(settings: Any, kind: type[EmailBackend], problem: str) -> None:
    mail = a_mail()
    backend(settings, kind)
    moment = clock.now()
    for tries in range(1, 12):
        begun = time.monotonic()
        with clock.living_at(moment):
            assert actions.send_waiting_mails() == 0
            assert actions.send_waiting_mails() == 0
        mail.refresh_from_db()
        assert (mail.tries, mail.problem, mail.sent_at, mail.leased_until) == (tries, problem, None, None)
        pause = min(30 * 2 ** (tries - 1), 6 * 3600)
        assert pause <= (mail.next_try_at - moment).total_seconds() <= pause + time.monotonic() - begun
        moment = mail.next_try_at + timedelta(seconds=1)
    backend(settings, EmailBackend)
    with clock.living_at(moment):
        assert actions.send_waiting_mails() == 1
    mail.refresh_from_db()
    assert (mail.problem, len(outside.outbox)) == ("", 1)


def test_one_mail_that_is_refused_stops_no_other(settings: Any) -> None:
    backend(settings, ChoosyBackend)
    bad, good = a_mail(recipient="nobody@aqad.test"), a_mail()
    assert actions.send_waiting_mails() == 1
    assert [sent.to for sent in outside.outbox] == [[good.recipient]]
    bad.refresh_from_db()
    assert (bad.tries, bad.sent_at, bad.problem) == (1, None, "ValueError")


def test_mails_of_a_lease_that_has_run_out_are_left_to_the_next_worker(settings: Any) -> None:
    """The server takes so long for the first that the lease of the second is over."""

    class SlowBackend(EmailBackend):
        def send_messages(self, messages: Any) -> int:
            moved_on.append(clock.living_at(clock.now() + actions.LEASE))
            moved_on[-1].__enter__()
            return super().send_messages(messages)

    moved_on: list[Any] = []
    globals()["SlowBackend"] = SlowBackend
    settings.EMAIL_BACKEND = f"{__name__}.SlowBackend"
    first, second = a_mail(), a_mail()
    try:
        assert actions.send_waiting_mails() == 1
    finally:
        for moved in reversed(moved_on):
            moved.__exit__(None, None, None)
        del globals()["SlowBackend"]
    first.refresh_from_db()
    second.refresh_from_db()
    assert first.sent_at is not None
    assert (second.sent_at, second.tries) == (None, 0)


def test_the_sweep_sends_what_was_left_over(settings: Any) -> None:
    backend(settings, EmailBackend)
    mails = [a_mail() for _ in range(3)]
    call_command("run_periodic")
    assert sorted(sent.to[0] for sent in outside.outbox) == sorted(mail.recipient for mail in mails)


def test_names_cannot_add_headers(scene: Scene, settings: Any) -> None:
    settings.EMAIL_BACKEND = "aqad.core.mail.FolderBackend"
    shop = scene.people["retailer"]
    type(shop.user).objects.filter(pk=shop.user.pk).update(name="Eve\r\nBcc: all@aqad.test")
    order = scene.cash_order()
    type(order).objects.filter(pk=order.pk).update(retailer_name="Shop\r\nBcc: all@aqad.test\r\n\r\n<h1>", vendor_name="V\nX-Evil: 1")
    before = set(Path(settings.MAIL_DIR).glob("*.eml"))
    happens("orders.placed", order)
    actions.send_waiting_mails()
    files = set(Path(settings.MAIL_DIR).glob("*.eml")) - before
    assert len(files) == 2
    for file in files:
        message = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
        assert message["Bcc"] is None
        assert message["X-Evil"] is None
        assert len(message.get_all("Subject")) == len(message.get_all("To")) == len(message.get_all("Message-ID")) == 1


def test_html_in_names_is_text(scene: Scene) -> None:
    order = scene.cash_order()
    type(order).objects.filter(pk=order.pk).update(retailer_name='<img src=x onerror="alert(1)">')
    user = scene.people["vendor"].user
    type(user).objects.filter(pk=user.pk).update(name="<script>alert(2)</script>")
    event = happens("orders.placed", order)
    mail = Mail.objects.get(event=event, user=user)
    assert "<img" not in mail.html
    assert "<script" not in mail.html
    assert "&lt;img src=x" in mail.html
    assert '<img src=x onerror="alert(1)">' in mail.text
    assert '<img src=x onerror="alert(1)">' in Notification.objects.get(event=event, user=user).message


def test_a_mail_has_a_message_id_of_its_event_and_person(scene: Scene) -> None:
    event = happens("orders.completed", scene.card_order())
    ids = set(Mail.objects.filter(event=event).values_list("message_id", flat=True))
    people: list[Person] = [scene.people["retailer"], scene.people["vendor"]]
    assert ids == {f"<event-{event.pk}-{person.user.pk}@aqad.test>" for person in people}


class TestManyMails:
    def test_what_waits_is_found_without_reading_what_was_sent(self) -> None:
        """By the index of waiting mails: the table keeps a year of sent ones, each of several kilobytes."""
        user, now = UserFactory(), clock.now()
        sent = {"user": user, "recipient": user.email, "kind": "x", "subject": "x", "text": "x", "next_try_at": now}
        Mail.objects.bulk_create(Mail(message_id=f"<{number}@x>", sent_at=now if number >= 20 else None, **sent) for number in range(5000))
        if connection.vendor == "postgresql":  # which does it by itself; SQLite never knows more than the indexes
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE notifications_mail")
        with CaptureQueriesContext(connection) as asked:
            assert len(actions._claim(clock.now(), 50)) == 20
        [claim] = [query["sql"] for query in asked if query["sql"].startswith("SELECT")]
        with connection.cursor() as cursor:
            cursor.execute(("EXPLAIN " if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN ") + claim)
            plan = str(cursor.fetchall())
        assert "mail_waiting" in plan
