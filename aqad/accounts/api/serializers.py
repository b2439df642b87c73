"""What the API reads and shows of people and sign-ins."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from aqad.accounts.devices import in_words
from aqad.accounts.models import TokenFamily, User
from aqad.accounts.passwords import NewPasswordField, PasswordField
from aqad.accounts.statuses import CompanyStatus, Position
from aqad.core.fields import EmailField, PhoneField, StrictSerializer, TextField
from aqad.core.permissions import ROLES

LONGEST_TOKEN = 2000
LONGEST_OTP = 30
SESSION_KINDS = ["browser", "tokens"]
ANY_ROLE = [(role, role) for role in ROLES]
LANGUAGES = [("en", _("English")), ("ar", _("Arabic"))]


class OtpField(TextField):
    """A code of the authenticator app or a recovery code, as somebody typed it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=LONGEST_OTP, **kwargs)


class SignIn(StrictSerializer):
    email = EmailField()
    password = PasswordField()
    otp = OtpField(required=False, allow_blank=True, help_text="The code of the second factor, where one is asked for.")


class SecondHalf(StrictSerializer):
    """Of a sign-in on a page: the code, and what stands for the right password."""

    half = TextField(max_length=LONGEST_TOKEN)
    otp = OtpField()


class Code(StrictSerializer):
    otp = OtpField()


class PasswordAndCode(Code):
    password = PasswordField()


class EmailChangeAsked(StrictSerializer):
    email = EmailField()
    password = PasswordField()
    otp = OtpField(required=False)


class RefreshToken(StrictSerializer):
    refresh = TextField(max_length=LONGEST_TOKEN)


class PasswordChange(StrictSerializer):
    old_password = PasswordField()
    new_password = NewPasswordField()


class PasswordReset(StrictSerializer):
    email = EmailField()


class PasswordResetConfirm(StrictSerializer):
    token = TextField(max_length=LONGEST_TOKEN)
    password = NewPasswordField()


class OwnChanges(StrictSerializer):
    name = TextField()
    phone = PhoneField(allow_blank=True)
    language = serializers.ChoiceField(choices=LANGUAGES)
    email = serializers.CharField(read_only=True)
    role = serializers.CharField(read_only=True)
    position = serializers.CharField(read_only=True)
    company = serializers.CharField(read_only=True)


class Invitation(StrictSerializer):
    name = TextField()
    email = EmailField()
    phone = PhoneField(required=False, allow_blank=True)
    role = serializers.ChoiceField(choices=Position.choices)

    def validate_email(self, value: str) -> str:
        return refuse_taken(value)


class CompanyBrief(serializers.Serializer[Any]):
    id = serializers.CharField(source="reference")
    name = serializers.CharField()
    status = serializers.ChoiceField(choices=CompanyStatus.choices)


class _PersonShown(serializers.Serializer[Any]):
    email = serializers.EmailField()
    name = serializers.CharField()
    role = serializers.ChoiceField(choices=ANY_ROLE)
    position = serializers.SerializerMethodField()
    company = serializers.SerializerMethodField()
    phone = serializers.CharField()
    language = serializers.ChoiceField(choices=LANGUAGES)

    @extend_schema_field(serializers.CharField())
    def get_position(self, user: User) -> str:
        return user.acting_as.role if user.acting_as else ""

    @extend_schema_field(CompanyBrief(allow_null=True))
    def get_company(self, user: User) -> Any:
        return CompanyBrief(user.acting_as.company).data if user.acting_as else None


class OwnAccount(_PersonShown):
    """The person who is signed in; AQAD's staff have no company."""


class UserShown(_PersonShown):
    """As staff see a person; somebody who has left a company has no role."""

    role = serializers.ChoiceField(choices=ANY_ROLE, allow_blank=True)
    id = serializers.IntegerField()
    is_active = serializers.BooleanField()
    date_joined = serializers.DateTimeField()


class TokenPair(serializers.Serializer[Any]):
    access = serializers.CharField(help_text="Lives 15 minutes.")
    refresh = serializers.CharField(help_text="Lives 7 days and works once.")


class SignedIn(TokenPair):
    user = OwnAccount()


class SessionShown(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    kind = serializers.SerializerMethodField()
    device = serializers.SerializerMethodField()
    address = serializers.CharField(help_text="Of the network it signed in from; empty where that is not known.")
    created_at = serializers.DateTimeField()
    seen_at = serializers.DateTimeField(allow_null=True, help_text="To five minutes.")
    expires_at = serializers.DateTimeField()
    is_current = serializers.SerializerMethodField()

    @extend_schema_field(serializers.ChoiceField(choices=SESSION_KINDS))
    def get_kind(self, family: TokenFamily) -> str:
        return "browser" if family.is_session else "tokens"

    @extend_schema_field(serializers.CharField(help_text="Such as Chrome on Android."))
    def get_device(self, family: TokenFamily) -> str:
        return in_words(family.agent)

    @extend_schema_field(serializers.BooleanField())
    def get_is_current(self, family: TokenFamily) -> bool:
        return family == self.context["actor"].user.family


class TeamMember(serializers.Serializer[Any]):
    id = serializers.IntegerField(source="user_id")
    name = serializers.CharField(source="user.name")
    email = serializers.EmailField(source="user.email")
    phone = serializers.CharField(source="user.phone")
    role = serializers.ChoiceField(choices=Position.choices)


def refuse_taken(email: str) -> str:
    """Said in the serializer so that it stands beside the other errors; what decides is the unique column."""
    if User.objects.filter(email=email).exists():
        raise serializers.ValidationError(_("This e-mail is already in use."))
    return email
