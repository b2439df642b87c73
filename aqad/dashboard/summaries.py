"""What a vendor sold and a retailer spent: by day, by product, by state. Amounts in AED, days in the UAE's time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Avg, Count, F, Max, Q, QuerySet, Sum
from django.db.models.functions import TruncDate
from django.utils import timezone

from aqad.accounts.models import Company
from aqad.core import clock, money
from aqad.core.actor import Actor
from aqad.core.money import aed, text
from aqad.core.prepared import Prepared
from catalog.models import Product, Stock
from catalog.showing import shown_on_sale
from orders.models import Order, OrderLine
from orders.querysets import orders_of_retailer, orders_of_vendor
from orders.statuses import UNDER_WAY, OrderStatus

TOP = 10
WEEKS = 12
LOOKED_BACK = 100  # orders in which a shop's habits are looked for, however long it has been here
ASKED_AT_ONCE = 16
CANDIDATES = 100  # of what it ordered most, as far as it can still be had
GLANCED = 6  # orders that a first page names
LONGEST = timedelta(days=366)
DEFAULT = timedelta(days=30)
# What counts as sold: everything that was paid for or will be, and did not come back.
SOLD = [
    OrderStatus.PENDING,
    OrderStatus.PROCESSING,
    OrderStatus.READY,
    OrderStatus.PICKED_UP,
    OrderStatus.OUT_FOR_DELIVERY,
    OrderStatus.COMPLETED,
]


class Sums:
    """What is asked of the orders that `orders_of` a company's number gives, placed from one moment to before another.

    Put into words once; planned each time, as the best plan hangs on the span and on how much the company trades.
    """

    def __init__(self, orders_of: Callable[[int], QuerySet[Order]], owner: str) -> None:
        def within(company_id: int, begin: datetime, end: datetime) -> QuerySet[Order]:
            return orders_of(company_id).filter(created_at__gte=begin, created_at__lt=end).order_by()

        def sold_lines(*span: Any) -> QuerySet[OrderLine]:
            return OrderLine.objects.filter(order__in=within(*span).filter(status__in=SOLD).values("pk")).order_by()

        # Both from one look at the index that covers it; Count("pk") would read the rows themselves.
        self.by_day_and_status = Prepared(
            lambda *span: (
                within(*span)
                .annotate(day=TruncDate("created_at", tzinfo=timezone.get_default_timezone()))
                .values("day", "status")
                .annotate(amount=Sum("total"), number=Count("*"))
            ),
            planned_once=False,
        )
        self.sold = Prepared(
            lambda *span: within(*span).filter(status__in=SOLD).values(owner).annotate(amount=Sum("total")), planned_once=False
        )
        self.best_products = Prepared(
            lambda *span: (
                sold_lines(*span)
                .values("product_id")
                .annotate(cartons=Sum("quantity"), amount=Sum("line_total"))
                .order_by("-amount", "product_id")[:TOP]
            ),
            planned_once=False,
        )


OF_VENDOR, OF_RETAILER = Sums(orders_of_vendor, "vendor"), Sums(orders_of_retailer, "retailer")
low_stock_of = Prepared(
    lambda company_id: (
        Stock.objects.filter(product__vendor__company_id=company_id, product__low_stock_at__isnull=False)
        .exclude(product__status="archived")
        .filter(on_hand__lte=F("reserved") + F("product__low_stock_at"))
        .order_by(F("on_hand") - F("reserved"), "product_id")
        .values("product_id", "product__name", "product__low_stock_at", available=F("on_hand") - F("reserved"))[:TOP]
    ),
    planned_once=False,
)
names_of = Prepared(lambda ids: Product.objects.filter(pk__in=ids).values("pk", "name"))
# What a retailer ordered most often in its newest orders.
habits_of = Prepared(
    lambda company_id: (
        OrderLine.objects.filter(
            order__in=orders_of_retailer(company_id).filter(status__in=SOLD).order_by("-pk").values("pk")[:LOOKED_BACK]
        )
        .values("product_id")
        .annotate(times=Count("pk"), mean=Avg("quantity"), latest=Max("order_id"))
        .order_by("-times", "-latest", "product_id")[:CANDIDATES]
    )
)
# A row with both numbers, or none where nothing is waited for.
waiting_counted = Prepared(
    lambda company_id, now: (
        orders_of_vendor(company_id)
        .filter(status=OrderStatus.PENDING)
        .order_by()
        .values("vendor")
        .annotate(number=Count("*"), overdue=Count("accept_by", filter=Q(accept_by__lt=now)))
    )
)
under_way_counted = Prepared(
    lambda company_id: (
        orders_of_retailer(company_id)
        .filter(status__in=UNDER_WAY)
        .order_by()
        .values("retailer")
        .annotate(number=Count("*"), unpaid=Count("status", filter=Q(status=OrderStatus.PENDING_PAYMENT)))
    )
)
newest_under_way_of = Prepared(lambda company_id: orders_of_retailer(company_id).filter(status__in=UNDER_WAY).order_by("-pk")[:GLANCED])
oldest_waiting_for = Prepared(
    lambda company_id: orders_of_vendor(company_id).filter(status=OrderStatus.PENDING).order_by("released_at", "pk")[:GLANCED]
)


def default_period() -> tuple[date, date]:
    return clock.today() - DEFAULT + timedelta(days=1), clock.today()


def of_vendor(company: Company, first: date, last: date) -> dict[str, Any]:
    """Sales of a vendor from `first` to `last`, both included; and its stock that runs low."""
    stock = [
        {
            "id": f"{Product.PREFIX}{row['product_id']}",
            "name": row["product__name"],
            "available": row["available"],
            "low_stock_at": row["product__low_stock_at"],
        }
        for row in low_stock_of.all(company.pk)
    ]
    return {**_summary(OF_VENDOR, company, first, last), "low_stock": stock}


def of_retailer(company: Company, first: date, last: date) -> dict[str, Any]:
    """What a retailer ordered from `first` to `last`, both included."""
    return _summary(OF_RETAILER, company, first, last)


def spent_by_retailer(company: Company, first: date, last: date) -> dict[str, Any]:
    """The same without the products that were bought most."""
    return _trade(OF_RETAILER, company, first, last)


def sold_by_vendor(company: Company, first: date, last: date) -> Decimal:
    """Sales of a vendor from `first` to `last`, both included, in AED."""
    sold = OF_VENDOR.sold.first(company.pk, *_span(first, last))
    return aed(sold["amount"] if sold else None)


def last_weeks() -> tuple[date, date]:
    """Twelve weeks from a Monday on, the present one included."""
    today = clock.today()
    return today - timedelta(weeks=WEEKS - 1, days=today.weekday()), today


def by_week(days: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The days of a summary added up by the Monday with which their week begins."""
    weeks: dict[date, dict[str, Any]] = {}
    for day in days:
        at = date.fromisoformat(day["date"])
        monday = at - timedelta(days=at.weekday())
        week = weeks.setdefault(monday, {"date": monday, "amount": Decimal(0), "orders": 0})
        week["amount"] += Decimal(day["amount"])
        week["orders"] += day["orders"]
    return list(weeks.values())


