"""The record, read by AQAD's staff."""

from __future__ import annotations

from typing import Any, ClassVar

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from aqad.audit.api.serializers import EventSerializer
from aqad.audit.querysets import EXACT, matching
from aqad.core import periods
from aqad.core.queries import read_texts
from aqad.core.schema import page_of
from aqad.core.views import Door

FILTERS = [
    OpenApiParameter("actor", str, description="Who did it, as shown: `Vendor V1001`, `Staff 7`, `System expiry`."),
    OpenApiParameter("verb", str, description="In full: `orders.placed`."),
    OpenApiParameter("subject", str, description="To what: `ORD1001`."),
    OpenApiParameter("about", str, description="Whose history it also belongs to: `ORD1001` for a delivery's events."),
    OpenApiParameter("request_id", str, description="The X-Request-ID of the request that did it."),
    *periods.PARAMETERS,
]


class EventDoor(Door):
    roles: ClassVar[dict[str, tuple[str, ...]]] = {"*": ("staff",)}

    @extend_schema(summary="The record, newest first", parameters=[*FILTERS, *page_of.parameters], responses=page_of(EventSerializer))
    def list(self, request: Request) -> Response:
        period, wanted = periods.read_period(request.query_params), read_texts(request.query_params, EXACT)
        return self.page(matching(period, **wanted), show=_show, filters=(*EXACT, *periods.NAMES))


def _show(events: list[Any]) -> list[Any]:
    return list(EventSerializer(events, many=True).data)
