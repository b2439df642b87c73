"""The own company's profile: for everybody of the company to see, for those in charge to change."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from rest_framework.request import Request

from aqad.accounts.api.permissions import ManagerPermission
from aqad.accounts.models import Company
from aqad.accounts.statuses import MANAGERS, CompanyKind
from aqad.core import limits
from aqad.core.errors import RateLimited, Refusal, Unavailable
from aqad.core.fields import EMIRATES
from aqad.core.idempotency import Answer
from aqad.core.web import MENDABLE, Page
from aqad.dashboard.api.company import CompanyChanges, VendorCompanyChanges
from aqad.dashboard.companies import change_own_company, own_company
from vendors.actions.registering import store_logo

TEMPLATE = "dashboard/company.html"


class CompanyPage(Page):
    roles = {"remove_logo": ("vendor",), "*": ("vendor", "retailer", "delivery")}
    permission_classes = [ManagerPermission]
    for_managers = ("change", "remove_logo")

    def show_form(self, request: Request) -> HttpResponse:
        company = own_company(self.actor)
        return self.show(TEMPLATE, **self._context(company, delivers_to=company.vendor.delivers_to if self._is_vendor else []))

    def change(self, request: Request) -> HttpResponseBase:
        return self.attempt(self._change, otherwise=self._again, mendable=(*MENDABLE, RateLimited, Unavailable))

    def remove_logo(self, request: Request) -> HttpResponseBase:
        return self._save({"logo": ""}, _("Your logo is removed."))

    def _change(self) -> HttpResponse:
        changes = self.read_form(VendorCompanyChanges if self._is_vendor else CompanyChanges, leave_out_blank=False, partial=True)
        if self._is_vendor:
            changes.setdefault("delivers_to", [])  # a form says nothing of boxes without a tick
        if picture := changes.pop("logo", None):
            limits.hit(limits.UPLOADS, f"company:{self.actor.company_id}", self.web)
            changes["logo"] = store_logo(picture)
        return self._save(changes, _("Your company's profile is saved."))

    def _save(self, changes: dict[str, Any], words: str) -> HttpResponse:
        def work() -> Answer:
            change_own_company(changes, actor=self.actor)
            return Answer(204)

        self.once(work)
        self.say(words)
        return self.go(reverse("dashboard:company"))

    def _again(self, refusal: Refusal) -> HttpResponse:
        context = self._context(own_company(self.actor), delivers_to=self.sent.getlist("delivers_to"))
        return self.show_again(TEMPLATE, refusal, **context)

    def _context(self, company: Company, *, delivers_to: list[str]) -> dict[str, Any]:
        return {
            "company": company,
            "vendor": company.vendor if self._is_vendor else None,
            "partner": company.delivery_partner if company.kind == CompanyKind.DELIVERY else None,
            "may_change": self.actor.position in MANAGERS,
            "served": [(emirate, emirate in delivers_to) for emirate in EMIRATES],
        }

    @property
    def _is_vendor(self) -> bool:
        return self.actor.role == CompanyKind.VENDOR
