"""What happens to one person's account: own particulars, shut out by staff, let in again."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from aqad.accounts.models import User
from aqad.audit.actions import record
from aqad.core.actor import Actor
from aqad.core.errors import Conflict, InvalidTransition

OWN = ("name", "phone", "language")


@transaction.atomic
def change_own(user: User, *, changes: Mapping[str, str], actor: Actor) -> User:
    """Change name, phone or language; what is the same stays unrecorded."""
    locked = _lock(user)
    changed = [name for name in OWN if name in changes and getattr(locked, name) != changes[name]]
    if changed:
        for name in changed:
            setattr(locked, name, changes[name])
        locked.save(update_fields=changed)
        record("accounts.user_changed", locked, actor, fields=changed)
    return locked


@transaction.atomic
def deactivate(user: User, *, actor: Actor) -> User:
    """Shut a person out: tokens and sessions end at once, for good. Raises Conflict for oneself, InvalidTransition when it is done."""
    if user.pk == actor.user_id:
        raise Conflict(_("You cannot deactivate yourself; ask a colleague."))
    locked = _lock(user)
    if not locked.is_active:
        raise InvalidTransition(status="inactive")
    locked.is_active = False
    locked.token_version += 1
    locked.save(update_fields=["is_active", "token_version"])
    record("accounts.user_deactivated", locked, actor)
    return locked


@transaction.atomic
def reactivate(user: User, *, actor: Actor) -> User:
    """Let a person sign in again. Raises InvalidTransition when active, Conflict for one who was removed from a company's team."""
    locked = _lock(user)
    if locked.is_active:
        raise InvalidTransition(status="active")
    if locked.acting_as is None and not locked.is_staff:
        raise Conflict(_("This person left their company; the company can invite them anew."))
    locked.is_active = True
    locked.save(update_fields=["is_active"])
    record("accounts.user_reactivated", locked, actor)
    return locked


def _lock(user: User) -> User:
    return User.objects.select_for_update(of=("self",)).select_related("membership__company").get(pk=user.pk)
