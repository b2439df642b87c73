"""The own company, of whatever kind: what all share lives in accounts, what only a vendor has in vendors."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from aqad.accounts.api.permissions import ManagerPermission
from aqad.accounts.models import Company
from aqad.accounts.statuses import CompanyKind, CompanyStatus
from aqad.core import limits
from aqad.core.fields import EMIRATES, EmirateField, LogoField, MoneyField, PhoneField, StrictSerializer, TextField, TrnField
from aqad.core.idempotency import Answer
from aqad.core.views import Door
from aqad.dashboard.companies import change_own_company, own_company
from vendors.actions.registering import store_logo

PARTICULARS: dict[str, tuple[str, ...]] = {
    CompanyKind.VENDOR: ("address", "minimum_order_value", "delivers_to", "logo"),
    CompanyKind.DELIVERY: ("emirates",),
}


class CompanyChanges(StrictSerializer):
    name = TextField()
    phone = PhoneField()
    trn = TrnField(allow_blank=True)
    id = serializers.CharField(read_only=True)
    kind = serializers.CharField(read_only=True)
    status = serializers.CharField(read_only=True)
    reason = serializers.CharField(read_only=True)


class PickupPlace(StrictSerializer):
    line1 = TextField(max_length=200)
    area = TextField(allow_blank=True)
    emirate = EmirateField()


class VendorCompanyChanges(CompanyChanges):
    address = PickupPlace()
    minimum_order_value = MoneyField(min_value=Decimal("0.00"))
    delivers_to = serializers.ListField(child=EmirateField(), allow_empty=True, max_length=50)
    logo = LogoField(allow_null=True)

    def validate_delivers_to(self, value: list[str]) -> list[str]:
        return [emirate for emirate in EMIRATES if emirate in value]


class PickupPlaceShown(serializers.Serializer[Any]):
    line1 = serializers.CharField(source="pickup_line1")
    area = serializers.CharField(source="pickup_area")
    emirate = serializers.CharField(source="pickup_emirate")


@extend_schema_field(serializers.CharField(allow_null=True))
class LogoShown(serializers.FileField):
    """Where the logo can be fetched."""


class OwnCompany(serializers.Serializer[Any]):
    """What is not required is only there in the kind of company that has it."""

    id = serializers.CharField(source="reference")
    kind = serializers.ChoiceField(choices=CompanyKind.choices)
    name = serializers.CharField()
    phone = serializers.CharField()
    trn = serializers.CharField()
    status = serializers.ChoiceField(choices=CompanyStatus.choices)
    address = PickupPlaceShown(source="vendor", required=False, help_text="Where a vendor's goods are picked up.")
    minimum_order_value = serializers.DecimalField(source="vendor.minimum_order_value", max_digits=11, decimal_places=2, required=False)
    delivers_to = serializers.ListField(source="vendor.delivers_to", child=serializers.CharField(), required=False)
    logo = LogoShown(source="vendor.logo", required=False)
    emirates = serializers.ListField(source="delivery_partner.emirates", child=serializers.CharField(), required=False)

    def to_representation(self, instance: Company) -> dict[str, Any]:
        absent = {name for kind, names in PARTICULARS.items() if kind != instance.kind for name in names}
        return {name: value for name, value in super().to_representation(instance).items() if name not in absent}


class CompanyDoor(Door):
    roles = {"*": ("vendor", "retailer", "delivery")}
    permission_classes = [ManagerPermission]
    for_managers = ("partial_update",)

    @extend_schema(responses=OwnCompany)
    def retrieve(self, request: Request) -> Response:
        """The own company; a vendor's with its pick-up address, minimum order value and the emirates it delivers to."""
        return Response(OwnCompany(own_company(self.actor)).data)

    @extend_schema(
        request={
            "application/json": VendorCompanyChanges,
            "application/x-www-form-urlencoded": VendorCompanyChanges,
            "multipart/form-data": VendorCompanyChanges,
        },
        responses=OwnCompany,
    )
    def partial_update(self, request: Request) -> Response:
        """Change what is given. Only a vendor has `address`, `minimum_order_value`, `delivers_to` and `logo` (null takes it away)."""
        is_vendor = self.actor.role == CompanyKind.VENDOR
        changes = self.read(VendorCompanyChanges if is_vendor else CompanyChanges, partial=True)
        if "logo" in changes:
            changes["logo"] = self._stored(changes["logo"])
        return self.once(lambda: Answer(200, OwnCompany(change_own_company(changes, actor=self.actor)).data))

    def _stored(self, picture: Any) -> str:
        limits.hit(limits.UPLOADS, f"company:{self.actor.company_id}", self.request._request)
        return store_logo(picture) if picture is not None else ""
