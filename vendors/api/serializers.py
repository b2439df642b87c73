"""What the API reads and shows of vendors and their papers."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from aqad.accounts.models import User
from aqad.accounts.passwords import NewPasswordField
from aqad.accounts.statuses import CompanyStatus
from aqad.core import clock
from aqad.core.fields import (
    DayField,
    DocumentField,
    EmailField,
    EmirateField,
    LogoField,
    PhoneField,
    StrictSerializer,
    TextField,
    TrnField,
)
from vendors.actions.registering import application_url
from vendors.models import Vendor, VendorDocument
from vendors.statuses import DocumentStatus, DocumentType

NUMBER_LENGTH = 60


class ExpiryField(DayField):
    """The day a paper ends; one that has ended already is of no use."""

    default_error_messages = {"past": _("This document has expired; send a valid one.")}

    def to_internal_value(self, value: Any) -> date:
        day = super().to_internal_value(value)
        if day < clock.today():
            self.fail("past")
        return day


class PickupAddress(StrictSerializer):
    line1 = TextField(max_length=200)
    area = TextField(required=False, allow_blank=True)
    emirate = EmirateField()


class VendorRegistration(StrictSerializer):
    name = TextField()
    email = EmailField()
    phone = PhoneField()
    password = NewPasswordField()
    company_name = TextField()
    trade_license = DocumentField()
    vat_certificate = DocumentField()
    company_logo = LogoField(required=False)
    trade_license_number = TextField(max_length=NUMBER_LENGTH, required=False, allow_blank=True)
    trade_license_expiry = ExpiryField(required=False)
    trn = TrnField(required=False, allow_blank=True)
    address = PickupAddress(required=False)

    def validate_email(self, value: str) -> str:
        """Said here so that it stands beside the other errors; what decides is the unique column."""
        if User.objects.filter(email=value).exists():
            raise serializers.ValidationError(_("This e-mail is already in use."))
        return value


class Resubmission(StrictSerializer):
    """Numbers come with the paper that bears them."""

    trade_license = DocumentField(required=False)
    trade_license_number = TextField(max_length=NUMBER_LENGTH, required=False, allow_blank=True)
    trade_license_expiry = ExpiryField(required=False)
    vat_certificate = DocumentField(required=False)
    trn = TrnField(required=False, allow_blank=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "trade_license" not in attrs and (attrs.get("trade_license_number") or attrs.get("trade_license_expiry")):
            raise serializers.ValidationError({"trade_license": [_("Send the trade licence with its number and expiry.")]})
        if "vat_certificate" not in attrs and attrs.get("trn"):
            raise serializers.ValidationError({"vat_certificate": [_("Send the VAT certificate with the TRN.")]})
        return attrs


class NewDocument(StrictSerializer):
    type = serializers.ChoiceField(choices=DocumentType.choices)
    file = DocumentField()
    number = TextField(max_length=NUMBER_LENGTH, required=False, allow_blank=True)
    expires_on = ExpiryField(required=False)


class DocumentShown(serializers.ModelSerializer[VendorDocument]):
    type = serializers.ChoiceField(choices=DocumentType.choices)
    status = serializers.ChoiceField(choices=DocumentStatus.choices)
    expires_on = serializers.DateField(allow_null=True)

    class Meta:
        model = VendorDocument
        fields = ["id", "type", "status", "reason", "number", "expires_on", "filename", "content_type", "size", "created_at", "decided_at"]
        read_only_fields = fields


class AddressShown(serializers.Serializer[Any]):
    line1 = serializers.CharField(source="pickup_line1")
    area = serializers.CharField(source="pickup_area")
    emirate = serializers.CharField(source="pickup_emirate")


class ContactShown(serializers.Serializer[Any]):
    name = serializers.CharField()
    email = serializers.EmailField()
    phone = serializers.CharField()


class _VendorShown(serializers.Serializer[Any]):
    id = serializers.CharField(source="reference")
    company_name = serializers.CharField(source="company.name")
    status = serializers.ChoiceField(source="company.status", choices=CompanyStatus.choices)
    reason = serializers.CharField(source="company.reason")
    documents = serializers.SerializerMethodField()
    logo = serializers.SerializerMethodField()

    @extend_schema_field(DocumentShown(many=True))
    def get_documents(self, vendor: Vendor) -> Any:
        return DocumentShown(vendor.documents.all(), many=True).data

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_logo(self, vendor: Vendor) -> str | None:
        return vendor.logo.url if vendor.logo else None


class ApplicationShown(_VendorShown):
    """As the applicant sees it."""

    application_url = serializers.SerializerMethodField()

    @extend_schema_field(serializers.URLField())
    def get_application_url(self, vendor: Vendor) -> str:
        return application_url(vendor)


class VendorShown(_VendorShown):
    """As staff see it."""

    phone = serializers.CharField(source="company.phone")
    trn = serializers.CharField(source="company.trn")
    address = AddressShown(source="*")
    minimum_order_value = serializers.DecimalField(max_digits=11, decimal_places=2)
    delivers_to = serializers.ListField(child=serializers.CharField())
    people = serializers.SerializerMethodField()
    created_at = serializers.DateTimeField(source="company.created_at")
    reviewed_at = serializers.DateTimeField(allow_null=True)

    @extend_schema_field(ContactShown(many=True))
    def get_people(self, vendor: Vendor) -> Any:
        return ContactShown([membership.user for membership in vendor.company.memberships.all()], many=True).data
