"""What the API reads and shows of people and sign-ins."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from aqad.accounts.models import User
from aqad.accounts.passwords import NewPasswordField, PasswordField
from aqad.accounts.statuses import CompanyStatus, Position
from aqad.core.fields import EmailField, PhoneField, StrictSerializer, TextField
from aqad.core.permissions import ROLES

LONGEST_TOKEN = 2000
ANY_ROLE = [(role, role) for role in ROLES]
LANGUAGES = [("en", _("English")), ("ar", _("Arabic"))]


class SignIn(StrictSerializer):
    email = EmailField()
    password = PasswordField()
    otp = TextField(max_length=20, required=False, allow_blank=True, help_text="The code of the second factor, where one is asked for.")


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
