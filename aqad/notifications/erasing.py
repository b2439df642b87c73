"""Erasing a person with all that they were told."""

from __future__ import annotations

from django.db import transaction

from aqad.accounts.actions.erasing import erase_person
from aqad.accounts.models import User
from aqad.core.actor import Actor
from aqad.notifications.models import Mail


@transaction.atomic
def erase(user: User, *, actor: Actor) -> dict[str, int]:
    """Erase the person with their notifications and mails, those too that were sent to their e-mail only; what waits is not sent.

    Raises what `erase_person` raises.
    """
    Mail.objects.filter(recipient=user.email, user=None).delete()
    return erase_person(user, actor=actor)
