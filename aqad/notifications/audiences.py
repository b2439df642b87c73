"""Who is concerned by an occasion: each audience is a function from the occasion to a circle of people."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from aqad.accounts.models import Company, Membership, User
from aqad.accounts.statuses import CompanyStatus, Position
from aqad.notifications.subjects import Occasion
from payments.statuses import Method


@dataclass(frozen=True, slots=True)
class Circle:
    """Whom it concerns, by keys: everybody of some companies, only the dispatchers of a partner, single people, AQAD's staff."""

    companies: tuple[int, ...] = ()
    dispatchers_of: tuple[int, ...] = ()
    people: tuple[int, ...] = ()
    staff: bool = False


Audience = Callable[[Occasion], Circle]


class Crowd:
    """Everybody in some circles who may still sign in, in at most three queries."""

    def __init__(self, circles: Iterable[Circle]) -> None:
        circles = list(circles)
        active = User.objects.filter(is_active=True).order_by("pk")
        self._staff = list(active.filter(is_staff=True)) if any(circle.staff for circle in circles) else []
        self._people = active.in_bulk({key for circle in circles for key in circle.people})
        self._members: dict[int, list[Membership]] = defaultdict(list)
        companies = {key for circle in circles for key in (*circle.companies, *circle.dispatchers_of)}
        if companies:
            members = Membership.objects.select_related("user").filter(company__in=companies, user__is_active=True)
            for member in members.order_by("user_id"):
                self._members[member.company_id].append(member)

    def within(self, circle: Circle) -> list[User]:
        """Each of them once."""
        found = [member.user for key in circle.companies for member in self._members[key]]
        found += [member.user for key in circle.dispatchers_of for member in self._members[key] if member.role == Position.DISPATCHER]
        found += [self._people[key] for key in circle.people if key in self._people]
        found += self._staff if circle.staff else []
        return list({user.pk: user for user in found}.values())


NOBODY = Circle()


def of_companies(*companies: Company | None) -> Circle:
    return Circle(companies=tuple(company.pk for company in companies if company is not None))


def retailer(occasion: Occasion) -> Circle:
    return of_companies(occasion.order.retailer.company if occasion.order else None)


def vendor(occasion: Occasion) -> Circle:
    return of_companies(occasion.order.vendor.company if occasion.order else None)


def vendor_of_cash_order(occasion: Occasion) -> Circle:
    """Cash on delivery is the vendor's from the start; a card order only once it is paid."""
    order = occasion.order
    return of_companies(order.vendor.company if order and order.payment.method == Method.CASH_ON_DELIVERY else None)


def vendor_once_released(occasion: Occasion) -> Circle:
    """The vendor hears nothing of an order that it never saw."""
    return vendor(occasion) if occasion.order and occasion.order.released_at else NOBODY


def carrier(occasion: Occasion) -> Circle:
    """The partner's dispatchers and the driver, if one is named."""
    delivery = occasion.delivery
    if delivery is None:
        return NOBODY
    return Circle(dispatchers_of=(delivery.partner.company_id,), people=(delivery.driver_id,) if delivery.driver_id else ())


def payer(occasion: Occasion) -> Circle:
    return of_companies(occasion.payment.payer if occasion.payment else None)


def staff(_occasion: Occasion) -> Circle:
    return Circle(staff=True)


def company(occasion: Occasion) -> Circle:
    return of_companies(occasion.company)


def company_while_active(occasion: Occasion) -> Circle:
    """One that still applies is told of the decision on its application instead."""
    return company(occasion) if occasion.company and occasion.company.status == CompanyStatus.ACTIVE else NOBODY


def person(occasion: Occasion) -> Circle:
    return Circle(people=(occasion.person.pk,)) if occasion.person else NOBODY


def vendor_of_product(occasion: Occasion) -> Circle:
    return of_companies(occasion.product.vendor.company if occasion.product else None)


def importer(occasion: Occasion) -> Circle:
    imported = occasion.import_
    if imported is None:
        return NOBODY
    return Circle(people=(imported.user_id,)) if imported.user_id else of_companies(imported.vendor.company)
