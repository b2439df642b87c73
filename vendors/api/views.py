"""Vendors over HTTP: registering, the application, own papers, and the review by AQAD's staff."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from aqad.accounts.api.proof import ProofBody, ReasonWithProof, proved
from aqad.accounts.authentication import NoAuthentication
from aqad.accounts.statuses import CompanyStatus
from aqad.core import files, limits
from aqad.core.bodies import EmptyBody, ReasonBody
from aqad.core.errors import Invalid
from aqad.core.fields import StrictSerializer
from aqad.core.idempotency import Answer
from aqad.core.schema import page_of
from aqad.core.views import ANYONE, Door, find, find_by_id
from vendors.actions import papers, registering, reviewing
from vendors.api.serializers import (
    ApplicationShown,
    DocumentShown,
    NewDocument,
    Resubmission,
    VendorRegistration,
    VendorShown,
)
from vendors.models import Vendor, VendorDocument
from vendors.querysets import documents_visible_to, visible_to, with_papers


class RegistrationDoor(Door):
    roles = {"*": (ANYONE,)}
    authentication_classes = [NoAuthentication]

    @extend_schema(request={"multipart/form-data": VendorRegistration}, responses={201: ApplicationShown})
    def register(self, request: Request) -> Response:
        """Apply as a vendor, with a trade licence and a VAT certificate. AQAD's staff decide."""
        limits.hit(limits.REGISTRATION, f"address:{limits.address_key(request._request)}", request._request)
        prepared = registering.prepare(registering.Application(**self.read(VendorRegistration)))
        return self.once(lambda: Answer(201, _shown(registering.register(prepared, actor=self.actor), ApplicationShown)))


class ApplicationDoor(Door):
    roles = {"*": (ANYONE,)}
    authentication_classes = [NoAuthentication]

    @extend_schema(responses=ApplicationShown)
    def retrieve(self, request: Request, token: str) -> Response:
        """Where an application stands; the token is the last segment of `application_url`."""
        return Response(_shown(registering.vendor_of_token(token), ApplicationShown))

    @extend_schema(request={"multipart/form-data": Resubmission}, responses=ApplicationShown)
    def update(self, request: Request, token: str) -> Response:
        """Replace documents until the application is decided; a rejected one becomes pending again."""
        vendor = registering.vendor_of_token(token)
        limits.hit(limits.UPLOADS, f"company:{vendor.company_id}", request._request)
        body = self.read(Resubmission)
        applicant = registering.applicant_of(vendor, actor=self.actor)
        papers.refuse_closed(vendor.company)
        kept = papers.keep_all(**body)
        return self.once(
            lambda: Answer(200, _shown(papers.resubmit(vendor, papers=kept, trn=body.get("trn", ""), actor=applicant), ApplicationShown))
        )


class OwnDocumentDoor(Door):
    roles = {"*": ("vendor",)}

    @extend_schema(responses=page_of(DocumentShown), parameters=page_of.parameters)
    def list(self, request: Request) -> Response:
        """The own company's documents, newest first."""
        return self.page(documents_visible_to(self.actor), show=lambda rows: DocumentShown(rows, many=True).data)

    @extend_schema(request={"multipart/form-data": NewDocument}, responses={201: DocumentShown})
    def create(self, request: Request) -> Response:
        """Send a new document; it replaces its forerunner once AQAD's staff approve it."""
        limits.hit(limits.UPLOADS, f"company:{self.actor.company_id}", request._request)
        body = self.read(NewDocument)
        vendor = visible_to(self.actor).get()
        paper = papers.keep(body["file"], type=body["type"], number=body.get("number", ""), expires_on=body.get("expires_on"))
        return self.once(lambda: Answer(201, DocumentShown(papers.send_document(vendor, paper=paper, actor=self.actor)).data))


STATUS = OpenApiParameter("status", str, enum=CompanyStatus.values, description="Only vendors in this state.")


