"""A vendor's own papers: what is in force, until when, and sending a new one."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from rest_framework.request import Request

from aqad.core import clock, limits
from aqad.core.errors import RateLimited, Unavailable
from aqad.core.idempotency import Answer
from aqad.core.web import MENDABLE, Page
from vendors.actions import papers
from vendors.actions.expiring import NOTICE
from vendors.api.serializers import NewDocument
from vendors.querysets import documents_visible_to, in_force_ending_by, visible_to
from vendors.statuses import DocumentType

TEMPLATE = "vendors/documents.html"


class DocumentsPage(Page):
    roles = {"*": ("vendor",)}

    def list(self, request: Request) -> HttpResponse:
        return self.show(TEMPLATE, **self._context())

    def send(self, request: Request) -> HttpResponseBase:
        return self.attempt(
            self._send,
            otherwise=lambda refusal: self.show_again(TEMPLATE, refusal, **self._context()),
            mendable=(*MENDABLE, RateLimited, Unavailable),
        )

    def _send(self) -> HttpResponse:
        limits.hit(limits.UPLOADS, f"company:{self.actor.company_id}", self.web)
        said = self.read_form(NewDocument)
        vendor = visible_to(self.actor).get()
        paper = papers.keep(said.pop("file"), **said)

        def work() -> Answer:
            papers.send_document(vendor, paper=paper, actor=self.actor)
            return Answer(204)

        self.once(work)
        self.say(_("Your document has arrived. It is in force once we have looked at it, and we write to you."))
        return self.go(reverse("vendors:documents"))

    def _context(self) -> dict[str, Any]:
        return {
            **self.rows(documents_visible_to(self.actor)),
            "ending": in_force_ending_by(clock.today() + NOTICE, actor=self.actor),
            "notice": NOTICE.days,
            "types": DocumentType.choices,
        }
