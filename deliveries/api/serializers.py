"""What is read and shown at the doors of deliveries and partners."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field, extend_schema_serializer
from rest_framework import serializers
from rest_framework.utils.html import is_html_input

from aqad.accounts.passwords import NewPasswordField
from aqad.accounts.statuses import CompanyKind, CompanyStatus, Position
from aqad.core import money
from aqad.core.actor import Actor
from aqad.core.errors import Malformed
from aqad.core.fields import (
    EMIRATES,
    NOTE_LENGTH,
    REASON_LENGTH,
    EmailField,
    EmirateField,
    MoneyField,
    PhoneField,
    PictureField,
    ReferenceField,
    StrictSerializer,
    TextField,
)
from aqad.core.parsing import parse_json
from deliveries.models import Delivery, DeliveryPartner
from deliveries.statuses import PHONES_KNOWN, REPORTABLE, DeliveryStatus
from orders.querysets import visible_to as orders_visible_to

MOST_PEOPLE = 20
LARGEST_TOTAL = Decimal("999999999999.99")
Shown = dict[str, Any]


# --- What is shown of a delivery --------------------------------------------------------------------------------------


class PartyShown(serializers.Serializer[Any]):
    id = serializers.CharField()
    name = serializers.CharField()


class DriverShown(serializers.Serializer[Any]):
    name = serializers.CharField()
    phone = serializers.CharField()


class PlaceShown(serializers.Serializer[Any]):
    line1 = serializers.CharField()
    area = serializers.CharField()
    emirate = serializers.CharField()


class PickupShown(serializers.Serializer[Any]):
    name = serializers.CharField()
    phone = serializers.CharField(allow_null=True, help_text="Null for the retailer before the order is ready.")
    address = PlaceShown()


class DropoffShown(serializers.Serializer[Any]):
    name = serializers.CharField()
    phone = serializers.CharField(allow_null=True, help_text="Null for the vendor before the order is ready.")
    address = PlaceShown()
    landmark = serializers.CharField()
    latitude = serializers.FloatField(allow_null=True)
    longitude = serializers.FloatField(allow_null=True)


class ItemShown(serializers.Serializer[Any]):
    name = serializers.CharField()
    unit = serializers.CharField()
    quantity = serializers.IntegerField()


class StepShown(serializers.Serializer[Any]):
    status = serializers.ChoiceField(choices=DeliveryStatus.choices)
    note = serializers.CharField()
    at = serializers.DateTimeField()


class ProofShown(serializers.Serializer[Any]):
    recipient_name = serializers.CharField()
    photo = serializers.CharField(allow_null=True, help_text="Path of the photo; each view is on record.")
    cash_collected = serializers.CharField(allow_null=True)
    at = serializers.DateTimeField()


class DeliveryShown(serializers.Serializer[Delivery]):
    """A delivery as the actor in the context may see it; needs `in_full`."""

    id = serializers.CharField(source="reference")
    status = serializers.ChoiceField(choices=DeliveryStatus.choices)
    order = serializers.CharField(source="order.reference")
    partner = serializers.SerializerMethodField()
    driver = serializers.SerializerMethodField()
    pickup = serializers.SerializerMethodField()
    dropoff = serializers.SerializerMethodField()
    items = ItemShown(many=True, source="order.lines.all")
    cash_to_collect = serializers.SerializerMethodField()
    events = StepShown(many=True, source="steps.all")
    proof = serializers.SerializerMethodField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()

    @extend_schema_field(PartyShown)
    def get_partner(self, delivery: Delivery) -> Shown:
        return {"id": delivery.partner.reference, "name": delivery.partner.company.name}

    @extend_schema_field(DriverShown(allow_null=True))
    def get_driver(self, delivery: Delivery) -> Shown | None:
        return {"name": delivery.driver.name, "phone": delivery.driver.phone} if delivery.driver else None

    @extend_schema_field(PickupShown)
    def get_pickup(self, delivery: Delivery) -> Shown:
        vendor = delivery.order.vendor
        return {
            "name": delivery.order.vendor_name,
            "phone": None if self._is_kept_from(CompanyKind.RETAILER, delivery) else vendor.company.phone,
            "address": {"line1": vendor.pickup_line1, "area": vendor.pickup_area, "emirate": vendor.pickup_emirate},
        }

    @extend_schema_field(DropoffShown)
    def get_dropoff(self, delivery: Delivery) -> Shown:
        order, address = delivery.order, delivery.order.address
        phone = address.get("phone") or order.retailer.company.phone
        return {
            "name": order.retailer_name,
            "phone": None if self._is_kept_from(CompanyKind.VENDOR, delivery) else phone,
            "address": {"line1": address["line1"], "area": address.get("area", ""), "emirate": address["emirate"]},
            "landmark": address.get("landmark", ""),
            "latitude": address.get("latitude"),
            "longitude": address.get("longitude"),
        }

    def get_cash_to_collect(self, delivery: Delivery) -> str:
        """AED that the driver still has to take at the door."""
        return money.text(delivery.cash_due)

    @extend_schema_field(ProofShown(allow_null=True))
    def get_proof(self, delivery: Delivery) -> Shown | None:
        step = next((step for step in delivery.steps.all() if step.status == DeliveryStatus.DELIVERED), None)
        if step is None:
            return None
        return ProofShown(
            {
                "recipient_name": delivery.recipient_name,
                "photo": f"/api/deliveries/{delivery.reference}/proof" if delivery.proof else None,
                "cash_collected": None if delivery.cash_collected is None else money.text(delivery.cash_collected),
                "at": step.at,
            }
        ).data

    def _is_kept_from(self, kind: str, delivery: Delivery) -> bool:
        """Retailer and vendor learn each other's phone when there is something to fetch."""
        actor: Actor = self.context["actor"]
        return actor.role == kind and delivery.order.status not in PHONES_KNOWN