class VendorDoor(Door):
    roles = {"*": ("staff",)}

    @extend_schema(responses=page_of(VendorShown), parameters=[STATUS, *page_of.parameters])
    def list(self, request: Request) -> Response:
        """Every vendor, newest first."""
        rows = with_papers(visible_to(self.actor))
        status = request.query_params.get("status")
        if status is not None:
            if status not in CompanyStatus.values:
                raise Invalid({"status": [_("One of %(known)s is expected.") % {"known": ", ".join(CompanyStatus.values)}]})
            rows = rows.filter(company__status=status)
        return self.page(rows, filters=("status",), show=lambda page: VendorShown(page, many=True).data)

    @extend_schema(responses=VendorShown)
    def retrieve(self, request: Request, reference: str) -> Response:
        return Response(VendorShown(find(with_papers(visible_to(self.actor)), Vendor.PREFIX, reference)).data)

    @extend_schema(request=ProofBody, responses=VendorShown)
    def approve(self, request: Request, reference: str) -> Response:
        """Let a pending vendor trade and approve its waiting documents."""
        return self._move(reference, lambda vendor, _reason: reviewing.approve(vendor, actor=self.actor), body=ProofBody)

    @extend_schema(request=ReasonWithProof, responses=VendorShown)
    def reject(self, request: Request, reference: str) -> Response:
        """Refuse a pending vendor; it may send new documents."""
        return self._move(reference, lambda vendor, reason: reviewing.reject(vendor, reason=reason, actor=self.actor), body=ReasonWithProof)

    @extend_schema(request=ReasonBody, responses=VendorShown)
    def suspend(self, request: Request, reference: str) -> Response:
        """Shut an active vendor out at once."""
        return self._move(reference, lambda vendor, reason: reviewing.suspend(vendor, reason=reason, actor=self.actor), body=ReasonBody)

    @extend_schema(request=EmptyBody, responses=VendorShown)
    def reinstate(self, request: Request, reference: str) -> Response:
        """Let a suspended vendor trade again."""
        return self._move(reference, lambda vendor, _reason: reviewing.reinstate(vendor, actor=self.actor))

    def _move(self, reference: str, action: Callable[[Vendor, str], Vendor], *, body: type[StrictSerializer] = EmptyBody) -> Response:
        vendor = find(visible_to(self.actor), Vendor.PREFIX, reference)
        said = self.read(body)
        if issubclass(body, ProofBody):
            proved(self, said)
        reason = said.get("reason", "")
        return self.once(lambda: Answer(200, _shown(action(vendor, reason), VendorShown)))


DOCUMENT_ANSWERS: dict[Any, OpenApiResponse] = {
    302: OpenApiResponse(description="To an address that lives a minute."),
    (200, "application/pdf"): OpenApiResponse(OpenApiTypes.BINARY, description="The document."),
    (200, "image/jpeg"): OpenApiResponse(OpenApiTypes.BINARY, description="The document."),
    (200, "image/png"): OpenApiResponse(OpenApiTypes.BINARY, description="The document."),
}


class VendorDocumentDoor(Door):
    roles = {"*": ("staff",), "file": ("staff", "vendor")}
    content_negotiation_class = files.AnyAccept

    @extend_schema(responses=DOCUMENT_ANSWERS)
    def file(self, request: Request, reference: str, document: str) -> HttpResponseBase:
        """The document itself, as an attachment. Each view is on record."""
        paper = self._find(reference, document)
        response = files.hand_out(paper.file, name=paper.filename, content_type=paper.content_type)
        papers.view_document(paper, actor=self.actor)
        return response

    @extend_schema(request=ProofBody, responses=DocumentShown)
    def approve(self, request: Request, reference: str, document: str) -> Response:
        """Approve a waiting document; its forerunner is replaced."""
        paper = self._find(reference, document)
        proved(self, self.read(ProofBody))
        return self.once(lambda: Answer(200, DocumentShown(reviewing.approve_document(paper, actor=self.actor)).data))

    @extend_schema(request=ReasonWithProof, responses=DocumentShown)
    def reject(self, request: Request, reference: str, document: str) -> Response:
        """Refuse a waiting document."""
        paper = self._find(reference, document)
        reason = proved(self, self.read(ReasonWithProof))["reason"]
        return self.once(lambda: Answer(200, DocumentShown(reviewing.reject_document(paper, reason=reason, actor=self.actor)).data))

    def _find(self, reference: str, document: str) -> VendorDocument:
        vendor = find(visible_to(self.actor), Vendor.PREFIX, reference)
        found: VendorDocument = find_by_id(documents_visible_to(self.actor).filter(vendor=vendor), document)
        return found


def _shown(vendor: Vendor, serializer: type[BaseSerializer[Any]]) -> Any:
    """The vendor as it now stands."""
    return serializer(with_papers(Vendor.objects.filter(pk=vendor.pk)).get()).data
