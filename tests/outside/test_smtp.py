"""Mails to a real mail server by EMAIL_URL: what arrives, and what becomes of a mail that is refused, put off or met by silence."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from aqad import env
from aqad.audit.actions import record
from aqad.core import clock
from aqad.core.actor import Actor
from aqad.notifications import actions
from aqad.notifications.models import Mail
from aqad.notifications.tasks import send_waiting_mails
from tests.cast import Person
from tests.factories.people import UserFactory
from tests.outside import certificates
from tests.outside.mailbox import Mailbox, receiving

pytestmark = [pytest.mark.production, pytest.mark.django_db]
Use = Callable[[str], None]


@pytest.fixture
def use(settings: Any) -> Use:
    """`use(url)`: as with this EMAIL_URL in the environment, but less patient."""

    def apply(url: str) -> None:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        for name, value in env.email(url).items():
            setattr(settings, name, value)
        assert settings.EMAIL_TIMEOUT == 10
        settings.EMAIL_TIMEOUT = 1

    return apply


@pytest.fixture
def box(use: Use) -> Iterator[Mailbox]:
    with receiving() as mailbox:
        use(mailbox.url)
        yield mailbox


def waiting(count: int = 1) -> list[Mail]:
    mails = []
    for user in UserFactory.create_batch(count):
        fields = {"recipient": user.email, "kind": "welcome", "subject": "Welcome", "text": "Hello", "html": "<p>Hello</p>"}
        mails.append(Mail.objects.create(user=user, message_id=f"<event-{user.pk}@aqad.test>", **fields))
    return mails


def unsent() -> list[int]:
    return list(Mail.objects.filter(sent_at=None).order_by("pk").values_list("pk", flat=True))


@pytest.mark.django_db(transaction=True)
def test_a_forgotten_password_is_answered_by_a_mail_of_text_and_html(box: Mailbox, retailer: Person, client: Client) -> None:
    answer = client.post("/api/auth/password/reset", {"email": retailer.user.email}, content_type="application/json")
    assert answer.status_code == 202
    [message] = box.messages
    mail = Mail.objects.get()
    assert (message["To"], message["From"], message["Subject"]) == (retailer.user.email, "AQAD <orders@aqad.test>", mail.subject)
    assert str(message["Message-ID"]) == mail.message_id == f"<event-{mail.event_id}-{retailer.user.pk}@aqad.test>"
    parts = {part.get_content_type(): part.get_content() for part in message.walk() if not part.is_multipart()}
    assert set(parts) == {"text/plain", "text/html"}
    assert parts["text/plain"].split() == mail.text.split()
    assert "<html" in parts["text/html"]
    assert (mail.tries, mail.problem, unsent()) == (1, "", [])


@pytest.mark.django_db(transaction=True)
def test_nothing_is_sent_of_a_transaction_that_failed(box: Mailbox, retailer: Person) -> None:
    def fail() -> None:
        with transaction.atomic():
            record("accounts.password_reset_requested", retailer.user, Actor.system("tests"))
            raise RuntimeError("undone")

    with pytest.raises(RuntimeError, match="undone"):
        fail()
    send_waiting_mails()
    assert (box.tried, Mail.objects.count()) == ([], 0)


def test_signs_in_with_the_urls_name_and_password(use: Use) -> None:
    [mail] = waiting()
    with receiving(user="aqad@mail", password="p/w:1") as box:
        use(box.url.replace("://", "://aqad%40mail:wrong@"))
        assert send_waiting_mails() == 0
        mail.refresh_from_db()
        assert (mail.problem, mail.tries, box.messages) == ("SMTPAuthenticationError 535", 1, [])
        use(box.url.replace("://", "://aqad%40mail:p%2Fw%3A1@"))
        with clock.living_at(mail.next_try_at + timedelta(seconds=1)):
            assert send_waiting_mails() == 1
    assert box.ids == [mail.message_id]


def test_speaks_in_secret_only_with_a_server_whose_certificate_is_trusted(
    use: Use, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    [mail] = waiting()
    trusted, key = certificates.make(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(trusted, key)
    with receiving(tls=context) as box:
        use(box.url.replace("smtp://127.0.0.1", "smtp+tls://localhost"))
        assert send_waiting_mails() == 0
        mail.refresh_from_db()
        assert (mail.problem, box.tried) == ("SSLCertVerificationError", [])
        monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
        with clock.living_at(mail.next_try_at + timedelta(seconds=1)):
            assert send_waiting_mails() == 1
    assert (box.ids, box.over_tls) == ([mail.message_id], [True])


def test_a_recipient_without_a_box_stops_nobody_else_and_is_given_up_after_a_day_for_staff_to_see(
    box: Mailbox, staff: Person, client: Client
) -> None:
    bad, good = waiting(2)
    box.refuses = {bad.recipient}
    assert send_waiting_mails() == 1
    assert box.ids == [good.message_id]
    tried = 1
    while (row := Mail.objects.get(pk=bad.pk)).given_up_at is None:
        assert (row.problem, row.tries, row.leased_until) == ("SMTPRecipientsRefused 550", tried, None)
        assert row.next_try_at <= row.created_at + actions.GIVE_UP_AFTER + actions.LONGEST_PAUSE
        with clock.living_at(row.next_try_at + timedelta(seconds=1)):
            assert send_waiting_mails() == 0
        tried += 1
    assert row.given_up_at - row.created_at >= actions.GIVE_UP_AFTER
    assert box.tried.count(bad.recipient) == row.tries == tried > 10
    with clock.living_at(clock.now() + timedelta(days=30)):
        assert send_waiting_mails() == 0
    assert box.tried.count(bad.recipient) == tried

    client.force_login(staff.user)
    shown = client.get("/admin/notifications/mail/?delivery=refused").content.decode()
    assert bad.recipient in shown
    assert "SMTPRecipientsRefused 550" in shown
    assert good.recipient not in shown
    assert bad.recipient not in client.get("/admin/notifications/mail/?delivery=failing").content.decode()


def test_a_recipient_whose_box_is_made_in_time_gets_the_same_message(box: Mailbox) -> None:
    [mail] = waiting()
    box.refuses = {mail.recipient}
    assert send_waiting_mails() == 0
    box.refuses = set()
    with clock.living_at(clock.now() + timedelta(minutes=1)):
        assert send_waiting_mails() == 1
    assert box.ids == [mail.message_id]


def test_a_server_that_hangs_up_after_some_mails_is_called_again_at_once(box: Mailbox) -> None:
    mails = waiting(7)
    box.hangs_up_after = 2
    assert send_waiting_mails() == 7
    assert box.ids == [mail.message_id for mail in mails]
    assert set(Mail.objects.values_list("tries", flat=True)) == {1}


def test_a_server_that_is_busy_gets_every_mail_later_under_its_own_name(box: Mailbox) -> None:
    mails = waiting(3)
    box.is_busy = True
    assert send_waiting_mails() == 0
    assert unsent() == [mail.pk for mail in mails]
    assert set(Mail.objects.values_list("tries", "given_up_at")) == {(1, None)}
    assert len(box.tried) == 2  # the first mail and once more; the others were not even asked about
    box.is_busy = False
    with clock.living_at(clock.now() + timedelta(days=2)):
        assert send_waiting_mails() == 3
    assert sorted(box.ids) == sorted(mail.message_id for mail in mails)


def test_a_server_that_is_away_for_a_week_loses_nothing(use: Use) -> None:
    mails = waiting(2)
    with receiving() as box:
        use(box.url)
    moment = clock.now()
    for _ in range(20):
        with clock.living_at(moment):
            assert send_waiting_mails() == 0
        moment += timedelta(hours=9)
    assert set(Mail.objects.values_list("problem", "given_up_at")) == {("ConnectionRefusedError", None)}
    with receiving() as box:
        use(box.url)
        with clock.living_at(moment):
            assert send_waiting_mails() == 2
    assert box.ids == [mail.message_id for mail in mails]


def test_a_silent_server_is_waited_for_once_and_not_for_each_mail(use: Use) -> None:
    mails = waiting(20)
    with socket.socket() as hole:
        hole.bind(("127.0.0.1", 0))
        hole.listen(8)
        use(f"smtp://127.0.0.1:{hole.getsockname()[1]}")
        begun = time.monotonic()
        assert send_waiting_mails() == 0
        lasted = time.monotonic() - begun
    assert lasted < 10  # each of twenty would have cost a second and more
    assert unsent() == [mail.pk for mail in mails]
    assert set(Mail.objects.values_list("tries", "leased_until")) == {(1, None)}
