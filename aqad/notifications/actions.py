"""Telling people: in the app exactly once per event, by mail at least once and repeated only with the same Message-ID."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

import structlog
from django.conf import settings
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection, transaction
from django.db.models import F, Q

from aqad.accounts.models import User
from aqad.audit.models import Event
from aqad.audit.publishing import publish
from aqad.core import clock
from aqad.core.mail import TextAndHtml
from aqad.core.transactions import outside_transaction
from aqad.notifications import letters, smtp
from aqad.notifications.models import Mail, Notification
from aqad.notifications.rows import By, Row
from aqad.notifications.subjects import Occasion
from aqad.notifications.table import due_of

log = structlog.get_logger(__name__)
LEASE, TIME_TO_SEND = timedelta(minutes=2), timedelta(seconds=40)
LONGEST_PAUSE = timedelta(hours=6)
# A server that refuses a recipient may be mistaken for a while; a server that is away never makes us give up.
GIVE_UP_AFTER = timedelta(days=1)
BATCH = 50
NOTED_EVERY = 0.25  # seconds


def tell(events: Sequence[Event]) -> None:
    """Write the notifications and mails that events are due. Harmless when repeated: both are unique per event and person."""
    notifications: dict[tuple[int, int], Notification] = {}
    mails: dict[tuple[int, int], Mail] = {}
    for occasion, row, user in due_of(events):
        key = occasion.event.pk, user.pk
        if By.APP in row.by:
            notifications.setdefault(key, _notification(occasion, row, user))
        if By.MAIL in row.by and row.mailed_to(occasion, user):
            mails.setdefault(key, _mail(occasion, row, user))
    Notification.objects.bulk_create(notifications.values(), ignore_conflicts=True)
    if mails:
        Mail.objects.bulk_create(mails.values(), ignore_conflicts=True)
        transaction.on_commit(partial(publish, "notifications.send_waiting_mails"))


def mark_read(*, user: User, ids: list[int] | None) -> int:
    """Mark the person's own notifications read, all of them when `ids` is None. Returns how many were unread."""
    mine = Notification.objects.filter(user=user, read_at=None)
    if ids is not None:
        mine = mine.filter(pk__in=ids)
    return mine.update(read_at=clock.now())


def send_waiting_mails(limit: int = BATCH) -> int:
    """Send what is due, each mail leased first. A crash between sending and noting it repeats the same Message-IDs."""
    outside_transaction()
    mails = list(Mail.objects.filter(pk__in=_claim(clock.now(), limit)).order_by("pk"))
    if not mails:
        return 0
    mailer = get_connection()
    try:
        mailer.open()
    except Exception as error:  # no server to talk to
        _put_off_all(mails, error)
        return 0
    try:
        return _send_all(mails, mailer)
    finally:
        mailer.close()


def _claim(now: datetime, limit: int) -> list[int]:
    with transaction.atomic():
        free = Q(leased_until=None) | Q(leased_until__lt=now)
        due = Mail.objects.filter(free, sent_at=None, given_up_at=None, next_try_at__lte=now).order_by("next_try_at", "pk")
        if connection.features.has_select_for_update_skip_locked:
            due = due.select_for_update(skip_locked=True)
        ids = list(due.values_list("pk", flat=True)[:limit])
        Mail.objects.filter(pk__in=ids).update(leased_until=now + LEASE)
    return ids


def _is_ours(mail: Mail) -> bool:
    """A slow server may use the lease up; what is left then is another worker's."""
    return mail.leased_until is not None and clock.now() < mail.leased_until - TIME_TO_SEND


def _send_all(mails: Sequence[Mail], mailer: BaseEmailBackend) -> int:
    """Send one after the other and note several together, but soon, so that a crash repeats few. Returns how many were sent."""
    sent: list[Mail] = []
    done, noted = 0, time.monotonic()
    try:
        for number, mail in enumerate(mails):
            if not _is_ours(mail):
                break  # they were leased together
            error = _send(mail, mailer)
            if error is None:
                sent.append(mail)
                done += 1
            else:
                _put_off(mail, error)
            if error is not None and smtp.is_lost(error):
                _put_off_all(mails[number + 1 :], error)
                break
            if time.monotonic() - noted >= NOTED_EVERY:
                _note_sent(sent)
                sent, noted = [], time.monotonic()
    finally:
        _note_sent(sent)
    return done


def _send(mail: Mail, mailer: BaseEmailBackend) -> Exception | None:
    """Why it could not be sent. Where the server has hung up, as many do after some mails, it is called once more."""
    message = TextAndHtml(
        mail.subject, mail.text, settings.DEFAULT_FROM_EMAIL, [mail.recipient], headers={"Message-ID": mail.message_id}, connection=mailer
    )
    message.attach_alternative(mail.html, "text/html")
    try:
        try:
            message.send()
        except Exception as error:
            if not smtp.has_hung_up(error):
                raise
            mailer.close()
            mailer.open()
            message.send()
    except Exception as error:  # SMTP, socket and folder errors alike: it is tried again
        return error
    return None


def _note_sent(mails: Sequence[Mail]) -> None:
    if mails:
        ours = Mail.objects.filter(pk__in=[mail.pk for mail in mails])
        ours.update(tries=F("tries") + 1, problem="", sent_at=clock.now(), leased_until=None)


def _put_off_all(mails: Sequence[Mail], error: Exception) -> None:
    for mail in mails:
        if _is_ours(mail):
            _put_off(mail, error)


def _put_off(mail: Mail, error: Exception) -> None:
    """Try it again later and later; give up what its server has refused for a day."""
    now, pause = clock.now(), min(timedelta(seconds=30 * 2 ** min(mail.tries, 12)), LONGEST_PAUSE)
    gives_up = smtp.is_refused_for_good(error) and now - mail.created_at >= GIVE_UP_AFTER
    Mail.objects.filter(pk=mail.pk).update(
        tries=mail.tries + 1,
        problem=smtp.in_short(error),
        next_try_at=now + pause,
        leased_until=None,
        given_up_at=now if gives_up else None,
    )
    log.warning("mail_given_up" if gives_up else "mail_failed", mail=mail.pk, error=smtp.in_short(error), tries=mail.tries + 1)


def _notification(occasion: Occasion, row: Row, user: User) -> Notification:
    """Of the time at which it happened, however late it is told."""
    return Notification(
        user=user,
        event=occasion.event,
        kind=row.kind,
        subject=_shown_subject(occasion),
        message=letters.message(occasion, row, user),
        url=row.thing.page(occasion, user),
        created_at=occasion.event.at,
    )


def _mail(occasion: Occasion, row: Row, user: User) -> Mail:
    host = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip(">")
    letter = letters.letter(occasion, row, user)
    return Mail(
        message_id=f"<event-{occasion.event.pk}-{user.pk}@{host}>",
        event=occasion.event,
        user=user,
        recipient=row.mailed_to(occasion, user),
        kind=row.kind,
        subject=letter.subject,
        text=letter.text,
        html=letter.html,
        created_at=clock.now(),
        next_try_at=clock.now(),
    )


def _shown_subject(occasion: Occasion) -> str:
    """The order wherever there is one: that is what people look for."""
    return occasion.order.reference if occasion.order else occasion.event.subject