def waiting_for_vendor(actor: Actor) -> dict[str, Any]:
    """How many orders the vendor has still to accept, how many of them are overdue, and the oldest."""
    counted = waiting_counted.first(actor.company_id, clock.now()) or {"number": 0, "overdue": 0}
    return {**counted, "oldest": oldest_waiting_for.all(actor.company_id)}


def open_orders(actor: Actor) -> dict[str, Any]:
    """How many of the retailer's orders are under way, how many of them wait for its money, and the newest."""
    counted = under_way_counted.first(actor.company_id) or {"number": 0, "unpaid": 0}
    return {**counted, "newest": newest_under_way_of.all(actor.company_id)}


def often_bought(company: Company) -> list[dict[str, Any]]:
    """What a retailer ordered again and again in its newest orders and can order now, as the catalogue shows it.

    Besides, how often (`times`), and in units what is `usual` and the `least` that can be ordered.
    """
    habits = habits_of.all(company.pk)
    found: list[dict[str, Any]] = []
    # Asked apart: joined, the planner may go through all products there are. And bit by bit, since most can still be had.
    for start in range(0, len(habits), ASKED_AT_ONCE):
        some = habits[start : start + ASKED_AT_ONCE]
        products = shown_on_sale([habit["product_id"] for habit in some])
        for habit in some:
            if product := products.get(habit["product_id"]):
                usual, least = _orderable(round(habit["mean"]), product), _orderable(1, product)
                found.append({**product, "times": habit["times"], "usual": usual, "least": least})
        if len(found) >= TOP:
            break
    return found[:TOP]


def _orderable(quantity: int, product: Mapping[str, Any]) -> int:
    """`quantity` raised to what the product can be ordered in."""
    least, multiple = product["min_order_quantity"], product["order_multiple"]
    return int(-(-max(quantity, least) // multiple) * multiple)


def _summary(sums: Sums, company: Company, first: date, last: date) -> dict[str, Any]:
    best = sums.best_products.all(company.pk, *_span(first, last))
    names = {row["pk"]: row["name"] for row in names_of.all([row["product_id"] for row in best])}
    top = [
        {
            "id": f"P{row['product_id']}",
            "name": names[row["product_id"]],
            "quantity": row["cartons"],
            "amount": text(aed(row["amount"])),
        }
        for row in best
    ]
    return {**_trade(sums, company, first, last), "top_products": top}


def _trade(sums: Sums, company: Company, first: date, last: date) -> dict[str, Any]:
    days: dict[date, dict[str, Any]] = {}
    states: dict[str, int] = {}
    for row in sums.by_day_and_status.all(company.pk, *_span(first, last)):
        states[row["status"]] = states.get(row["status"], 0) + row["number"]
        if row["status"] in SOLD:
            known = days.setdefault(row["day"], {"amount": money.ZERO, "number": 0})
            known["amount"] += aed(row["amount"])
            known["number"] += row["number"]
    return {
        "from": first.isoformat(),
        "to": last.isoformat(),
        "currency": "AED",
        "total": text(aed(sum(aed(row["amount"]) for row in days.values()))),
        "orders": sum(row["number"] for row in days.values()),
        "by_day": [_day(day, days.get(day)) for day in _days(first, last)],
        "by_status": {status: states.get(status, 0) for status in OrderStatus.values},
    }


def _day(day: date, row: dict[str, Any] | None) -> dict[str, Any]:
    return {"date": day.isoformat(), "amount": text(aed(row["amount"] if row else 0)), "orders": row["number"] if row else 0}


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def _span(first: date, last: date) -> tuple[datetime, datetime]:
    """From the first moment of one day to the first after another."""
    zone = timezone.get_default_timezone()
    return datetime.combine(first, time.min, zone), datetime.combine(last + timedelta(days=1), time.min, zone)