# --- What is read about a delivery ------------------------------------------------------------------------------------


def _partner_field(**options: Any) -> ReferenceField:
    return ReferenceField(prefix=DeliveryPartner.PREFIX, scope=lambda context: DeliveryPartner.objects.all(), **options)


class AssignmentBody(StrictSerializer):
    order = ReferenceField(prefix="ORD", scope=lambda context: orders_visible_to(context["actor"]))
    partner = _partner_field()
    driver = EmailField(required=False, allow_null=True, default=None, help_text="E-mail of one of the partner's drivers.")


class ReassignmentBody(StrictSerializer):
    """What staff may change before pick-up."""

    driver = EmailField(required=False, allow_null=True, help_text="E-mail of one of the partner's drivers; null for nobody yet.")
    partner = _partner_field(required=False)

    def validate(self, attrs: Shown) -> Shown:
        if not attrs:
            raise serializers.ValidationError({"driver": [_("Name a driver or a partner.")]})
        return attrs


class DispatcherReassignmentBody(ReassignmentBody):
    """What a partner's dispatcher may change: the driver alone."""

    partner = _partner_field(read_only=True)


class ReportBody(StrictSerializer):
    status = serializers.ChoiceField(choices=[(status.value, status.label) for status in REPORTABLE])
    note = TextField(max_length=NOTE_LENGTH, multiline=True, required=False, allow_blank=True, help_text="Needed for attempt_failed.")
    recipient_name = TextField(required=False, allow_blank=True, help_text="Needed for delivered.")
    proof = PictureField(required=False, help_text="A photo, for delivered: JPEG, PNG or WebP up to 5 MB.")
    cash_collected = MoneyField(
        required=False,
        allow_null=True,
        min_value=money.ZERO,
        max_value=LARGEST_TOTAL,
        help_text="For delivered, cash on delivery: the order's total.",
    )


# --- Partners ---------------------------------------------------------------------------------------------------------


class PersonShown(serializers.Serializer[Any]):
    id = serializers.IntegerField(source="user.pk")
    name = serializers.CharField(source="user.name")
    email = serializers.CharField(source="user.email")
    phone = serializers.CharField(source="user.phone")
    role = serializers.ChoiceField(choices=[Position.DISPATCHER.value, Position.DRIVER.value])
    is_active = serializers.BooleanField(source="user.is_active")


class PartnerShown(serializers.Serializer[DeliveryPartner]):
    id = serializers.CharField(source="reference")
    company_name = serializers.CharField(source="company.name")
    phone = serializers.CharField(source="company.phone")
    status = serializers.ChoiceField(choices=CompanyStatus.choices, source="company.status")
    reason = serializers.CharField(source="company.reason")
    emirates = serializers.ListField(child=serializers.ChoiceField(choices=EMIRATES))
    users = PersonShown(many=True, source="company.memberships.all")
    created_at = serializers.DateTimeField(source="company.created_at")


class JsonInForms(serializers.ListSerializer[Any]):
    """In a form the list is one field that holds JSON."""

    def get_value(self, dictionary: Any) -> Any:
        whole = dictionary.get(self.field_name) if is_html_input(dictionary) else None
        if not isinstance(whole, str):
            return super().get_value(dictionary)
        try:
            return parse_json(whole.encode())
        except (Malformed, UnicodeEncodeError):
            return whole


class NewPersonBody(StrictSerializer):
    name = TextField()
    email = EmailField()
    phone = PhoneField()
    password = NewPasswordField()
    role = serializers.ChoiceField(choices=[Position.DISPATCHER.value, Position.DRIVER.value])


def _emirates(**options: Any) -> serializers.ListField:
    return serializers.ListField(child=EmirateField(), min_length=1, max_length=len(EMIRATES), **options)


def _each_once(emirates: list[str]) -> list[str]:
    """In the order of the country's own list, each once."""
    return [emirate for emirate in EMIRATES if emirate in emirates]


class NewPartnerBody(StrictSerializer):
    company_name = TextField()
    phone = PhoneField()
    emirates = _emirates()
    users = JsonInForms(child=NewPersonBody(), allow_empty=False, max_length=MOST_PEOPLE)

    def validate_emirates(self, emirates: list[str]) -> list[str]:
        return _each_once(emirates)

    def validate_users(self, people: list[Shown]) -> list[Shown]:
        emails = [person["email"] for person in people]
        if len(set(emails)) < len(emails):
            raise serializers.ValidationError([_("Each person needs an e-mail of their own.")])
        return people


@extend_schema_serializer(component_name="PartnerChangeBody")
class PartnerBody(StrictSerializer):
    company_name = TextField(required=False)
    phone = PhoneField(required=False)
    emirates = _emirates(required=False)

    def validate_emirates(self, emirates: list[str]) -> list[str]:
        return _each_once(emirates)


class SuspensionBody(StrictSerializer):
    reason = TextField(max_length=REASON_LENGTH, required=False, allow_blank=True)
