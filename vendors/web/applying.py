"""A vendor applies, and follows its application behind the signed link. Works without JavaScript."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from rest_framework.request import Request

from aqad.accounts.statuses import CompanyStatus
from aqad.accounts.web.sessions import VisitorPage
from aqad.core import limits
from aqad.core.errors import RateLimited, Refusal, Unavailable
from aqad.core.idempotency import Answer
from aqad.core.views import ANYONE
from aqad.core.web import MENDABLE, Page
from vendors.actions import papers, registering
from vendors.api.serializers import Resubmission, VendorRegistration
from vendors.models import Vendor
from vendors.querysets import with_papers
from vendors.statuses import DocumentStatus, DocumentType

# Nobody fills such a form twice only because something was too much or away for a moment.
SHOWN_AGAIN = (*MENDABLE, RateLimited, Unavailable)


class ApplyPage(VisitorPage):
    def show_form(self, request: Request) -> HttpResponseBase:
        return self.for_visitors(lambda: self.show("vendors/apply.html"))

    def apply(self, request: Request) -> HttpResponseBase:
        return self.for_visitors(lambda: self.attempt(self._apply, otherwise=self._again, mendable=SHOWN_AGAIN))

    def _apply(self) -> HttpResponse:
        limits.hit(limits.REGISTRATION, f"address:{limits.address_key(self.web)}", self.web)
        prepared = registering.prepare(registering.Application(**self.read_form(VendorRegistration)))
        token = self.once(lambda: Answer(201, registering.application_token(registering.register(prepared, actor=self.actor)))).data
        self.say(_("Thank you, we have your application. Keep this page's address; it is in our mail to you, too."))
        return self.go(reverse("vendors:application", args=[token]))

    def _again(self, refusal: Refusal) -> HttpResponse:
        return self.show_again("vendors/apply.html", refusal)


class ApplicationPage(Page):
    """Whoever holds the link sees where the application stands and sends new papers until it is decided."""

    roles = {"*": (ANYONE,)}

    def follow(self, request: Request, token: str) -> HttpResponse:
        return self.show("vendors/application.html", **_context(registering.vendor_of_token(token)))

    def send(self, request: Request, token: str) -> HttpResponseBase:
        vendor = registering.vendor_of_token(token)
        return self.attempt(
            lambda: self._send(vendor, token),
            otherwise=lambda refusal: self.show_again("vendors/application.html", refusal, **_context(vendor)),
            mendable=SHOWN_AGAIN,
        )

    def _send(self, vendor: Vendor, token: str) -> HttpResponse:
        limits.hit(limits.UPLOADS, f"company:{vendor.company_id}", self.web)
        said = self.read_form(Resubmission)
        papers.refuse_closed(vendor.company)
        kept = papers.keep_all(**said)
        applicant = registering.applicant_of(vendor, actor=self.actor)

        def work() -> Answer:
            papers.resubmit(vendor, papers=kept, trn=said.get("trn", ""), actor=applicant)
            return Answer(204)

        self.once(work)
        self.say(_("Thank you. We will look at your documents and write to you."))
        return self.go(reverse("vendors:application", args=[token]))


def _context(vendor: Vendor) -> dict[str, Any]:
    shown = with_papers(Vendor.objects.filter(pk=vendor.pk)).get()
    documents = [document for document in shown.documents.all() if document.status != DocumentStatus.REPLACED]
    refused = {document.type for document in documents if document.status == DocumentStatus.REJECTED}
    is_rejected = shown.company.status == CompanyStatus.REJECTED
    return {
        "vendor": shown,
        "documents": documents,
        "sent_at": max((document.created_at for document in documents), default=shown.company.created_at),
        "must_send": {type_: is_rejected and type_ in refused for type_ in DocumentType.values},
        "is_open": shown.company.status in {CompanyStatus.PENDING, CompanyStatus.REJECTED},
    }
