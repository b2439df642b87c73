"""Signing in. Failures are counted in the database, so that the limits survive the loss of every cache; a success counts for none."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.db.models import QuerySet
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from aqad.accounts import signed, tokens
from aqad.accounts.actions import proving, sessions
from aqad.accounts.authentication import owes_second_factor
from aqad.accounts.devices import Device
from aqad.accounts.errors import AccountNotActive, InvalidCredentials, OtpRequired, SecondFactorOwed
from aqad.accounts.models import FailedSignIn, TokenFamily, User
from aqad.audit.actions import record
from aqad.core import clock, metrics
from aqad.core.actor import Actor
from aqad.core.errors import Conflict, Invalid, RateLimited
from aqad.core.limits import Limit
from aqad.core.transactions import outside_transaction

PER_ACCOUNT_AND_ADDRESS = Limit("sign_in_account_and_address", 5, 15 * 60)
PER_ADDRESS = Limit("sign_in_address", 20, 15 * 60)
PER_ACCOUNT = Limit("sign_in_account", 50, 24 * 3600)
HALF_WAY, HALF_LIVES = "accounts.sign_in_half_way", timedelta(minutes=10)
TOO_MANY = _("Too many authentication attempts")


def sign_in(*, email: str, password: str, otp: str = "", device: Device, address: str, actor: Actor) -> tuple[User, dict[str, str]]:
    """Check the credentials and start a family of tokens: the user and the first pair.

    Raises InvalidCredentials, AccountNotActive, OtpRequired, SecondFactorOwed, RateLimited.
    """
    user = check_credentials(email=email, password=password, otp=otp, address=address, actor=actor)
    if owes_second_factor(user):
        with transaction.atomic():
            record("accounts.sign_in_failed", user, actor, why="no_second_factor")
        raise SecondFactorOwed
    with transaction.atomic(durable=True):
        family = sessions.start(user, device=device, is_session=False, actor=actor)
        record("accounts.signed_in", user, actor.as_person(user), family=str(family.pk))
    return user, tokens.issue(user, family)


@transaction.atomic
def open_session(user: User, *, device: Device, actor: Actor) -> TokenFamily:
    """Put on record that Django signed `user` in on a page, and keep what its session lives and ends by."""
    family = sessions.start(user, device=device, is_session=True, actor=actor)
    record("accounts.signed_in", user, actor.as_person(user), session=True, family=str(family.pk))
    return family


def check_credentials(*, email: str, password: str, otp: str = "", address: str, actor: Actor) -> User:
    """The active person with this e-mail and password and, where the account has one, this code of the second factor.

    A wrong code is answered like a wrong password. Raises what `check_password_of` and `check_otp` raise.
    """
    user = check_password_of(email=email, password=password, address=address, actor=actor)
    if user.has_second_factor:
        check_otp(user, otp, address=address, actor=actor)
    return user


def check_password_of(*, email: str, password: str, address: str, actor: Actor) -> User:
    """The active person with this e-mail and password. `address` is the network address that failures are counted by.

    Hashes once whatever the reason of a refusal, so that each takes the same time, and holds no transaction meanwhile. A wrong
    e-mail, a wrong password and a deactivated person are InvalidCredentials alike. Raises AccountNotActive when the password was
    right but the company may not act, RateLimited above the limits.
    """
    outside_transaction()
    account = account_key(email)
    refuse_above_limits(account=account, address=address)
    user = _people().filter(email=email.lower()).first()
    if user is None:
        make_password(password)
    if user is None or not check_password(password, user.password) or not _is_someone(user):
        count_failure(account=account, address=address, user=user, actor=actor)
        raise InvalidCredentials
    # Guesses that ran beside this one may have used the limit up meanwhile.
    refuse_above_limits(account=account, address=address)
    _refuse_inactive_company(user, actor)
    return user


def check_otp(user: User, otp: str, *, address: str, actor: Actor) -> None:
    """The second half of a sign-in. Raises OtpRequired without a code, InvalidCredentials for a wrong or used one, RateLimited."""
    outside_transaction()
    if not otp:
        with transaction.atomic():
            record("accounts.code_asked", user, actor)
        raise OtpRequired
    account = account_key(user.email)
    refuse_above_limits(account=account, address=address)
    if not proving.accept(user, otp, actor=actor):
        count_failure(account=account, address=address, user=user, actor=actor, why="otp")
        raise InvalidCredentials
    refuse_above_limits(account=account, address=address)


def ask_for_code(user: User, *, actor: Actor) -> str:
    """What a page keeps between the halves of a sign-in: good for ten minutes, and for nothing without a code."""
    with transaction.atomic():
        record("accounts.code_asked", user, actor)
    return signed.token_for(user, purpose=HALF_WAY)


def finish(half: str, *, otp: str, address: str, actor: Actor) -> User:
    """The person of `ask_for_code`, whose code is right too. Raises Conflict when it is too late, else what `check_otp` raises."""
    user = signed.user_of(half, _people(), purpose=HALF_WAY, lives=HALF_LIVES)
    if user is None or not _is_someone(user):
        raise Conflict(_("That took too long; please sign in from the start."))
    _refuse_inactive_company(user, actor)
    if user.has_second_factor:
        check_otp(user, otp, address=address, actor=actor)
    return user


def check_own_password(user: User, password: str, *, field: str, address: str, actor: Actor) -> None:
    """Whoever changes how they sign in gives the password again; guesses count like failed sign-ins.

    Raises Invalid on `field`, RateLimited.
    """
    outside_transaction()
    account = account_key(user.email)
    refuse_above_limits(account=account, address=address)
    if not check_password(password, user.password):
        count_failure(account=account, address=address, user=user, actor=actor, why=field)
        raise Invalid({field: [_("This is not your present password.")]})


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


def _people() -> QuerySet[User]:
    return User.objects.select_related("membership__company", "second_factor")


def _refuse_inactive_company(user: User, actor: Actor) -> None:
    company = user.acting_as.company if user.acting_as else None
    if company is not None and not company.is_active:
        with transaction.atomic():
            record("accounts.sign_in_failed", user, actor, why=company.status)
        raise AccountNotActive(company.status)


def _is_someone(user: User) -> bool:
    return user.is_active and (user.acting_as is not None or user.is_staff)
