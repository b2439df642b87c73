"""The people of a company: added, invited, removed."""

from __future__ import annotations

import secrets

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext_lazy as _

from aqad.accounts.actions.companies import lock_company
from aqad.accounts.errors import LastOwner
from aqad.accounts.models import Company, Membership, User
from aqad.accounts.statuses import POSITIONS_OF_KIND
from aqad.audit.actions import record
from aqad.core.actor import Actor
from aqad.core.errors import Invalid, NotFound


@transaction.atomic
def add_member(*, company: Company, name: str, email: str, phone: str, password_hash: str, role: str, actor: Actor) -> User:
    """A new person who acts for `company` as `role` and signs in with the password of `password_hash`.

    Hash the password before the transaction. Raises Invalid on `email` when it is taken (under races too) and on `role` when
    companies of this kind have no such position.
    """
    user = _join(company, name=name, email=email, phone=phone, password_hash=password_hash, role=role)
    record("accounts.member_joined", user, actor, about=company, role=role)
    return user


@transaction.atomic
def invite_member(*, company: Company, name: str, email: str, role: str, phone: str = "", actor: Actor) -> User:
    """A new person of `company` who sets a password by the link in a mail (sent by whoever consumes this event). Raises Invalid."""
    user = _join(company, name=name, email=email, phone=phone, password_hash=make_password(None), role=role)
    record("accounts.member_invited", user, actor, about=company, role=role)
    return user


@transaction.atomic
def remove_member(membership: Membership, *, actor: Actor) -> None:
    """The person acts for the company no more, at once. The row stays for the record's sake; the e-mail is free again.

    Raises LastOwner when nobody would be left in charge, NotFound when the person has left already.
    """
    company = lock_company(membership.company)
    colleagues = list(company.memberships.all())
    leaving = next((colleague for colleague in colleagues if colleague.pk == membership.pk), None)
    if leaving is None:
        raise NotFound
    if leaving.is_manager and not any(colleague.is_manager for colleague in colleagues if colleague != leaving):
        raise LastOwner
    user = User.objects.select_for_update().get(pk=leaving.user_id)
    leaving.delete()
    user.email = f"removed-{user.pk}-{secrets.token_hex(6)}@people.invalid"
    user.is_active = False
    user.token_version = models.F("token_version") + 1
    user.save(update_fields=["email", "is_active", "token_version"])
    record("accounts.member_removed", user, actor, about=company, role=leaving.role)


def _join(company: Company, *, name: str, email: str, phone: str, password_hash: str, role: str) -> User:
    if role not in POSITIONS_OF_KIND[company.kind]:
        raise Invalid({"role": [_("The role must be one of {known}.").format(known=", ".join(POSITIONS_OF_KIND[company.kind]))]})
    try:
        with transaction.atomic():
            user = User.objects.create(email=email.lower(), name=name, phone=phone, password=password_hash)
    except IntegrityError as error:
        raise Invalid({"email": [_("This e-mail is already in use.")]}) from error
    Membership.objects.create(user=user, company=company, role=role)
    return user
