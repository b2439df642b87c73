"""Money: every row can be looked at and none written. Staff ask for a refund, and record cash that was given back by hand."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.contrib.admin.utils import quote
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from aqad.accounts.admin import proved
from aqad.audit.models import Event
from aqad.audit.querysets import history_of
from aqad.core import clock, money
from aqad.core.actor import Actor
from aqad.core.admin import ActionButtons, Button, FoundByReference, ReadOnlyState, Wait, offers, waits
from aqad.core.admin_shown import NOTHING, Row, Table, link_to, page_of, state_of
from payments.actions import owing, refunding
from payments.api.serializers import RefundAsked
from payments.models import GatewayMessage, Payment, Refund
from payments.statuses import PaymentStatus, RefundStatus

LATEST = 50
MONEY_ALERT = "payments.money_alert"
ALERTS_LAST = timedelta(days=7)


def failed_for_good() -> QuerySet[Refund]:
    """Refunds that the bank refused and after which nobody has asked for another."""
    later = Refund.objects.filter(payment=OuterRef("payment"), created_at__gt=OuterRef("created_at"))
    return Refund.objects.filter(~Exists(later), status=RefundStatus.FAILED)


def to_pay_by_hand() -> QuerySet[Refund]:
    return Refund.objects.filter(status=RefundStatus.MANUAL)


def _alerts_since() -> datetime:
    return timezone.localtime(clock.now() - ALERTS_LAST).replace(hour=0, minute=0, second=0, microsecond=0)


def _alerts_query() -> str:
    return urlencode({"verb": MONEY_ALERT, "at__gte": _alerts_since().isoformat(" ")})


waits(
    Wait(_("refunds that the bank refused"), lambda: failed_for_good().count(), Refund, lambda: "waiting=failed"),
    Wait(_("cash refunds to give back by hand"), lambda: to_pay_by_hand().count(), Refund, lambda: "waiting=by_hand"),
    Wait(
        _("money alerts of the last seven days"),
        lambda: Event.objects.filter(verb=MONEY_ALERT, at__gte=_alerts_since()).count(),
        Event,
        _alerts_query,
    ),
)


def _refund(payment: Payment, *, amount: Decimal, reason: str, actor: Actor) -> Refund | None:
    return refunding.request_refund(owing.lock_payment(payment.pk), amount=amount, part="", reason=reason, actor=actor)


def _took_money(payment: Payment) -> bool:
    return payment.amount_paid > payment.amount_refunded and payment.status != PaymentStatus.REFUNDED


REFUND_BUTTONS = (
    Button(
        "record",
        _("Cash given back"),
        refunding.record_manual_refund,
        done=_("It is on record that the cash was given back."),
        is_offered=lambda refund: refund.status == RefundStatus.MANUAL,
        demands=proved,
    ),
)


@admin.register(Payment)
class PaymentAdmin(FoundByReference, ActionButtons, ReadOnlyState):
    buttons = (
        Button(
            "refund",
            _("Refund"),
            _refund,
            done=_("The refund is asked for; its state is shown below."),
            asks=RefundAsked,
            is_offered=_took_money,
            starts_with=lambda payment: {"amount": money.text(payment.amount_paid - payment.amount_refunded)},
            is_dangerous=True,
            demands=proved,
        ),
    )
    references = {"PAY": "pk", "ORD": "orders", "R": "payer__retailer"}
    list_display = ("reference", "owed_by", "method", "state", "amount", "amount_paid", "amount_refunded", "created_at", "pay_by")
    list_filter = ("status", "method")
    list_select_related = ("payer",)
    search_fields = ("payer__name",)
    search_help_text = _("Payer, or a number (PAY1001, ORD1001, R2001)")
    date_hierarchy = "created_at"
    ordering = ("-pk",)
    fields = (
        "reference",
        "owed_by",
        "method",
        "state",
        "amount",
        "amount_paid",
        "amount_refunded",
        "gateway",
        "pay_by",
        "created_at",
        "updated_at",
    )
    readonly_fields = ("reference", "owed_by", "state")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("payer")

    @admin.display(description=_("payment"), ordering="pk")
    def reference(self, payment: Payment) -> str:
        return payment.reference

    @admin.display(description=_("payer"), ordering="payer__name")
    def owed_by(self, payment: Payment) -> str | SafeString:
        return link_to(payment.payer)

    @admin.display(description=_("status"), ordering="status")
    def state(self, payment: Payment) -> SafeString:
        return state_of(payment)

    def page_context(self, request: HttpRequest, row: Payment) -> dict[str, Any]:
        tables = [_orders_of(row), _attempts_of(row), self._refunds_of(request, row), _collections_of(row)]
        return {**super().page_context(request, row), "tables": tables, "events": history_of(row.reference)[:LATEST]}

    def _refunds_of(self, request: HttpRequest, payment: Payment) -> Table:
        may_record = request.user.has_perm("payments.change_refund")
        rows = []
        for one in payment.refunds.order_by("created_at", "pk"):
            here = reverse("admin:payments_refund_changelist") + f"{quote(one.pk)}/do/"
            shown = offers(REFUND_BUTTONS, one, (here + "{}").format) if may_record else []
            cells = [one.created_at, money.text(one.amount), state_of(one), one.part or NOTHING, one.reason or NOTHING, one.tries]
            rows.append(Row([link_to(one, cells[0]), *cells[1:]], shown))
        return Table(_("Refunds"), [_("Asked"), _("Amount"), _("Status"), _("For"), _("Reason"), _("Tries")], rows)


def _orders_of(payment: Any) -> Table:
    rows = [Row([link_to(one), state_of(one), one.vendor_name, money.text(one.total)]) for one in payment.orders.order_by("pk")]
    return Table(_("Orders"), [_("Order"), _("Status"), _("Vendor"), _("Total")], rows)


def _attempts_of(payment: Payment) -> Table:
    rows = [
        Row([one.created_at, money.text(one.amount), state_of(one), money.text(one.captured), one.decline_code or one.gateway_reference])
        for one in payment.attempts.order_by("created_at", "pk")
    ]
    return Table(_("Attempts"), [_("When"), _("Amount"), _("Status"), _("Taken"), _("The bank's word")], rows)


def _collections_of(payment: Payment) -> Table:
    rows = [Row([one.at, one.part, money.text(one.amount), one.collected_by]) for one in payment.collections.order_by("pk")]
    return Table(_("Cash collected"), [_("When"), _("For"), _("Amount"), _("By")], rows)


class Waiting(admin.SimpleListFilter):
    title = _("waits for staff")
    parameter_name = "waiting"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("failed", _("Refused by the bank")), ("by_hand", _("To be given back by hand"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        chosen = {"failed": failed_for_good, "by_hand": to_pay_by_hand}.get(self.value() or "")
        return queryset.filter(pk__in=chosen().values("pk")) if chosen else queryset


@admin.register(Refund)
class RefundAdmin(FoundByReference, ActionButtons, ReadOnlyState):
    buttons = REFUND_BUTTONS
    references = {"PAY": "payment", "ORD": "payment__orders"}
    list_display = ("created_at", "of_payment", "payer", "amount", "state", "part", "reason", "tries", "done_at")
    list_filter = (Waiting, "status")
    list_select_related = ("payment__payer",)
    search_fields = ("payment__payer__name", "=gateway_reference")
    search_help_text = _("Payer, the bank's reference, or a number (PAY1001, ORD1001)")
    date_hierarchy = "created_at"
    ordering = ("-created_at",)
    fields = (
        "of_payment",
        "payer",
        "amount",
        "state",
        "part",
        "reason",
        "gateway_reference",
        "tries",
        "next_try_at",
        "created_at",
        "done_at",
    )
    readonly_fields = ("of_payment", "payer", "state")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("payment__payer")

    @admin.display(description=_("payment"), ordering="payment")
    def of_payment(self, refund: Refund) -> str | SafeString:
        return link_to(refund.payment)

    @admin.display(description=_("payer"))
    def payer(self, refund: Refund) -> str:
        return refund.payment.payer.name

    @admin.display(description=_("status"), ordering="status")
    def state(self, refund: Refund) -> SafeString:
        return state_of(refund)

    def page_of(self, row: Refund) -> str:
        """A refund is recorded on its payment's page as a rule."""
        return page_of(row.payment)


@admin.register(GatewayMessage)
class GatewayMessageAdmin(ReadOnlyState):
    """What the bank told by webhook."""

    list_display = ("received_at", "gateway", "kind", "message_id", "gateway_reference", "handled_at")
    list_filter = ("gateway", ("handled_at", admin.EmptyFieldListFilter))
    search_fields = ("=message_id", "=gateway_reference", "=key")
    date_hierarchy = "received_at"
    ordering = ("-pk",)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
