"""The review queue: who waits for a decision, their papers beside what they said of themselves, and buttons that decide."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from aqad.accounts.admin import LATEST, OfCompany, knows, proved
from aqad.accounts.statuses import CompanyKind, CompanyStatus
from aqad.audit.querysets import history_of
from aqad.core import clock, files
from aqad.core.admin import ActionButtons, Button, ReadOnlyState, Wait, offers, press, waits
from aqad.core.bodies import ReasonBody
from aqad.core.views import actor_of
from vendors.actions import papers, reviewing
from vendors.models import Vendor, VendorDocument
from vendors.querysets import DECIDED, REVIEW_ORDER, in_review_order
from vendors.statuses import DocumentStatus


def _is(status: CompanyStatus) -> Any:
    return lambda vendor: vendor.company.status == status


def _waits(document: VendorDocument) -> bool:
    return document.status == DocumentStatus.PENDING


VENDOR_BUTTONS = (
    Button(
        "approve",
        _("Approve"),
        reviewing.approve,
        done=_("The vendor may sell now."),
        is_offered=_is(CompanyStatus.PENDING),
        demands=proved,
    ),
    Button(
        "reject",
        _("Reject"),
        reviewing.reject,
        done=_("The vendor was rejected and is told why."),
        asks=ReasonBody,
        is_offered=_is(CompanyStatus.PENDING),
        is_dangerous=True,
        demands=proved,
    ),
    Button(
        "suspend",
        _("Suspend"),
        reviewing.suspend,
        done=_("The vendor is shut out."),
        asks=ReasonBody,
        is_offered=_is(CompanyStatus.ACTIVE),
        is_dangerous=True,
    ),
    Button(
        "reinstate", _("Reinstate"), reviewing.reinstate, done=_("The vendor may trade again."), is_offered=_is(CompanyStatus.SUSPENDED)
    ),
)
DOCUMENT_BUTTONS = (
    Button(
        "approve",
        _("Approve document"),
        reviewing.approve_document,
        done=_("The document is in force."),
        is_offered=_waits,
        demands=proved,
    ),
    Button(
        "reject",
        _("Reject document"),
        reviewing.reject_document,
        done=_("The document was rejected."),
        asks=ReasonBody,
        is_offered=_waits,
        is_dangerous=True,
        demands=proved,
    ),
)


knows(
    CompanyKind.VENDOR,
    Vendor,
    attribute="vendor",
    suspend=reviewing.suspend,
    reinstate=reviewing.reinstate,
    done=(_("The vendor is shut out."), _("The vendor may trade again.")),
)
waits(Wait(_("vendors to review"), lambda: in_review_order().filter(queue__lt=DECIDED).count(), Vendor, lambda: "decision=waiting"))


class Waiting(admin.SimpleListFilter):
    title = _("decision")
    parameter_name = "decision"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("waiting", _("Waiting"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(queue__lt=DECIDED) if self.value() == "waiting" else queryset


@admin.register(Vendor)
class VendorAdmin(OfCompany, ActionButtons, ReadOnlyState):
    buttons = VENDOR_BUTTONS
    references = {"V": "pk"}
    change_form_template = "admin/vendors/vendor/change_form.html"
    list_display = ("number", "name", "state", "waiting", "trn", "contact", "registered_at", "reviewed_at")
    list_display_links = ("number", "name")
    list_filter = (("company__status", admin.ChoicesFieldListFilter), Waiting, "pickup_emirate")
    search_fields = ("company__name", "company__trn", "company__memberships__user__email")
    search_help_text = _("Name, TRN, e-mail or number (V1001)")
    date_hierarchy = "company__created_at"
    fieldsets = (
        (None, {"fields": ("number", "name", "state", "reason", "trn", "phone", "registered_at", "reviewed_at")}),
        (_("Trade"), {"fields": ("pickup_line1", "pickup_area", "pickup_emirate", "minimum_order_value", "delivers_to", "logo_shown")}),
    )
    readonly_fields = (*OfCompany.of_company, "logo_shown")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return in_review_order()

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        """Who waits comes first."""
        return REVIEW_ORDER

    @admin.display(description=_("papers waiting"), ordering="waiting_papers")
    def waiting(self, vendor: Any) -> int:
        return int(vendor.waiting_papers)

    @admin.display(description=_("contact"))
    def contact(self, vendor: Any) -> str:
        return ", ".join(membership.user.email for membership in vendor.company.owners)

    @admin.display(description=_("logo"))
    def logo_shown(self, vendor: Vendor) -> str | SafeString:
        return format_html('<img src="{}" alt="" width="96">', vendor.logo.url) if vendor.logo else "-"

    def page_context(self, request: HttpRequest, row: Vendor) -> dict[str, Any]:
        may_decide = self.has_change_permission(request, row)
        return {
            **super().page_context(request, row),
            "documents": [self._panel(document, may_decide) for document in row.documents.order_by("type", "-pk")],
            "people": row.company.memberships.select_related("user").order_by("pk"),
            "events": history_of(row.reference)[:LATEST],
        }

    def _panel(self, document: VendorDocument, may_decide: bool) -> dict[str, Any]:
        place = (document.vendor_id, document.pk)
        return {
            "document": document,
            "url": self.url_of("document", *place),
            "is_image": document.content_type.startswith("image/"),
            "has_ended": document.expires_on is not None and document.expires_on < clock.today(),
            "offers": offers(DOCUMENT_BUTTONS, document, lambda name: self.url_of("document_do", *place, name)) if may_decide else [],
        }

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        document = "<path:object_id>/documents/<int:document_id>"
        return [
            path(f"{document}/file", view(self.document_view), name=self.url_name("document")),
            path(f"{document}/do/<slug:name>", view(self.document_press_view), name=self.url_name("document_do")),
            *super().get_urls(),
        ]

    def document_view(self, request: HttpRequest, object_id: str, document_id: int) -> HttpResponseBase:
        """The paper itself; each view is on record."""
        document = self._document(self.find(request, object_id, change=False), document_id)
        response = files.hand_out(document.file, name=document.filename, content_type=document.content_type, may_redirect=False)
        papers.view_document(document, actor=actor_of(request))
        return response

    def document_press_view(self, request: HttpRequest, object_id: str, document_id: int, name: str) -> HttpResponse:
        vendor = self.find(request, object_id)
        return press(request, DOCUMENT_BUTTONS, name, self._document(vendor, document_id), back=self.url_of("change", vendor.pk))

    def _document(self, vendor: Vendor, document_id: int) -> VendorDocument:
        document = VendorDocument.objects.select_related("vendor__company").filter(vendor=vendor, pk=document_id).first()
        if document is None:
            raise Http404
        return document


@admin.register(VendorDocument)
class VendorDocumentAdmin(ReadOnlyState):
    """All papers in one list; they are looked at and decided on their vendor's page."""

    list_display = ("type", "company", "status", "number", "expires_on", "created_at", "decided_at")
    list_display_links = None
    list_filter = ("status", "type")
    list_select_related = ("vendor__company",)
    search_fields = ("vendor__company__name", "number")
    date_hierarchy = "expires_on"
    ordering = ("-pk",)

    @admin.display(description=_("vendor"), ordering="vendor__company__name")
    def company(self, document: VendorDocument) -> SafeString:
        url = reverse("admin:vendors_vendor_change", args=[document.vendor_id])
        return format_html('<a href="{}">{}</a>', url, document.vendor.company)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> None:
        """There is no page of one paper apart from its vendor's."""
        return
