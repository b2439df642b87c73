"""Shops, where they want their cartons, and buttons that shut them out and let them in again."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from aqad.accounts.admin import LATEST, OfCompany, knows, people_of
from aqad.accounts.statuses import CompanyKind, CompanyStatus
from aqad.audit.querysets import history_of
from aqad.core.admin import ActionButtons, Button, ReadOnlyInline, ReadOnlyState
from aqad.core.bodies import ReasonBody
from aqad.retailers.actions import registering
from aqad.retailers.models import Address, Retailer

SHUT_OUT, LET_IN = _("The shop is shut out."), _("The shop may order again.")
knows(
    CompanyKind.RETAILER,
    Retailer,
    attribute="retailer",
    suspend=registering.suspend,
    reinstate=registering.reinstate,
    done=(SHUT_OUT, LET_IN),
)


class AddressInline(ReadOnlyInline):
    model = Address
    fields = ("label", "line1", "area", "emirate", "landmark", "phone", "removed_at")


@admin.register(Retailer)
class RetailerAdmin(OfCompany, ActionButtons, ReadOnlyState):
    buttons = (
        Button(
            "suspend",
            _("Suspend"),
            registering.suspend,
            done=SHUT_OUT,
            asks=ReasonBody,
            is_offered=lambda shop: shop.company.status == CompanyStatus.ACTIVE,
            is_dangerous=True,
        ),
        Button(
            "reinstate",
            _("Reinstate"),
            registering.reinstate,
            done=LET_IN,
            is_offered=lambda shop: shop.company.status == CompanyStatus.SUSPENDED,
        ),
    )
    references = {"R": "pk"}
    list_display = ("number", "name", "state", "trn", "phone", "registered_at")
    list_display_links = ("number", "name")
    list_filter = (("company__status", admin.ChoicesFieldListFilter),)
    search_fields = ("company__name", "company__trn", "company__memberships__user__email")
    search_help_text = _("Name, TRN, e-mail or number (R2001)")
    date_hierarchy = "company__created_at"
    ordering = ("-pk",)
    fields = OfCompany.of_company
    inlines = (AddressInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("company")

    def page_context(self, request: HttpRequest, row: Retailer) -> dict[str, Any]:
        context = super().page_context(request, row)
        return {**context, "tables": [people_of(row.company)], "events": history_of(row.reference)[:LATEST]}
