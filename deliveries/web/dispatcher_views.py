"""The dispatcher's board: who carries what, and giving deliveries to drivers, one or several at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet, Sum
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from rest_framework import serializers
from rest_framework.request import Request

from aqad.accounts.models import User
from aqad.core import errors
from aqad.core.fields import EmailField, ReferenceField, StrictSerializer
from aqad.core.idempotency import Answer
from aqad.core.views import find
from aqad.core.web import Page
from deliveries.actions import assigning
from deliveries.actions.assigning import Reassignment
from deliveries.api.serializers import DispatcherReassignmentBody
from deliveries.models import Delivery
from deliveries.querysets import drivers_of, visible_to
from deliveries.statuses import OPEN
from deliveries.web.shown import page_of

MOST_SHOWN, MOST_AT_ONCE = 300, 50


class BoardBody(StrictSerializer):
    """Which deliveries go to whom; a blank driver is nobody yet."""

    deliveries = serializers.ListField(
        child=ReferenceField(prefix=Delivery.PREFIX, scope=lambda context: visible_to(context["actor"])),
        default=list,
        max_length=MOST_AT_ONCE,
    )
    driver = EmailField(allow_null=True)

    def validate_deliveries(self, deliveries: list[Delivery]) -> list[Delivery]:
        if not deliveries:
            raise serializers.ValidationError(_("Tick the deliveries first."))
        return sorted(set(deliveries), key=lambda delivery: delivery.pk)


@dataclass(slots=True)
class Column:
    """What one driver has; without a driver, what nobody has yet."""

    driver: User | None
    deliveries: list[Delivery] = field(default_factory=list)


class BoardPage(Page):
    roles = {"*": ("delivery",)}

    def show_board(self, request: Request) -> HttpResponse:
        assigning.check_may_reassign(self.actor)
        return self.show("deliveries/board.html", **self._board())

    def show_columns(self, request: Request) -> HttpResponse:
        """The part that moves by itself."""
        assigning.check_may_reassign(self.actor)
        return self.show_live("deliveries/_board.html", **self._board())

    def assign(self, request: Request) -> HttpResponseBase:
        """Give the ticked deliveries to a driver; those that were picked up meanwhile stay where they are, and are named."""
        assigning.check_may_reassign(self.actor)
        return self.attempt(self._assign, otherwise=self._again)

    def change_driver(self, request: Request, reference: str) -> HttpResponseBase:
        """The same for one delivery, on its own page."""
        assigning.check_may_reassign(self.actor)
        delivery = find(visible_to(self.actor), Delivery.PREFIX, reference)
        return self.attempt(
            lambda: self._change_driver(delivery),
            otherwise=lambda refusal: self.show_again("deliveries/delivery.html", refusal, **page_of(reference, self.actor)),
        )

    def _assign(self) -> HttpResponse:
        body = self.read_form(BoardBody, leave_out_blank=False)
        to = Reassignment(driver=body["driver"], changes_driver=True)
        done = self.once(lambda: Answer(200, self._give(body["deliveries"], to))).data
        count, too_late = len(done["given"]), ", ".join(done["too_late"])
        if count:
            text = ngettext("%(count)s delivery is with %(driver)s.", "%(count)s deliveries are with %(driver)s.", count)
            self.say(text % {"count": count, "driver": done["driver"]})
        if too_late:
            self.say(_("Picked up already, so they stay as they are: %(deliveries)s.") % {"deliveries": too_late}, good=False)
        return self.go(reverse("deliveries:board"))

    def _give(self, deliveries: list[Delivery], to: Reassignment) -> dict[str, Any]:
        given, too_late, driver = [], [], None
        for delivery in deliveries:
            try:
                driver = assigning.reassign(delivery, to=to, actor=self.actor).driver
                given.append(delivery.reference)
            except errors.InvalidTransition:
                too_late.append(delivery.reference)
        return {"given": given, "too_late": too_late, "driver": driver.name if driver else _("nobody yet")}

    def _again(self, refusal: errors.Refusal) -> HttpResponse:
        return self.show_again("deliveries/board.html", refusal, ticked=self.sent.getlist("deliveries"), **self._board())

    def _change_driver(self, delivery: Delivery) -> HttpResponse:
        body = self.read_form(DispatcherReassignmentBody, leave_out_blank=False)
        to = Reassignment(driver=body.get("driver"), changes_driver=True)
        self.once(lambda: Answer(200, {"id": assigning.reassign(delivery, to=to, actor=self.actor).reference}))
        self.say(_("The driver was changed."))
        return self.go(reverse("deliveries:delivery", args=[delivery.reference]))

    def _board(self) -> dict[str, Any]:
        """Open deliveries by driver, those of nobody first; drivers with nothing to do are shown too."""
        drivers = list(drivers_of(self.actor.company_id or 0).order_by("name", "pk"))
        nobody = Column(None)
        columns = {driver.pk: Column(driver) for driver in drivers}
        deliveries = list(_on_the_board(visible_to(self.actor))[: MOST_SHOWN + 1])
        for delivery in deliveries[:MOST_SHOWN]:
            of = delivery.driver
            column = nobody if of is None else columns.setdefault(of.pk, Column(of))
            column.deliveries.append(delivery)
        return {"nobody": nobody, "columns": list(columns.values()), "drivers": drivers, "is_cut": len(deliveries) > MOST_SHOWN}


def _on_the_board(deliveries: QuerySet[Delivery]) -> QuerySet[Delivery]:
    return (
        deliveries.filter(status__in=OPEN)
        .select_related("order__payment", "order__vendor", "driver")
        .annotate(cartons=Sum("order__lines__quantity"))
        .order_by("pk")
    )
