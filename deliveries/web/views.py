"""The list of deliveries: a driver's round on the phone; for everybody else a table with filters."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from rest_framework.request import Request

from aqad.accounts.statuses import Position
from aqad.core.queries import read_choice
from aqad.core.web import Page
from deliveries.api.views import SEEN_BY
from deliveries.querysets import drivers_of, in_full, visible_to
from deliveries.statuses import DeliveryStatus
from deliveries.web.rounds import mark_of, round_of
from deliveries.web.shown import stops_of

NOBODY = "nobody"  # the filter for deliveries that no driver has yet


class DeliveriesPage(Page):
    roles = {"show_round_news": ("delivery",), "*": SEEN_BY}

    def list(self, request: Request) -> HttpResponse:
        if self.actor.position == Position.DRIVER:
            return self.show("deliveries/round.html", round=round_of(self.actor))
        is_dispatcher = self.actor.position == Position.DISPATCHER
        drivers = [*drivers_of(self.actor.company_id).order_by("name", "pk")] if is_dispatcher and self.actor.company_id else []
        rows = visible_to(self.actor).filter(**self._wanted({str(driver.pk) for driver in drivers}))
        page = self.rows(in_full(rows), filters=("status", "driver") if is_dispatcher else ("status",))
        page["results"] = stops_of(page["results"], self.actor)
        query = request.query_params
        chosen = {"status": query.get("status", ""), "driver": query.get("driver", "")}
        return self.show(
            "deliveries/deliveries.html",
            statuses=DeliveryStatus.choices,
            drivers=drivers,
            chosen=chosen,
            is_filtered=any(chosen.values()),
            is_dispatcher=is_dispatcher,
            **page,
        )

    def show_round_news(self, request: Request) -> HttpResponse:
        """Whether the round is another one than the page showed."""
        return self.show_live("deliveries/_round_news.html", is_other=request.query_params.get("seen") != mark_of(self.actor))

    def _wanted(self, drivers: set[str]) -> dict[str, Any]:
        """The filters as lookups; those left blank do not count. Raises Invalid."""
        query = {name: str(value) for name, value in self.request.query_params.items() if value}
        lookups: dict[str, Any] = {}
        status = read_choice(query, "status", DeliveryStatus.values)
        if status is not None:
            lookups["status"] = status
        driver = read_choice(query, "driver", [NOBODY, *sorted(drivers)])
        if driver == NOBODY:
            lookups["driver"] = None
        elif driver is not None:
            lookups["driver_id"] = int(driver)
        return lookups
