"""The states of a delivery, which may follow which, and what becomes of the order."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from orders.statuses import OrderStatus


class DeliveryStatus(TextChoices):
    ASSIGNED = "assigned", _("Assigned")  # a partner has it; the goods are still with the vendor
    PICKED_UP = "picked_up", _("Picked up")
    OUT_FOR_DELIVERY = "out_for_delivery", _("Out for delivery")
    ATTEMPT_FAILED = "attempt_failed", _("Attempt failed")  # nobody there; try again or return
    DELIVERED = "delivered", _("Delivered")
    RETURNED = "returned", _("Returned")  # back to the vendor
    CANCELLED = "cancelled", _("Cancelled")  # the order ended before pick-up


D = DeliveryStatus
TRANSITIONS: dict[str, frozenset[str]] = {
    D.ASSIGNED: frozenset({D.PICKED_UP, D.CANCELLED}),
    D.PICKED_UP: frozenset({D.OUT_FOR_DELIVERY, D.RETURNED}),
    D.OUT_FOR_DELIVERY: frozenset({D.DELIVERED, D.ATTEMPT_FAILED, D.RETURNED}),
    D.ATTEMPT_FAILED: frozenset({D.OUT_FOR_DELIVERY, D.RETURNED}),
    D.DELIVERED: frozenset(),
    D.RETURNED: frozenset(),
    D.CANCELLED: frozenset(),
}
# The goods are with the partner.
CARRIED = frozenset({D.PICKED_UP, D.OUT_FOR_DELIVERY, D.ATTEMPT_FAILED})
OPEN = frozenset(status for status, following in TRANSITIONS.items() if following)

# What drivers and dispatchers may report; `cancelled` is the platform's own step, when the order ends.
REPORTABLE = (D.PICKED_UP, D.OUT_FOR_DELIVERY, D.DELIVERED, D.ATTEMPT_FAILED, D.RETURNED)

# What usually comes next: the one large button.
USUAL_NEXT: dict[str, str] = {
    D.ASSIGNED: D.PICKED_UP,
    D.PICKED_UP: D.OUT_FOR_DELIVERY,
    D.OUT_FOR_DELIVERY: D.DELIVERED,
    D.ATTEMPT_FAILED: D.OUT_FOR_DELIVERY,
}
# A driver's day: what is on the road before what is to be fetched, what was tried in vain after what was not.
ORDER_OF_WORK = (D.OUT_FOR_DELIVERY, D.PICKED_UP, D.ATTEMPT_FAILED, D.ASSIGNED)

# What an order is to be when its delivery is in a state; several where it depends on how far the order itself was.
ORDER_WHILE: dict[str, frozenset[str]] = {
    D.ASSIGNED: frozenset({OrderStatus.PROCESSING, OrderStatus.READY}),
    D.PICKED_UP: frozenset({OrderStatus.PICKED_UP}),
    D.OUT_FOR_DELIVERY: frozenset({OrderStatus.OUT_FOR_DELIVERY}),
    D.ATTEMPT_FAILED: frozenset({OrderStatus.OUT_FOR_DELIVERY}),
    D.DELIVERED: frozenset({OrderStatus.COMPLETED}),
    D.RETURNED: frozenset({OrderStatus.RETURNED}),
}

# An order may be given to a partner while its vendor prepares it, or when it is ready.
ASSIGNABLE = frozenset({OrderStatus.PROCESSING, OrderStatus.READY})
# From here on retailer and vendor may ring each other about the goods.
PHONES_KNOWN = frozenset(
    {OrderStatus.READY, OrderStatus.PICKED_UP, OrderStatus.OUT_FOR_DELIVERY, OrderStatus.COMPLETED, OrderStatus.RETURNED}
)
