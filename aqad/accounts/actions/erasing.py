"""Erasing a person on request (Federal Decree-Law No. 45 of 2021, article 15): what identifies somebody goes, what happened stays."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from django.contrib.admin.models import LogEntry
from django.contrib.auth.hashers import make_password
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from aqad.accounts.actions.companies import lock_company
from aqad.accounts.actions.signing_in import account_key
from aqad.accounts.errors import LastOwner
from aqad.accounts.models import FailedSignIn, User
from aqad.audit.actions import name_of, record
from aqad.audit.models import Event, EventOrigin
from aqad.core.actor import Actor
from aqad.core.errors import Conflict

NAME = "Erased person"
# What somebody of staff did in the back office says who by number, like the record.
KEPT = (LogEntry,)


@transaction.atomic
def erase_person(user: User, *, actor: Actor) -> dict[str, int]:
    """Make the person nobody: no name, e-mail, phone, address on the network, session, token, right or company; told by number for ever.

    The row stays, since orders and events point to it. Harmless when repeated. Returns how many rows went, by what they were.
    Raises LastOwner while an active company would be left without anybody in charge, Conflict for the last superuser.
    """
    _leave_company(user)
    locked = User.objects.select_for_update().get(pk=user.pk)
    if locked.is_superuser and not User.objects.filter(is_superuser=True, is_active=True).exclude(pk=locked.pk).exists():
        raise Conflict(_("This is the last person with every right: give them to somebody else first."))
    gone = _erase_traces(locked)
    locked.email = f"erased-{locked.pk}-{secrets.token_hex(6)}@people.invalid"
    locked.name, locked.phone, locked.password, locked.last_login = NAME, "", make_password(None), None
    locked.is_active = locked.is_staff = locked.is_superuser = False
    locked.token_version += 1
    locked.save()
    record("accounts.person_erased", locked, actor, rows=gone)
    return gone


def _leave_company(user: User) -> None:
    membership = user.acting_as
    if membership is None:
        return
    company = lock_company(membership.company)
    others = company.memberships.exclude(pk=membership.pk)
    if company.is_active and membership.is_manager and not any(one.is_manager for one in others):
        raise LastOwner
    membership.delete()


def _erase_traces(user: User) -> dict[str, int]:
    """Delete what would go with the person's row, whichever app's it is, and what only names them."""
    acted_by = Q(actor_user_id=user.pk)
    tried_by_nobody_known = Q(actor_user_id=None, subject=name_of(user))  # to sign in as this person, to ask for a new password
    acted = Event.objects.filter(acted_by | tried_by_nobody_known).values("pk")
    kind = ContentType.objects.get_for_model(User)
    gone = {
        "failed_sign_ins": FailedSignIn.objects.filter(account=account_key(user.email)).delete()[0],
        "origins": EventOrigin.objects.filter(event_id__in=acted).delete()[0],
        "back_office_entries": LogEntry.objects.filter(content_type=kind, object_id=str(user.pk)).delete()[0],
        "sessions": sum(_end_session(session, user) for session in Session.objects.iterator(500)),
    }
    for model, field in _belongings():
        for label, number in model._default_manager.filter(**{field: user}).delete()[1].items():
            gone[label] = gone.get(label, 0) + number
    return gone


def _belongings() -> Iterator[tuple[type[models.Model], str]]:
    """Every model with rows that are a person's own, and the field that says whose."""
    for relation in User._meta.get_fields(include_hidden=True):
        if isinstance(relation, models.ManyToOneRel) and relation.on_delete is models.CASCADE:
            model: Any = relation.related_model
            if model not in KEPT:
                yield model, relation.field.name


def _end_session(session: Session, user: User) -> bool:
    """A session says only within itself whose it is."""
    with suppress(Exception):  # one that was signed by a key that is not believed any more opens nothing
        if session.get_decoded().get("_auth_user_id") == str(user.pk):
            session.delete()
            return True
    return False
