"""From an event back to the things it speaks of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from aqad.accounts.models import Company, EmailChange, TokenFamily, User
from aqad.audit.models import Event
from aqad.core.references import REFERENCE_FORM
from catalog.models import Product, ProductImport
from deliveries.models import Delivery
from orders.models import Order, OrderLine
from payments.models import Payment
from vendors.models import VendorDocument

COMPANY_PREFIXES = ("V", "R", "D")


def occasions_of(events: Sequence[Event]) -> list[Occasion]:
    """The occasions of these events. What they speak of is read kind by kind, not event by event, and only when it is asked for."""
    known = Known(events)
    return [Occasion(event, known) for event in events]


@dataclass(frozen=True)
class Occasion:
    """An event with what it is about."""

    event: Event
    known: Known

    @cached_property
    def order(self) -> Order | None:
        number = _number(self.event.subject, "ORD") or _number(self.event.about, "ORD")
        if number is None and self.delivery is not None:
            return self.delivery.order
        return self.known.orders.get(number or 0)

    @cached_property
    def lines(self) -> list[OrderLine]:
        """The order's, as they were placed."""
        return self.known.lines[self.order.pk] if self.order is not None else []

    @cached_property
    def delivery(self) -> Delivery | None:
        return self.known.deliveries.get(_number(self.event.subject, "DEL") or 0)

    @cached_property
    def payment(self) -> Payment | None:
        return self.known.payments.get(_number(self.event.subject, "PAY") or 0)

    @cached_property
    def paid_for(self) -> list[str]:
        """The references of the payment's orders."""
        return self.known.paid_for[self.payment.pk] if self.payment is not None else []

    @cached_property
    def product(self) -> Product | None:
        return self.known.products.get(_number(self.event.subject, "P") or 0)

    @cached_property
    def company(self) -> Company | None:
        if any(_number(self.event.subject, prefix) for prefix in COMPANY_PREFIXES):
            return self.known.companies.get(self.event.subject)
        if self.document is not None:
            return self.document.vendor.company
        membership = self.person.acting_as if self.person else None
        return membership.company if membership else None

    @cached_property
    def person(self) -> User | None:
        return self.known.people.get(_id(self.event.subject, "user") or 0)

    @cached_property
    def family(self) -> TokenFamily | None:
        """The sign-in that the event speaks of."""
        return self.known.families.get(str(self.event.facts.get("family", "")))

    @cached_property
    def email_change(self) -> EmailChange | None:
        return self.known.email_changes.get(_id(self.event.subject, "user") or 0)

    @cached_property
    def document(self) -> VendorDocument | None:
        return self.known.documents.get(_id(self.event.subject, "vendordocument") or 0)

    @cached_property
    def import_(self) -> ProductImport | None:
        return self.known.imports.get(_id(self.event.subject, "productimport") or 0)


class Known:
    """What some events speak of, by number: each kind is one query, made when the first of them asks."""

    def __init__(self, events: Sequence[Event]) -> None:
        self._names = sorted({name for event in events for name in (event.subject, event.about)})
        self._families = sorted({str(event.facts["family"]) for event in events if "family" in event.facts})

    @cached_property
    def orders(self) -> dict[int, Order]:
        return Order.objects.select_related("retailer__company", "vendor__company", "payment").in_bulk(self._numbers("ORD"))

    @cached_property
    def lines(self) -> defaultdict[int, list[OrderLine]]:
        """By the number of their order."""
        orders = {*self.orders, *(delivery.order_id for delivery in self.deliveries.values())}
        found: defaultdict[int, list[OrderLine]] = defaultdict(list)
        for line in OrderLine.objects.filter(order__in=orders).order_by("pk") if orders else ():
            found[line.order_id].append(line)
        return found

    @cached_property
    def deliveries(self) -> dict[int, Delivery]:
        whole = ("partner__company", "driver", "order__retailer__company", "order__vendor__company", "order__payment")
        return Delivery.objects.select_related(*whole).in_bulk(self._numbers("DEL"))

    @cached_property
    def payments(self) -> dict[int, Payment]:
        return Payment.objects.select_related("payer").in_bulk(self._numbers("PAY"))

    @cached_property
    def paid_for(self) -> defaultdict[int, list[str]]:
        """The references of orders, by the number of their payment."""
        found: defaultdict[int, list[str]] = defaultdict(list)
        for order in Order.objects.filter(payment__in=self.payments).only("payment_id").order_by("pk") if self.payments else ():
            found[order.payment_id].append(order.reference)
        return found

    @cached_property
    def products(self) -> dict[int, Product]:
        return Product.objects.select_related("vendor__company").in_bulk(self._numbers("P"))

    @cached_property
    def companies(self) -> dict[str, Company]:
        wanted = [name for name in self._names if any(_number(name, prefix) for prefix in COMPANY_PREFIXES)]
        return Company.objects.select_related("vendor").in_bulk(wanted, field_name="reference")

    @cached_property
    def people(self) -> dict[int, User]:
        return User.objects.select_related("membership__company").in_bulk(self._ids("user"))

    @cached_property
    def families(self) -> dict[str, TokenFamily]:
        return {str(key): family for key, family in TokenFamily.objects.in_bulk(self._families).items()}

    @cached_property
    def email_changes(self) -> dict[int, EmailChange]:
        """By the number of their person."""
        return EmailChange.objects.in_bulk(self._ids("user"), field_name="user_id")

    @cached_property
    def documents(self) -> dict[int, VendorDocument]:
        return VendorDocument.objects.select_related("vendor__company").in_bulk(self._ids("vendordocument"))

    @cached_property
    def imports(self) -> dict[int, ProductImport]:
        return ProductImport.objects.select_related("user", "vendor__company").in_bulk(self._ids("productimport"))

    def _numbers(self, prefix: str) -> list[int]:
        return [number for name in self._names if (number := _number(name, prefix))]

    def _ids(self, kind: str) -> list[int]:
        return [number for name in self._names if (number := _id(name, kind))]


def _number(reference: str, prefix: str) -> int | None:
    match = REFERENCE_FORM.fullmatch(reference)
    return int(match[2]) if match and match[1] == prefix else None


def _id(name: str, kind: str) -> int | None:
    prefix, _, number = name.partition(":")
    return int(number) if prefix == kind and number.isdigit() else None
