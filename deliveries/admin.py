"""Partners and deliveries; which partner and driver carry an order is decided on the order's or the delivery's page."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from aqad.accounts.admin import LATEST, OfCompany, knows, people_of
from aqad.accounts.models import User
from aqad.accounts.statuses import CompanyKind, CompanyStatus, Position
from aqad.audit.querysets import history_of
from aqad.core import files, money
from aqad.core.actor import Actor
from aqad.core.admin import ActionButtons, Button, FoundByReference, ReadOnlyState, Wait, waits
from aqad.core.admin_shown import NOTHING, Row, Table, link_to, state_of
from aqad.core.bodies import ReasonBody
from aqad.core.fields import NOTE_LENGTH, MoneyField, StrictSerializer, TextField
from aqad.core.views import actor_of
from deliveries.actions import assigning, partners, reporting
from deliveries.api.serializers import LARGEST_TOTAL
from deliveries.models import Delivery, DeliveryPartner
from deliveries.querysets import carried_by_suspended, orders_to_assign
from deliveries.statuses import ASSIGNABLE, CARRIED, REPORTABLE, DeliveryStatus
from orders.admin import OrderAdmin
from orders.models import Order

SHUT_OUT = _("The partner is shut out. What it carries stays with it: report its steps on the pages of those deliveries.")
LET_IN = _("The partner may carry again.")


class DriverField(serializers.PrimaryKeyRelatedField[User]):
    def display_value(self, instance: Any) -> str:
        return f"{instance.membership.company.name}: {instance.name}"


def _drivers() -> QuerySet[User]:
    drivers = User.objects.filter(is_active=True, membership__role=Position.DRIVER, membership__company__status=CompanyStatus.ACTIVE)
    return drivers.select_related("membership__company").order_by("membership__company__name", "name")


def _partners() -> QuerySet[DeliveryPartner]:
    return DeliveryPartner.objects.filter(company__status=CompanyStatus.ACTIVE).select_related("company").order_by("company__name")


class CarrierBody(StrictSerializer):
    """Who shall carry it."""

    partner = serializers.PrimaryKeyRelatedField(label=_("Partner"), queryset=_partners())
    driver = DriverField(label=_("Driver"), queryset=_drivers(), required=False, allow_null=True, default=None)


def _assign(order: Order, *, partner: DeliveryPartner, driver: User | None, actor: Actor) -> Delivery:
    return assigning.assign(order, partner=partner, driver=driver.email if driver else None, actor=actor)


def _reassign(delivery: Delivery, *, partner: DeliveryPartner, driver: User | None, actor: Actor) -> Delivery:
    to = assigning.Reassignment(partner=partner, driver=driver.email if driver else None, changes_driver=True)
    return assigning.reassign(delivery, to=to, actor=actor)


def _waits_for_partner(order: Any) -> bool:
    return order.status in ASSIGNABLE and not order.deliveries.exclude(status=DeliveryStatus.CANCELLED).exists()


class StepBody(StrictSerializer):
    """What staff know of goods that a suspended partner carries."""

    status = serializers.ChoiceField(
        label=_("Step"), choices=[(status.value, status.label) for status in REPORTABLE if status != DeliveryStatus.PICKED_UP]
    )
    note = TextField(
        label=_("How you know"), max_length=NOTE_LENGTH, multiline=True, help_text=_("Whom you asked. Vendor and shop read it too.")
    )
    recipient_name = TextField(label=_("Received by"), required=False, allow_blank=True, help_text=_("For “Delivered”."))
    cash_collected = MoneyField(
        label=_("Cash collected"),
        required=False,
        allow_null=True,
        min_value=money.ZERO,
        max_value=LARGEST_TOTAL,
        help_text=_("For “Delivered”, cash on delivery: the order's total in AED."),
    )


def _report(delivery: Delivery, *, status: str, actor: Actor, **said: Any) -> Delivery:
    return reporting.report_for_suspended(delivery, reporting.Report(DeliveryStatus(status), **said), actor=actor)


def _is_stuck(delivery: Delivery) -> bool:
    return delivery.status in CARRIED and delivery.partner.company.status == CompanyStatus.SUSPENDED


class CarriedBySuspended(admin.SimpleListFilter):
    title = _("partner")
    parameter_name = "carrier"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("suspended", _("Suspended, with goods on the road"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(pk__in=carried_by_suspended().values("pk")) if self.value() == "suspended" else queryset


class ToAssign(admin.SimpleListFilter):
    title = _("delivery")
    parameter_name = "delivery"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("missing", _("Ready, without a partner"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(pk__in=orders_to_assign().values("pk")) if self.value() == "missing" else queryset


OrderAdmin.extend(
    buttons=(
        Button("assign", _("Assign a partner"), _assign, done=_("The partner has it."), asks=CarrierBody, is_offered=_waits_for_partner),
    ),
    filters=(ToAssign,),
)
waits(
    Wait(_("ready orders to give to a partner"), lambda: orders_to_assign().count(), Order, lambda: "delivery=missing"),
    Wait(_("deliveries that a suspended partner carries"), lambda: carried_by_suspended().count(), Delivery, lambda: "carrier=suspended"),
)
knows(
    CompanyKind.DELIVERY,
    DeliveryPartner,
    attribute="delivery_partner",
    suspend=partners.suspend_partner,
    reinstate=partners.reinstate_partner,
    done=(SHUT_OUT, LET_IN),
)


@admin.register(DeliveryPartner)
class DeliveryPartnerAdmin(OfCompany, ActionButtons, ReadOnlyState):
    buttons = (
        Button(
            "suspend",
            _("Suspend"),
            partners.suspend_partner,
            done=SHUT_OUT,
            asks=ReasonBody,
            is_offered=lambda partner: partner.company.status == CompanyStatus.ACTIVE,
            is_dangerous=True,
        ),
        Button(
            "reinstate",
            _("Reinstate"),
            partners.reinstate_partner,
            done=LET_IN,
            is_offered=lambda partner: partner.company.status == CompanyStatus.SUSPENDED,
        ),
    )
    references = {"D": "pk"}
    list_display = ("number", "name", "state", "serves_shown", "phone", "registered_at")
    list_display_links = ("number", "name")
    list_filter = (("company__status", admin.ChoicesFieldListFilter),)
    search_fields = ("company__name", "company__memberships__user__email")
    search_help_text = _("Name, e-mail or number (D3001)")
    ordering = ("-pk",)
    fields = ("number", "name", "state", "reason", "serves_shown", "phone", "registered_at")
    readonly_fields = (*OfCompany.of_company, "serves_shown")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("company")

    @admin.display(description=_("emirates"))
    def serves_shown(self, partner: DeliveryPartner) -> str:
        return ", ".join(partner.emirates)

    def page_context(self, request: HttpRequest, row: DeliveryPartner) -> dict[str, Any]:
        context = super().page_context(request, row)
        return {**context, "tables": [people_of(row.company)], "events": history_of(row.reference)[:LATEST]}


@admin.register(Delivery)
class DeliveryAdmin(FoundByReference, ActionButtons, ReadOnlyState):
    buttons = (
        Button(
            "reassign",
            _("Change partner or driver"),
            _reassign,
            done=_("Changed."),
            asks=CarrierBody,
            is_offered=lambda delivery: delivery.status == DeliveryStatus.ASSIGNED,
            starts_with=lambda delivery: {"partner": delivery.partner_id, "driver": delivery.driver_id},
        ),
        Button(
            "report",
            _("Report a step for the suspended partner"),
            _report,
            done=_("Reported. It is on record as yours."),
            asks=StepBody,
            is_offered=_is_stuck,
        ),
    )
    references = {"DEL": "pk", "ORD": "order", "D": "partner"}
    list_display = ("reference", "of_order", "state", "carried_by", "driver", "emirate", "created_at", "updated_at")
    list_filter = ("status", CarriedBySuspended, ("driver", admin.EmptyFieldListFilter))
    list_select_related = ("order", "partner__company", "driver")
    search_fields = ("partner__company__name", "driver__name", "driver__email", "order__retailer_name", "order__vendor_name")
    search_help_text = _("Partner, driver, retailer, vendor, or a number (DEL1001, ORD1001, D3001)")
    date_hierarchy = "created_at"
    ordering = ("-pk",)
    fields = (
        "reference",
        "of_order",
        "state",
        "carried_by",
        "driver",
        "emirate",
        "recipient_name",
        "proof_shown",
        "cash_collected",
        "created_at",
        "updated_at",
    )
    readonly_fields = ("reference", "of_order", "state", "carried_by", "emirate", "proof_shown")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("order", "partner__company", "driver")

    @admin.display(description=_("delivery"), ordering="pk")
    def reference(self, delivery: Delivery) -> str:
        return delivery.reference

    @admin.display(description=_("order"), ordering="order")
    def of_order(self, delivery: Delivery) -> str | SafeString:
        return link_to(delivery.order)

    @admin.display(description=_("status"), ordering="status")
    def state(self, delivery: Delivery) -> SafeString:
        return state_of(delivery)

    @admin.display(description=_("partner"), ordering="partner__company__name")
    def carried_by(self, delivery: Delivery) -> str | SafeString:
        return link_to(delivery.partner)

    @admin.display(description=_("to"))
    def emirate(self, delivery: Delivery) -> str:
        return str(delivery.order.address.get("emirate", NOTHING))

    @admin.display(description=_("proof"))
    def proof_shown(self, delivery: Delivery) -> str | SafeString:
        if not delivery.proof:
            return NOTHING
        return format_html('<a href="{}" target="_blank" rel="noopener">{}</a>', self.url_of("proof", delivery.pk), _("Photo"))

    def get_urls(self) -> list[URLPattern]:
        proof = path("<path:object_id>/proof", self.admin_site.admin_view(self.proof_view), name=self.url_name("proof"))
        return [proof, *super().get_urls()]

    def proof_view(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        """The photo itself; each view is on record."""
        delivery = self.find(request, object_id, change=False)
        if not delivery.proof:
            raise Http404
        name = f"{delivery.reference}.webp"
        response = files.hand_out(delivery.proof, name=name, content_type=delivery.proof_content_type, may_redirect=False)
        reporting.note_proof_viewed(delivery, actor=actor_of(request))
        return response

    def page_context(self, request: HttpRequest, row: Delivery) -> dict[str, Any]:
        steps = [Row([step.at, state_of(step), step.note or NOTHING]) for step in row.steps.order_by("pk")]
        tables = [Table(_("Steps"), [_("When"), _("What"), _("Note")], steps)]
        return {**super().page_context(request, row), "tables": tables, "events": history_of(row.reference)[:LATEST]}
