"""AQAD's own staff: taken on by a superuser, with a mailed link to choose a password, so that nobody else ever knows it."""

from __future__ import annotations

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from aqad.accounts.actions.passwords import RESET_REQUESTED
from aqad.accounts.models import User
from aqad.audit.actions import record
from aqad.core.actor import Actor
from aqad.core.errors import Forbidden, Invalid


@transaction.atomic
def hire(*, name: str, email: str, phone: str, is_superuser: bool, group: Group | None, actor: Actor) -> User:
    """A new member of AQAD's staff with the rights of `group` (or all of them), who is mailed a link to choose a password.

    Raises Forbidden for all but superusers, Invalid on `email` when it is taken.
    """
    if actor.user is None or not actor.user.is_superuser:
        raise Forbidden
    try:
        with transaction.atomic():
            user = User.objects.create(
                email=email.lower(), name=name, phone=phone, password=make_password(None), is_staff=True, is_superuser=is_superuser
            )
    except IntegrityError as error:
        raise Invalid({"email": [_("This e-mail is already in use.")]}) from error
    if group is not None:
        user.groups.add(group)
    record("accounts.staff_hired", user, actor, is_superuser=is_superuser, group=group.pk if group else None)
    record(RESET_REQUESTED, user, actor)
    return user
