"""The second factor of an account: set up, turned off, its recovery codes renewed, removed by staff when the phone is lost."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from aqad.accounts import codes
from aqad.accounts.actions import proving, sessions
from aqad.accounts.actions.signing_in import account_key, check_own_password, count_failure
from aqad.accounts.models import RecoveryCode, SecondFactor, TokenFamily, User
from aqad.accounts.sealing import Unreadable, reseal, seal
from aqad.audit.actions import record
from aqad.core import clock
from aqad.core.actor import Actor
from aqad.core.errors import Conflict, Forbidden, Invalid, InvalidTransition

WRONG_CODE = _("This code is not right, or was used already.")


@transaction.atomic
def begin(user: User) -> SecondFactor:
    """A new secret for the person's authenticator app, which counts for nothing before `turn_on`. Raises InvalidTransition when on."""
    factor, is_new = SecondFactor.objects.select_for_update().get_or_create(user=user, defaults={"secret": seal(codes.new_secret())})
    if factor.is_on:
        raise InvalidTransition(_("Your second factor is on already."), status="on")
    if not is_new:
        factor.secret, factor.created_at = seal(codes.new_secret()), clock.now()
        factor.save(update_fields=["secret", "created_at"])
    return factor


def turn_on(user: User, *, password: str, otp: str, address: str, actor: Actor) -> list[str]:
    """The app shows the right code, so that from now on a sign-in needs one: the recovery codes, which nobody sees again.

    Every other sign-in of the person ends. Raises Invalid on `password` and `otp`, InvalidTransition when on or not begun, RateLimited.
    """
    check_own_password(user, password, field="password", address=address, actor=actor)
    with transaction.atomic():
        factor = SecondFactor.objects.select_for_update().filter(user=user, confirmed_at=None).first()
        if factor is None:
            raise InvalidTransition(_("There is nothing to confirm any more; please look again."), status="on")
        step = codes.step_of(proving.secret_of(factor), codes.tidy(otp))
        if step is None:
            raise Invalid({"otp": [_("This is not the code that your app shows now.")]})
        factor.confirmed_at, factor.last_step = clock.now(), step
        factor.save(update_fields=["confirmed_at", "last_step"])
        if user.family is not None:
            TokenFamily.objects.filter(pk=user.family.pk).update(proved_at=factor.confirmed_at)
        sessions.end_quietly(user, keep=user.family)
        record("accounts.second_factor_on", user, actor)
        return _write_recovery_codes(factor)


def turn_off(user: User, *, password: str, otp: str, address: str, actor: Actor) -> None:
    """The password alone will do from now on. Raises Invalid on `password` and `otp`, RateLimited, Conflict where staff must have one."""
    if settings.STAFF_TWO_FACTOR and user.role == "staff":
        raise Conflict(_("AQAD's staff need a second factor."))
    _check_both(user, password=password, otp=otp, address=address, actor=actor)
    with transaction.atomic():
        _delete(user)
        record("accounts.second_factor_off", user, actor)


def renew_recovery_codes(user: User, *, password: str, otp: str, address: str, actor: Actor) -> list[str]:
    """Ten new codes; the old ones are worth nothing. Raises Invalid on `password` and `otp`, RateLimited, InvalidTransition when off."""
    _check_both(user, password=password, otp=otp, address=address, actor=actor)
    with transaction.atomic():
        factor = _locked(user)
        factor.recovery_codes.all().delete()
        record("accounts.recovery_codes_renewed", user, actor)
        return _write_recovery_codes(factor)


@transaction.atomic
def remove(user: User, *, actor: Actor) -> User:
    """Staff take the factor of a person who lost the phone away; every sign-in of that person ends, and the password alone will do.

    Raises Conflict for one's own, Forbidden for a superuser's unless one is a superuser too, InvalidTransition when there is none.
    """
    if user.pk == actor.user_id:
        raise Conflict(_("Your own second factor is turned off on the page of your account, with your password and a code."))
    if user.is_superuser and not (actor.user is not None and actor.user.is_superuser):
        raise Forbidden
    _delete(user)
    sessions.end_quietly(user, keep=None)
    record("accounts.second_factor_removed", user, actor)
    return user


def _check_both(user: User, *, password: str, otp: str, address: str, actor: Actor) -> None:
    check_own_password(user, password, field="password", address=address, actor=actor)
    if not proving.accept(user, otp, actor=actor):
        count_failure(account=account_key(user.email), address=address, user=user, actor=actor, why="otp")
        raise Invalid({"otp": [WRONG_CODE]})


def _delete(user: User) -> None:
    _locked(user).delete()


def _locked(user: User) -> SecondFactor:
    factor = SecondFactor.objects.select_for_update().filter(user=user).exclude(confirmed_at=None).first()
    if factor is None:
        raise InvalidTransition(_("There is no second factor."), status="off")
    return factor


def _write_recovery_codes(factor: SecondFactor) -> list[str]:
    fresh = codes.new_recovery_codes()
    RecoveryCode.objects.bulk_create(RecoveryCode(factor=factor, digest=codes.digest_of(code)) for code in fresh)
    return fresh


def reseal_all() -> tuple[int, list[int]]:
    """Seal every app's secret with the present SECRET_KEY: how many, and the users whose secret no key opens that is still here."""
    sealed, unreadable = 0, list[int]()
    for user_id in SecondFactor.objects.order_by("pk").values_list("user", flat=True):
        with transaction.atomic():
            factor = SecondFactor.objects.select_for_update().filter(user=user_id).first()
            if factor is None:
                continue
            try:
                factor.secret = reseal(factor.secret)
            except Unreadable:
                unreadable.append(user_id)
            else:
                factor.save(update_fields=["secret"])
                sealed += 1
    return sealed, unreadable
