"""What the API reads and shows of shops and their addresses."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from aqad.accounts.api.serializers import TeamMember, refuse_taken
from aqad.accounts.passwords import NewPasswordField
from aqad.accounts.statuses import CompanyStatus
from aqad.core.fields import CoordinateField, EmailField, EmirateField, PhoneField, StrictSerializer, TextField, TrnField
from aqad.retailers.models import Retailer


class AddressBody(StrictSerializer):
    line1 = TextField(max_length=200)
    area = TextField(required=False, allow_blank=True)
    emirate = EmirateField()
    landmark = TextField(max_length=200, required=False, allow_blank=True)
    phone = PhoneField(required=False, allow_blank=True)
    latitude = CoordinateField(bound=90, required=False, allow_null=True)
    longitude = CoordinateField(bound=180, required=False, allow_null=True)
    id = serializers.IntegerField(read_only=True)

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        # Spelt here, since `label` means something else on a class of DRF's.
        return {"label": TextField(), **super().get_fields()}


class RetailerAddress(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    line1 = serializers.CharField()
    area = serializers.CharField()
    emirate = serializers.CharField()
    landmark = serializers.CharField()
    phone = serializers.CharField()
    latitude = serializers.FloatField(allow_null=True)
    longitude = serializers.FloatField(allow_null=True)

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        fields = super().get_fields()
        return {"id": fields.pop("id"), "label": serializers.CharField(), **fields}


class RetailerRegistration(StrictSerializer):
    name = TextField()
    email = EmailField()
    phone = PhoneField()
    password = NewPasswordField()
    company_name = TextField()
    trn = TrnField(required=False, allow_blank=True)
    address = AddressBody(required=False)
    id = serializers.CharField(read_only=True)
    status = serializers.CharField(read_only=True)

    def validate_email(self, value: str) -> str:
        return refuse_taken(value)


class RetailerRegistered(serializers.Serializer[Any]):
    id = serializers.CharField(source="reference")
    company_name = serializers.CharField(source="company.name")
    status = serializers.ChoiceField(source="company.status", choices=CompanyStatus.choices)


class RetailerShown(RetailerRegistered):
    """As staff see it."""

    reason = serializers.CharField(source="company.reason")
    phone = serializers.CharField(source="company.phone")
    trn = serializers.CharField(source="company.trn")
    people = serializers.SerializerMethodField()
    created_at = serializers.DateTimeField(source="company.created_at")

    @extend_schema_field(TeamMember(many=True))
    def get_people(self, retailer: Retailer) -> Any:
        return TeamMember(retailer.company.memberships.all(), many=True).data
