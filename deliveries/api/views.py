"""The doors to deliveries and their partners."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.hashers import make_password
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from aqad.accounts.statuses import CompanyStatus
from aqad.core import files, limits
from aqad.core.idempotency import Answer
from aqad.core.queries import read_choice
from aqad.core.schema import page_of
from aqad.core.views import Door, find
from deliveries.actions import assigning, partners, reporting
from deliveries.actions.assigning import Reassignment
from deliveries.actions.partners import NewPerson
from deliveries.api import serializers as words
from deliveries.models import Delivery, DeliveryPartner
from deliveries.querysets import in_full, partners_in_full, visible_to
from deliveries.statuses import DeliveryStatus

Roles = dict[str, tuple[str, ...]]
SEEN_BY = ("vendor", "retailer", "delivery", "staff")
KEY = OpenApiParameter("Idempotency-Key", str, OpenApiParameter.HEADER, description="The same key gives the first answer again.")


class DeliveryDoor(Door):
    roles: ClassVar[Roles] = {
        "list": SEEN_BY,
        "retrieve": SEEN_BY,
        "create": ("staff",),
        "partial_update": ("delivery", "staff"),
        "report": ("delivery",),
    }

    @extend_schema(
        summary="Deliveries, newest first",
        parameters=[OpenApiParameter("status", str, enum=DeliveryStatus.values), *page_of.parameters],
        responses=page_of(words.DeliveryShown),
    )
    def list(self, request: Request) -> Response:
        status = read_choice(request.query_params, "status", DeliveryStatus.values)
        rows = visible_to(self.actor)
        wanted = rows if status is None else rows.filter(status=status)
        return self.page(in_full(wanted), show=lambda page: [self._show(delivery) for delivery in page], filters=("status",))

    @extend_schema(summary="A delivery", responses=words.DeliveryShown)
    def retrieve(self, request: Request, reference: str) -> Response:
        return Response(self._show(find(in_full(visible_to(self.actor)), Delivery.PREFIX, reference)))

    @extend_schema(
        summary="Give an order to a partner", parameters=[KEY], request=words.AssignmentBody, responses={201: words.DeliveryShown}
    )
    def create(self, request: Request) -> Response:
        body = self.read(words.AssignmentBody)
        order = body.pop("order")
        return self.once(lambda: Answer(201, self._as_it_stands(assigning.assign(order, **body, actor=self.actor))))

    @extend_schema(
        summary="Another driver or partner, before pick-up",
        description="Staff change both, a partner's dispatcher the driver. A new partner starts without a driver unless one is named.",
        request=words.ReassignmentBody,
        responses=words.DeliveryShown,
    )
    def partial_update(self, request: Request, reference: str) -> Response:
        assigning.check_may_reassign(self.actor)
        delivery = find(visible_to(self.actor), Delivery.PREFIX, reference)
        body = self.read(words.ReassignmentBody if self.actor.is_staff else words.DispatcherReassignmentBody)
        to = Reassignment(partner=body.get("partner"), driver=body.get("driver"), changes_driver="driver" in body)
        return self.once(lambda: Answer(200, self._as_it_stands(assigning.reassign(delivery, to=to, actor=self.actor))))

    @extend_schema(
        summary="Report the next step",
        description="By the driver or the partner's dispatcher. The order follows: see the table of steps in the documentation.",
        parameters=[KEY],
        request={"multipart/form-data": words.ReportBody, "application/json": words.ReportBody},
        responses=words.DeliveryShown,
    )
    def report(self, request: Request, reference: str) -> Response:
        delivery = find(visible_to(self.actor), Delivery.PREFIX, reference)
        if request.FILES:
            limits.hit(limits.UPLOADS, f"company:{self.actor.company_id}")
        step = reporting.prepare(self.read(words.ReportBody))
        return self.once(lambda: Answer(200, self._as_it_stands(reporting.report(delivery, step, actor=self.actor))))

    def _as_it_stands(self, delivery: Delivery) -> Any:
        return self._show(in_full(Delivery.objects.all()).get(pk=delivery.pk))

    def _show(self, delivery: Delivery) -> Any:
        return words.DeliveryShown(delivery, context={"actor": self.actor}).data


class ProofDoor(Door):
    """The photo that was taken at the door."""

    roles: ClassVar[Roles] = {"*": SEEN_BY}
    content_negotiation_class = files.AnyAccept

    @extend_schema(
        summary="The photo of a delivery",
        description="The bytes, or a redirect to an address that lives a minute. Each view is on record.",
        responses={(200, "image/webp"): OpenApiTypes.BINARY, 302: OpenApiResponse(description="Where the photo is for a minute")},
    )
    def retrieve(self, request: Request, reference: str) -> HttpResponseBase:
        delivery = find(visible_to(self.actor).select_related("order"), Delivery.PREFIX, reference)
        reporting.note_proof_viewed(delivery, actor=self.actor)
        return files.hand_out(delivery.proof, name=f"{delivery.reference}.webp", content_type=delivery.proof_content_type)


class PartnerDoor(Door):
    roles: ClassVar[Roles] = {"*": ("staff",)}

    @extend_schema(
        summary="Delivery partners, newest first",
        parameters=[OpenApiParameter("status", str, enum=CompanyStatus.values), *page_of.parameters],
        responses=page_of(words.PartnerShown),
    )
    def list(self, request: Request) -> Response:
        status = read_choice(request.query_params, "status", CompanyStatus.values)
        rows = partners_in_full() if status is None else partners_in_full().filter(company__status=status)
        return self.page(rows, show=lambda page: [_show_partner(partner) for partner in page], filters=("status",))

    @extend_schema(summary="A delivery partner", responses=words.PartnerShown)
    def retrieve(self, request: Request, reference: str) -> Response:
        return Response(_show_partner(self._find(reference)))

    @extend_schema(
        summary="Take on a delivery partner with its people",
        parameters=[KEY],
        request=words.NewPartnerBody,
        responses={201: words.PartnerShown},
    )
    def create(self, request: Request) -> Response:
        body = self.read(words.NewPartnerBody)
        people = [NewPerson(password_hash=make_password(person.pop("password")), **person) for person in body["users"]]
        return self.once(
            lambda: Answer(
                201,
                _as_it_stands(
                    partners.create_partner(
                        name=body["company_name"], phone=body["phone"], emirates=body["emirates"], people=people, actor=self.actor
                    )
                ),
            )
        )

    @extend_schema(summary="Change a delivery partner", request=words.PartnerBody, responses=words.PartnerShown)
    def partial_update(self, request: Request, reference: str) -> Response:
        partner, changes = self._find(reference), self.read(words.PartnerBody)
        if "company_name" in changes:
            changes["name"] = changes.pop("company_name")
        return self.once(lambda: Answer(200, _as_it_stands(partners.change_partner(partner, changes=changes, actor=self.actor))))

    @extend_schema(summary="Shut a partner and its people out", request=words.SuspensionBody, responses=words.PartnerShown)
    def suspend(self, request: Request, reference: str) -> Response:
        partner, body = self._find(reference), self.read(words.SuspensionBody)
        return self.once(
            lambda: Answer(200, _as_it_stands(partners.suspend_partner(partner, reason=body.get("reason", ""), actor=self.actor)))
        )

    @extend_schema(summary="Let a suspended partner in again", request=None, responses=words.PartnerShown)
    def reinstate(self, request: Request, reference: str) -> Response:
        partner = self._find(reference)
        return self.once(lambda: Answer(200, _as_it_stands(partners.reinstate_partner(partner, actor=self.actor))))

    def _find(self, reference: str) -> DeliveryPartner:
        partner: DeliveryPartner = find(partners_in_full(), DeliveryPartner.PREFIX, reference)
        return partner


def _as_it_stands(partner: DeliveryPartner) -> Any:
    return _show_partner(partners_in_full().get(pk=partner.pk))


def _show_partner(partner: DeliveryPartner) -> Any:
    return words.PartnerShown(partner).data
