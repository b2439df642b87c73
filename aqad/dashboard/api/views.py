"""Summaries, and the addresses that a load balancer and Prometheus ask."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from aqad.accounts.models import Company
from aqad.core import draining, pagination, periods
from aqad.core.errors import FieldErrors, Invalid, NotFound
from aqad.core.handler import as_http
from aqad.core.rendering import dump
from aqad.core.views import Door
from aqad.dashboard import summaries
from aqad.dashboard.ops import health, metrics


class DayShown(serializers.Serializer[Any]):
    date = serializers.DateField()
    amount = serializers.CharField()
    orders = serializers.IntegerField()


class TopProductShown(serializers.Serializer[Any]):
    id = serializers.CharField()
    name = serializers.CharField()
    quantity = serializers.IntegerField()
    amount = serializers.CharField()


class LowStockShown(serializers.Serializer[Any]):
    id = serializers.CharField()
    name = serializers.CharField()
    available = serializers.IntegerField()
    low_stock_at = serializers.IntegerField()


class RetailerSummary(serializers.Serializer[Any]):
    to = serializers.DateField()
    currency = serializers.CharField()
    total = serializers.CharField()
    orders = serializers.IntegerField()
    by_day = DayShown(many=True)
    top_products = TopProductShown(many=True)
    by_status = serializers.DictField(child=serializers.IntegerField())

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        return {"from": serializers.DateField(), **super().get_fields()}


class VendorSummary(RetailerSummary):
    low_stock = LowStockShown(many=True)


PERIOD = [OpenApiParameter("from", date, description="First day, UAE time."), OpenApiParameter("to", date, description="Last day.")]


class SummaryDoor(Door):
    roles = {"vendor": ("vendor",), "retailer": ("retailer",)}

    @extend_schema(parameters=PERIOD, responses=VendorSummary)
    def vendor(self, request: Request) -> Response:
        """Sales by day, top products, orders by state, stock running low; the last 30 days unless told."""
        return self._summary(summaries.of_vendor)

    @extend_schema(parameters=PERIOD, responses=RetailerSummary)
    def retailer(self, request: Request) -> Response:
        """Spend by day, top products, orders by state; the last 30 days unless told."""
        return self._summary(summaries.of_retailer)

    def _summary(self, of: Callable[[Company, date, date], dict[str, Any]]) -> Response:
        query = self.request.query_params
        pagination.refuse_unknown(query, periods.NAMES, paged=False)
        wrong: FieldErrors = {}
        first, last = summaries.default_period()
        first, last = _read_day(query.get("from"), "from", first, wrong), _read_day(query.get("to"), "to", last, wrong)
        if not wrong and not (first <= last and last - first <= summaries.LONGEST):
            wrong["from"] = [_("The period must run forward and cover at most 366 days.")]
        if wrong:
            raise Invalid(wrong)
        return Response(of(self.actor.company, first, last))


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """This process is alive; asks nobody else."""
    return HttpResponse(dump({"status": "ok"}), content_type="application/json")


@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Part by part; 503 when one is away or this server is about to end, so that no traffic is sent here."""
    if draining.is_draining():
        return HttpResponse(dump({"status": "draining"}), status=503, content_type="application/json", headers={"Retry-After": "2"})
    parts = health.parts()
    ready = all(part.ok for part in parts)
    body = {"status": "ok" if ready else "unavailable", "parts": {part.name: {"ok": part.ok, "ms": part.milliseconds} for part in parts}}
    return HttpResponse(
        dump(body), status=200 if ready else 503, content_type="application/json", headers={} if ready else {"Retry-After": "2"}
    )


@require_safe
def metrics_page(request: HttpRequest) -> HttpResponse:
    """For Prometheus, from the inside: a peer on a private network that no proxy speaks for. Anybody else finds nothing."""
    try:
        inside = ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_private and "HTTP_X_FORWARDED_FOR" not in request.META
    except ValueError:
        inside = False
    if not inside:
        return as_http(NotFound())
    return HttpResponse(metrics.exposition(), content_type=metrics.CONTENT_TYPE)


def _read_day(value: str | None, name: str, default: date, wrong: FieldErrors) -> date:
    if value is None:
        return default
    try:
        return periods.read_day(value)
    except ValueError:
        wrong[name] = [_("A day such as 2026-01-31 is expected.")]
        return default
