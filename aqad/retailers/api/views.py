"""Shops over HTTP: registering, own addresses, and all retailers for staff."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from aqad.accounts.authentication import NoAuthentication
from aqad.accounts.statuses import CompanyStatus
from aqad.core import limits
from aqad.core.bodies import EmptyBody, ReasonBody
from aqad.core.errors import Invalid
from aqad.core.idempotency import Answer
from aqad.core.schema import page_of
from aqad.core.views import ANYONE, Door, find, find_by_id
from aqad.retailers.actions import addresses, registering
from aqad.retailers.api.serializers import AddressBody, RetailerAddress, RetailerRegistered, RetailerRegistration, RetailerShown
from aqad.retailers.models import Retailer
from aqad.retailers.querysets import addresses_visible_to, visible_to, with_people


class RetailerRegistrationDoor(Door):
    roles = {"*": (ANYONE,)}
    authentication_classes = [NoAuthentication]

    @extend_schema(request=RetailerRegistration, responses={201: RetailerRegistered})
    def register(self, request: Request) -> Response:
        """Register a shop, which may order at once."""
        limits.hit(limits.REGISTRATION, f"address:{limits.address_key(request._request)}", request._request)
        said = registering.prepare(**self.read(RetailerRegistration))
        return self.once(lambda: Answer(201, RetailerRegistered(registering.register(said, actor=self.actor)).data))


class AddressDoor(Door):
    roles = {"*": ("retailer",)}

    @extend_schema(responses=page_of(RetailerAddress), parameters=page_of.parameters)
    def list(self, request: Request) -> Response:
        """Where the own company is delivered to, newest first."""
        return self.page(addresses_visible_to(self.actor), show=lambda rows: RetailerAddress(rows, many=True).data)

    @extend_schema(request=AddressBody, responses={201: RetailerAddress})
    def create(self, request: Request) -> Response:
        """Add an address; a landmark helps, there are no postal codes."""
        body = self.read(AddressBody)
        retailer = visible_to(self.actor).get()
        return self.once(lambda: Answer(201, _shown(addresses.add_address(retailer, particulars=body, actor=self.actor))))

    @extend_schema(responses=RetailerAddress)
    def retrieve(self, request: Request, address_id: str) -> Response:
        return Response(_shown(find_by_id(addresses_visible_to(self.actor), address_id)))

    @extend_schema(request=AddressBody, responses=RetailerAddress)
    def partial_update(self, request: Request, address_id: str) -> Response:
        """Change what is given; orders keep the address that they were placed with."""
        address = find_by_id(addresses_visible_to(self.actor), address_id)
        changes = self.read(AddressBody, partial=True)
        return self.once(lambda: Answer(200, _shown(addresses.change_address(address, changes=changes, actor=self.actor))))

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, address_id: str) -> Response:
        """Remove an address."""
        address = find_by_id(addresses_visible_to(self.actor), address_id)
        addresses.remove_address(address, actor=self.actor)
        return Response(status=204)


STATUS = OpenApiParameter("status", str, enum=CompanyStatus.values, description="Only retailers in this state.")


class RetailerDoor(Door):
    roles = {"*": ("staff",)}

    @extend_schema(responses=page_of(RetailerShown), parameters=[STATUS, *page_of.parameters])
    def list(self, request: Request) -> Response:
        """Every retailer, newest first."""
        rows = with_people(visible_to(self.actor))
        status = request.query_params.get("status")
        if status is not None:
            if status not in CompanyStatus.values:
                raise Invalid({"status": [_("One of %(known)s is expected.") % {"known": ", ".join(CompanyStatus.values)}]})
            rows = rows.filter(company__status=status)
        return self.page(rows, filters=("status",), show=lambda page: RetailerShown(page, many=True).data)

    @extend_schema(responses=RetailerShown)
    def retrieve(self, request: Request, reference: str) -> Response:
        return Response(RetailerShown(find(with_people(visible_to(self.actor)), Retailer.PREFIX, reference)).data)

    @extend_schema(request=ReasonBody, responses=RetailerShown)
    def suspend(self, request: Request, reference: str) -> Response:
        """Shut an active retailer out at once."""
        retailer = find(with_people(visible_to(self.actor)), Retailer.PREFIX, reference)
        reason = self.read(ReasonBody)["reason"]
        return self._move(lambda: registering.suspend(retailer, reason=reason, actor=self.actor))

    @extend_schema(request=EmptyBody, responses=RetailerShown)
    def reinstate(self, request: Request, reference: str) -> Response:
        """Let a suspended retailer order again."""
        retailer = find(with_people(visible_to(self.actor)), Retailer.PREFIX, reference)
        self.read(EmptyBody)
        return self._move(lambda: registering.reinstate(retailer, actor=self.actor))

    def _move(self, action: Callable[[], Retailer]) -> Response:
        return self.once(lambda: Answer(200, RetailerShown(action()).data))


def _shown(address: Any) -> Any:
    return RetailerAddress(address).data
