"""The first page of whoever signs in: a vendor's sales and what waits, a retailer's spend and what is under way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from rest_framework.request import Request

from aqad.accounts.models import Company
from aqad.core import clock, money, pagination
from aqad.core.queries import read_choice
from aqad.core.views import SIGNED_IN
from aqad.core.web import Page
from aqad.dashboard import charts, summaries
from aqad.dashboard.charts import Bar
from orders.statuses import OrderStatus

PERIODS = ("7", "30", "90")
# The way of an order, as far as its retailer follows it.
WAY = (
    OrderStatus.PENDING_PAYMENT,
    OrderStatus.PENDING,
    OrderStatus.PROCESSING,
    OrderStatus.READY,
    OrderStatus.PICKED_UP,
    OrderStatus.OUT_FOR_DELIVERY,
    OrderStatus.COMPLETED,
)
ELSEWHERE = {"staff": "admin:index", "driver": "deliveries:deliveries", "dispatcher": "deliveries:board"}


class OverviewPage(Page):
    roles = {"*": (SIGNED_IN,)}

    def overview(self, request: Request) -> HttpResponse:
        """By role; drivers, dispatchers and AQAD's staff have their own place to begin."""
        if self.actor.role == "vendor":
            return self._of_vendor()
        if self.actor.role == "retailer":
            return self._of_retailer()
        return self.go(reverse(ELSEWHERE["staff" if self.actor.is_staff else self.actor.position]))

    def _of_vendor(self) -> HttpResponse:
        pagination.refuse_unknown(self.request.query_params, ("days",), paged=False)
        days = int(read_choice(self.request.query_params, "days", PERIODS) or 30)
        first, last = clock.today() - timedelta(days=days - 1), clock.today()
        company = self.actor.company
        summary = summaries.of_vendor(company, first, last)
        rows = [_row(date.fromisoformat(day["date"]), Decimal(day["amount"]), day["orders"]) for day in summary["by_day"]]
        return self.show(
            "dashboard/vendor.html",
            summary=summary,
            days=days,
            periods=[int(period) for period in PERIODS],
            change=_change(company, first, days, Decimal(summary["total"])),
            waiting=summaries.waiting_for_vendor(self.actor),
            now=clock.now(),
            states=states_in_words(summary["by_status"]),
            figures=rows,
            chart=draw(rows, _("Sales by day"), summary["total"], summary["orders"]),
        )

    def _of_retailer(self) -> HttpResponse:
        pagination.refuse_unknown(self.request.query_params, (), paged=False)
        summary = summaries.spent_by_retailer(self.actor.company, *summaries.last_weeks())
        rows = [_row(week["date"], week["amount"], week["orders"]) for week in summaries.by_week(summary["by_day"])]
        open_orders = summaries.open_orders(self.actor)
        return self.show(
            "dashboard/retailer.html",
            summary=summary,
            this_week=rows[-1],
            open_orders=open_orders,
            steps=[(order, WAY.index(OrderStatus(order.status)) + 1) for order in open_orders["newest"]],
            way=range(1, len(WAY) + 1),
            often_bought=summaries.often_bought(self.actor.company),
            figures=rows,
            chart=draw(rows, _("Spend by week"), summary["total"], summary["orders"]),
        )


def _row(day: date, amount: Decimal, orders: int) -> dict[str, Any]:
    return {"date": day, "day": _in_words(day, "j M Y", get_language()), "amount": amount, "orders": orders}


@lru_cache(maxsize=2000)
def _in_words(day: date, style: str, _language: str | None) -> str:
    """A date as a chart says it; today's charts have the same days for everybody."""
    return date_format(day, style)


def draw(rows: Iterable[Mapping[str, Any]], title: str, total: str, orders: int) -> Any:
    """Amounts by `date` as bars."""
    language, words = get_language(), _("%(day)s: AED %(amount)s")
    bars = [
        Bar(
            label=_in_words(row["date"], "j M", language),
            words=words % {"day": _in_words(row["date"], "j F Y", language), "amount": money.text(row["amount"])},
            value=row["amount"],
        )
        for row in rows
    ]
    counted = ngettext("%(number)s order", "%(number)s orders", orders) % {"number": orders}
    return charts.draw_bars(bars, title=title, summary=_("AED %(total)s in all, %(orders)s") % {"total": total, "orders": counted})


def _change(company: Company, first: date, days: int, total: Decimal) -> str:
    """How a vendor's period compares with the one before it, in all of which it could have sold."""
    since, earlier = timezone.localdate(company.created_at), first - timedelta(days=days)
    if since > earlier:
        day = _in_words(since, "j F Y", get_language())
        return _("On AQAD since %(day)s: no %(days)s days before to compare with") % {"day": day, "days": days}
    before = summaries.sold_by_vendor(company, earlier, first - timedelta(days=1))
    if not before:
        return _("No sales in the %(days)s days before") % {"days": days}
    percent = round((total - before) * 100 / before)
    if percent == 0:
        return _("As in the %(days)s days before") % {"days": days}
    words = (
        _("%(percent)s%% more than in the %(days)s days before")
        if percent > 0
        else _("%(percent)s%% less than in the %(days)s days before")
    )
    return words % {"percent": abs(percent), "days": days}


def states_in_words(counted: Mapping[str, int]) -> list[tuple[str, Any, int]]:
    """Code, words and number of each state in which there are orders."""
    return [(state.value, state.label, counted[state]) for state in OrderStatus if counted[state]]
