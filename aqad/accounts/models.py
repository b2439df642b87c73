"""User, Company, Membership; the second factor; what grew out of a sign-in, and failed ones."""

from __future__ import annotations

import uuid
from functools import cache
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import translation
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from aqad.accounts.statuses import MANAGERS, CompanyKind, CompanyStatus, Position
from aqad.core import clock
from aqad.core.fields import EMAIL_LENGTH, NAME_LENGTH, REASON_LENGTH

AGENT_LENGTH = 200


class UserManager(BaseUserManager["User"]):
    """Finds people by e-mail whatever its case."""

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email=(username or "").lower())

    def create_superuser(self, email: str, password: str, **fields: Any) -> User:
        """For `manage.py createsuperuser`: a member of AQAD's staff with every right."""
        user = User(email=email.lower(), is_staff=True, is_superuser=True, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser, PermissionsMixin):
    """A person. Signs in with an e-mail; acts for the company of the membership, or for AQAD when `is_staff`."""

    email = models.EmailField(_("e-mail"), max_length=EMAIL_LENGTH, unique=True)
    name = models.CharField(_("name"), max_length=NAME_LENGTH)
    phone = models.CharField(_("phone"), max_length=20, blank=True)
    language = models.CharField(_("language"), max_length=5, default="en", choices=[("en", _("English")), ("ar", _("Arabic"))])
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(_("AQAD staff"), default=False)
    token_version = models.PositiveIntegerField(default=1, editable=False)
    date_joined = models.DateTimeField(_("joined"), default=clock.now)

    objects: ClassVar[UserManager] = UserManager()

    # By which sign-in this person is here; authentication puts it beside company and membership.
    family: TokenFamily | None = None

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = _("user")
        constraints = [models.CheckConstraint(name="user_email_lower", condition=models.Q(email=Lower("email")))]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def acting_as(self) -> Membership | None:
        """For whom this person acts; None for AQAD's staff."""
        return getattr(self, "membership", None)

    @property
    def company_reference(self) -> str | None:
        return self.acting_as.company.reference if self.acting_as else None

    @property
    def role(self) -> str:
        """vendor, retailer, delivery or staff; nothing for somebody who has left a company."""
        return self.acting_as.company.kind if self.acting_as else ("staff" if self.is_staff else "")

    @property
    def has_second_factor(self) -> bool:
        factor = getattr(self, "second_factor", None)
        return factor is not None and factor.is_on

    def _get_session_auth_hash(self, secret: str | bytes | None = None) -> str:
        # Django ends a session when this changes: with the password, and with every bump of the token version.
        return salted_hmac("accounts.session", f"{self.password}{self.token_version}", secret=secret, algorithm="sha256").hexdigest()


class Company(models.Model):
    """A vendor, a retailer or a delivery partner; what only one kind has lives in that kind's own model."""

    kind = models.CharField(_("kind"), max_length=10, choices=CompanyKind.choices)
    reference = models.CharField(_("reference"), max_length=20, unique=True, null=True)
    name = models.CharField(_("name"), max_length=NAME_LENGTH)
    status = models.CharField(_("status"), max_length=10, choices=CompanyStatus.choices)
    reason = models.CharField(_("reason"), max_length=REASON_LENGTH, blank=True)
    phone = models.CharField(_("phone"), max_length=20)
    trn = models.CharField(_("TRN"), max_length=15, blank=True)
    created_at = models.DateTimeField(_("registered"), default=clock.now)

    class Meta:
        verbose_name = _("company")
        verbose_name_plural = _("companies")
        indexes = [models.Index(fields=["kind", "status", "-id"], name="company_kind_status")]

    def __str__(self) -> str:
        return f"{self.reference} {self.name}"

    @property
    def is_active(self) -> bool:
        return self.status == CompanyStatus.ACTIVE

    @property
    def kind_in_words(self) -> str:
        """As `get_kind_display` in the record's own language."""
        return kind_on_record(self.kind)


@cache
@translation.override(settings.LANGUAGE_CODE)
def kind_on_record(kind: str) -> str:
    """A company's kind in the record's own language."""
    return str(CompanyKind(kind).label)


class Membership(models.Model):
    """For which one company a person acts, and as what."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="membership")
    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(_("role"), max_length=10, choices=Position.choices)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("membership")

    def __str__(self) -> str:
        return f"{self.user_id} {self.role} of {self.company_id}"

    @property
    def is_manager(self) -> bool:
        return self.role in MANAGERS


class SecondFactor(models.Model):
    """An authenticator app of one person, on from the moment its first code was given. `last_step` is the newest time step accepted."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="second_factor")
    secret = models.TextField()  # sealed (aqad.accounts.sealing)
    last_step = models.BigIntegerField(default=0)
    created_at = models.DateTimeField(default=clock.now)
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("second factor")

    def __str__(self) -> str:
        return f"{self.user_id} {'on' if self.is_on else 'not yet'}"

    @property
    def is_on(self) -> bool:
        return self.confirmed_at is not None


class RecoveryCode(models.Model):
    """One way back in without the app, good for one time; only a digest of it is stored."""

    factor = models.ForeignKey(SecondFactor, on_delete=models.CASCADE, related_name="recovery_codes")
    digest = models.CharField(max_length=64)
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["factor", "digest"], name="recovery_code_once")]

    def __str__(self) -> str:
        return f"{self.factor_id} {'used' if self.used_at else 'unused'}"


class TokenFamily(models.Model):
    """All that grew out of one sign-in: a pair of tokens and its successors, or a browser's session.

    Ended by signing out, by its person from another device, or when an old refresh token is used again.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="token_families")
    created_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    is_session = models.BooleanField(default=False, db_default=False)
    version = models.PositiveIntegerField(null=True)  # the person's token version at the time; a newer one has ended it
    agent = models.CharField(max_length=AGENT_LENGTH, default="", db_default="", blank=True)
    address = models.CharField(max_length=64, default="", db_default="", blank=True)
    seen_at = models.DateTimeField(default=clock.now, null=True)
    proved_at = models.DateTimeField(null=True)  # when the second factor was last given here

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="token_family_expires")]

    def __str__(self) -> str:
        return str(self.id)


class KnownDevice(models.Model):
    """A device and an address that somebody has signed in from before; only a keyed digest of both is stored."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="known_devices")
    mark = models.CharField(max_length=64)
    seen_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "mark"], name="known_device_once")]
        indexes = [models.Index(fields=["seen_at"], name="known_device_seen")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.mark[:8]}"


class EmailChange(models.Model):
    """Another e-mail that a person asked for and has not confirmed yet; the newest request alone counts."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="email_change")
    email = models.EmailField(max_length=EMAIL_LENGTH)
    asked_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return f"{self.user_id} since {self.asked_at:%Y-%m-%d %H:%M}"


class UsedRefreshToken(models.Model):
    """A refresh token that was exchanged; the unique id makes exactly one of twenty simultaneous uses succeed."""

    jti = models.CharField(max_length=64, primary_key=True)
    family = models.ForeignKey(TokenFamily, on_delete=models.CASCADE, related_name="used")
    used_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return self.jti


class FailedSignIn(models.Model):
    """A wrong password, counted in the database per account (a hash of the e-mail, known or not) and per address."""

    account = models.CharField(max_length=64)
    address = models.CharField(max_length=64)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [
            models.Index(fields=["account", "at"], name="failed_sign_in_account"),
            models.Index(fields=["address", "at"], name="failed_sign_in_address"),
        ]

    def __str__(self) -> str:
        return f"{self.address} {self.at:%Y-%m-%d %H:%M}"
