"""The words that texts name in braces, each made from the occasion only when a text asks for it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aqad.accounts.devices import in_words
from aqad.accounts.models import User
from aqad.core import money
from aqad.notifications.subjects import Occasion
from orders.models import Order
from orders.statuses import OrderStatus

# What staff are to do, by the code that the alert was raised with.
ALERTS = {
    "captured_late": gettext_lazy("Money came in when nothing was owed any more. It is being sent back; check that the refund goes out."),
    "outcome_unknown": gettext_lazy(
        "The bank has not said for more than an hour whether it took the money. Look the charge up at the bank."
    ),
    "refund_refused": gettext_lazy(
        "The bank refused to send money back. Agree on another way with the payer and put the refund on record."
    ),
}


class Words(dict[str, str]):
    """For `format_map`: what a text may name, to this reader."""

    def __init__(self, occasion: Occasion, user: User) -> None:
        super().__init__()
        self.occasion, self.user = occasion, user

    def __missing__(self, name: str) -> str:
        return str(MAKERS[name](self.occasion, self.user))


def aed(amount: Decimal | str | None) -> str:
    """`AED 5,040.00`"""
    return f"AED {money.aed(amount):,.2f}"


def moment(value: datetime | None) -> str:
    return formats.date_format(timezone.localtime(value), "j M Y, H:i") if value else ""


def address_of(order: Order) -> str:
    """Where it goes, on one line."""
    return ", ".join(str(order.address[part]) for part in ("line1", "area", "emirate") if order.address.get(part))


def _of_order(make: Callable[[Order], object]) -> Callable[[Occasion, User], object]:
    return lambda occasion, _user: make(occasion.order) if occasion.order is not None else ""


def _reason(occasion: Occasion, _user: User) -> str:
    if occasion.order is not None:
        return occasion.order.reason
    if occasion.document is not None:
        return occasion.document.reason
    return occasion.company.reason if occasion.company else ""


def _after_placing(order: Order) -> str:
    known = {"vendor": order.vendor_name, "total": aed(order.total), "pay_by": moment(order.payment.pay_by)}
    if order.payment.is_cash:
        return _("%(vendor)s is asked to accept it now. Please have %(total)s ready in cash when it is delivered.") % known
    if order.status == OrderStatus.PENDING_PAYMENT:
        return _("Please pay by %(pay_by)s. Its cartons are kept for you until then; an order that is not paid ends by itself.") % known
    return _("%(vendor)s is asked to accept it now. There is nothing for you to do.") % known


def _money_back(order: Order) -> str:
    if order.payment.is_cash or not order.payment.amount_paid:
        return _("There is nothing to pay for it.")
    return _("The %(total)s that you paid go back to you; your bank shows them after a few working days.") % {"total": aed(order.total)}


def _cash_to_have(order: Order) -> str:
    return _("Please have %(total)s ready in cash.") % {"total": aed(order.total)} if order.payment.is_cash else ""


def _import_result(occasion: Occasion, _user: User) -> str:
    imported = occasion.import_
    if imported is None or imported.problem:
        return imported.problem if imported else ""
    counts = {"created": imported.created, "updated": imported.updated, "failed": imported.failed}
    if imported.dry_run:
        return _("%(created)s would be created, %(updated)s updated, %(failed)s fail. Nothing was changed.") % counts
    return _("%(created)s created, %(updated)s updated, %(failed)s failed.") % counts


def _alert(occasion: Occasion, _user: User) -> object:
    code = str(occasion.event.facts.get("reason", ""))
    return ALERTS.get(code) or _("The bank reports: %(code)s. Look the charge up at the bank.") % {"code": code}


def _expires_on(occasion: Occasion, _user: User) -> str:
    expires_on = occasion.document.expires_on if occasion.document else None
    return formats.date_format(expires_on, "j M Y") if expires_on else ""


MAKERS: dict[str, Callable[[Occasion, User], Any]] = {
    "order": _of_order(lambda order: order.reference),
    "vendor": _of_order(lambda order: order.vendor_name),
    "vendor_phone": _of_order(lambda order: order.vendor.company.phone),
    "retailer": _of_order(lambda order: order.retailer_name),
    "total": _of_order(lambda order: aed(order.total)),
    "accept_by": _of_order(lambda order: moment(order.accept_by)),
    "address": _of_order(address_of),
    "after_placing": _of_order(_after_placing),
    "money_back": _of_order(_money_back),
    "cash_to_have": _of_order(_cash_to_have),
    "reason": _reason,
    "payment": lambda occasion, _user: occasion.event.subject,
    "amount": lambda occasion, _user: aed(occasion.payment.amount) if occasion.payment else "",
    "refund": lambda occasion, _user: aed(occasion.event.facts.get("amount")),
    "alert": _alert,
    "delivery": lambda occasion, _user: occasion.event.subject,
    "company": lambda occasion, _user: occasion.company.name if occasion.company else "",
    "email": lambda _occasion, user: user.email,
    "new_email": lambda occasion, _user: occasion.email_change.email if occasion.email_change else "",
    "at": lambda occasion, _user: moment(occasion.event.at),
    "device": lambda occasion, _user: in_words(occasion.family.agent) if occasion.family else "",
    "from_address": lambda occasion, _user: occasion.family.address if occasion.family else "",
    "left": lambda occasion, _user: occasion.event.facts.get("left", ""),
    "document": lambda occasion, _user: occasion.document.get_type_display() if occasion.document else "",
    "expires_on": _expires_on,
    "product": lambda occasion, _user: occasion.product.name if occasion.product else "",
    "available": lambda occasion, _user: occasion.event.facts.get("available", ""),
    "filename": lambda occasion, _user: occasion.import_.filename if occasion.import_ else "",
    "import_result": _import_result,
}
