"""What codes mean to a person: why a line cannot be ordered as it stands, why a bank refused; and what to do about it."""

from __future__ import annotations

from django.utils.translation import gettext as _

from orders.pricing import PricedLine
from orders.statuses import CartProblem


def problem_words(line: PricedLine) -> str:
    """One or two sentences; empty when the line can be ordered."""
    match line.problem:
        case CartProblem.UNAVAILABLE:
            return _("This is not for sale any more. Please remove it.")
        case CartProblem.BELOW_MINIMUM:
            return _("The smallest order is %(least)s. Please order at least that many.") % {"least": f"{line.fitting[0]:,}"}
        case CartProblem.NOT_MULTIPLE:
            multiple, fitting = line.product.order_multiple, _(" or ").join(f"{number:,}" for number in line.fitting)
            return _("This is sold in steps of %(multiple)s. Please order %(fitting)s.") % {"multiple": multiple, "fitting": fitting}
        case CartProblem.INSUFFICIENT_STOCK:
            available = line.product.stock.available
            if available == 0:
                return _("This is out of stock. Please remove it, or wait until there is more.")
            return _("Only %(available)s are in stock. Please order fewer.") % {"available": f"{available:,}"}
    return ""


def decline_words(code: str) -> str:
    """Why the bank refused, in a sentence; a code that is not known is named."""
    known = {
        "card_declined": _("The bank refused the card."),
        "generic_decline": _("The bank refused the card."),
        "insufficient_funds": _("There is not enough money on the card's account."),
        "authentication_refused": _("The payment was not approved at the bank."),
        "payment_intent_authentication_failure": _("The payment was not approved at the bank."),
        "expired_card": _("The card has expired."),
        "incorrect_cvc": _("The card's security code is wrong."),
    }
    return known.get(code) or (_("The bank refused the card (%(code)s).") % {"code": code} if code else "")
