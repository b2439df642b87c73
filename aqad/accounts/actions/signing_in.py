"""Signing in. Failures are counted in the database, so that the limits survive the loss of every cache; a success counts for none."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _
from rest_framework_simplejwt.settings import api_settings

from aqad.accounts import tokens
from aqad.accounts.errors import AccountNotActive, InvalidCredentials
from aqad.accounts.models import FailedSignIn, TokenFamily, User
from aqad.audit.actions import record
from aqad.core import clock, metrics
from aqad.core.actor import Actor
from aqad.core.errors import RateLimited
from aqad.core.limits import Limit
from aqad.core.transactions import outside_transaction

PER_ACCOUNT_AND_ADDRESS = Limit("sign_in_account_and_address", 5, 15 * 60)
PER_ADDRESS = Limit("sign_in_address", 20, 15 * 60)
PER_ACCOUNT = Limit("sign_in_account", 50, 24 * 3600)
TOO_MANY = _("Too many authentication attempts")


def sign_in(*, email: str, password: str, address: str, actor: Actor) -> tuple[User, dict[str, str]]:
    """Check the credentials and start a family of tokens: the user and the first pair.

    Raises InvalidCredentials, AccountNotActive, RateLimited.
    """
    user = check_credentials(email=email, password=password, address=address, actor=actor)
    with transaction.atomic(durable=True):
        family = TokenFamily.objects.create(user=user, expires_at=clock.now() + api_settings.REFRESH_TOKEN_LIFETIME)
        record("accounts.signed_in", user, actor.as_person(user), family=str(family.pk))
    return user, tokens.issue(user, family)


@transaction.atomic
def open_session(user: User, *, actor: Actor) -> None:
    """Put on record that Django signed `user` in on a page."""
    record("accounts.signed_in", user, actor.as_person(user), session=True)


def check_credentials(*, email: str, password: str, address: str, actor: Actor) -> User:
    """The active person with this e-mail and password. `address` is the network address that failures are counted by.

    Hashes once whatever the reason of a refusal, so that each takes the same time, and holds no transaction meanwhile. A wrong
    e-mail, a wrong password and a deactivated person are InvalidCredentials alike. Raises AccountNotActive when the password was
    right but the company may not act, RateLimited above the limits.
    """
    outside_transaction()
    account = account_key(email)
    refuse_above_limits(account=account, address=address)
    user = User.objects.select_related("membership__company").filter(email=email.lower()).first()
    if user is None:
        make_password(password)
    if user is None or not check_password(password, user.password) or not _is_someone(user):
        count_failure(account=account, address=address, user=user, actor=actor)
        raise InvalidCredentials
    # Guesses that ran beside this one may have used the limit up meanwhile.
    refuse_above_limits(account=account, address=address)
    company = user.acting_as.company if user.acting_as else None
    if company is not None and not company.is_active:
        with transaction.atomic():
            record("accounts.sign_in_failed", user, actor, why=company.status)
        raise AccountNotActive(company.status)
    return user


def account_key(email: str) -> str:
    """What an account is counted by, whether there is one or not; no e-mail is stored."""
    return salted_hmac("accounts.failed_sign_in", email.lower(), algorithm="sha256").hexdigest()


def count_failure(*, account: str, address: str, user: User | None, actor: Actor, why: str = "credentials") -> None:
    """Count one wrong password. Raises RateLimited when parallel guesses had used the limit up already."""
    with transaction.atomic():
        failure = FailedSignIn.objects.create(account=account, address=address)
        record("accounts.sign_in_failed", user or failure, actor, why=why)
    refuse_above_limits(account=account, address=address, ours=1)


def refuse_above_limits(*, account: str, address: str, ours: int = 0) -> None:
    """Raises RateLimited when a limit is used up, `ours` failures left out of the count."""
    if not settings.RATELIMIT_ENABLE:
        return
    now = clock.now()
    counted = (
        (PER_ACCOUNT_AND_ADDRESS, FailedSignIn.objects.filter(account=account, address=address)),
        (PER_ADDRESS, FailedSignIn.objects.filter(address=address)),
        (PER_ACCOUNT, FailedSignIn.objects.filter(account=account)),
    )
    for limit, failures in counted:
        window = timedelta(seconds=limit.seconds)
        last_that_counts = limit.scaled - 1 + ours
        moments = failures.filter(at__gt=now - window).order_by("-at").values_list("at", flat=True)
        for moment in moments[last_that_counts : last_that_counts + 1]:
            metrics.REFUSED.labels(limit.group).inc()
            raise RateLimited(TOO_MANY, retry_after=int((moment + window - now).total_seconds()) + 1, limit=limit.scaled)


def _is_someone(user: User) -> bool:
    return user.is_active and (user.acting_as is not None or user.is_staff)
