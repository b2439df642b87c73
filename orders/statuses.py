"""The states of an order, and which may follow which."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class OrderStatus(TextChoices):
    PENDING_PAYMENT = "pending_payment", _("Waiting for payment")  # stock is reserved; only the retailer sees it
    PENDING = "pending", _("Waiting for the vendor")  # paid, or cash on delivery; the vendor must accept
    PROCESSING = "processing", _("Being prepared")  # accepted
    READY = "ready", _("Ready for pick-up")
    PICKED_UP = "picked_up", _("Picked up")  # off the vendor's shelf
    OUT_FOR_DELIVERY = "out_for_delivery", _("Out for delivery")
    COMPLETED = "completed", _("Delivered")
    FAILED = "failed", _("Payment failed")  # refused, or not paid in time
    CANCELLED = "cancelled", _("Cancelled")  # by the retailer, by staff, or never accepted
    REJECTED = "rejected", _("Rejected")  # by the vendor
    RETURNED = "returned", _("Returned")  # came back to the vendor


S = OrderStatus
TRANSITIONS: dict[str, frozenset[str]] = {
    S.PENDING_PAYMENT: frozenset({S.PENDING, S.FAILED, S.CANCELLED}),
    S.PENDING: frozenset({S.PROCESSING, S.REJECTED, S.CANCELLED}),
    S.PROCESSING: frozenset({S.READY, S.CANCELLED}),
    S.READY: frozenset({S.PICKED_UP, S.CANCELLED}),
    S.PICKED_UP: frozenset({S.OUT_FOR_DELIVERY, S.RETURNED}),
    S.OUT_FOR_DELIVERY: frozenset({S.COMPLETED, S.RETURNED}),
    S.COMPLETED: frozenset(),
    S.FAILED: frozenset(),
    S.CANCELLED: frozenset(),
    S.REJECTED: frozenset(),
    S.RETURNED: frozenset(),
}
ENDS = frozenset(status for status, following in TRANSITIONS.items() if not following)
UNDER_WAY = frozenset(TRANSITIONS) - ENDS
HOLDING_STOCK = frozenset({S.PENDING_PAYMENT, S.PENDING, S.PROCESSING, S.READY})
# A retailer may still take back what no vendor works on.
BEFORE_ACCEPTANCE = frozenset({S.PENDING_PAYMENT, S.PENDING})
# From here on vendor and retailer may call each other about the goods.
PHONES_SHOWN = frozenset({S.READY, S.PICKED_UP, S.OUT_FOR_DELIVERY, S.COMPLETED, S.RETURNED})


class CartProblem(TextChoices):
    """Why a line of a cart cannot be ordered as it stands."""

    UNAVAILABLE = "unavailable", _("Not for sale any more")
    BELOW_MINIMUM = "below_minimum", _("Below the minimum quantity")
    NOT_MULTIPLE = "not_multiple", _("Not a multiple of the pack")
    INSUFFICIENT_STOCK = "insufficient_stock", _("Not enough in stock")
