"""What orders put on record; the last part of a verb is the word in an order's history."""

from django.utils.translation import gettext_lazy as _

from aqad.audit import verbs


def declare() -> None:
    verbs.declare(
        {
            "orders.placed": _("{actor} created {subject}"),
            "orders.paid": _("{subject} was paid"),
            "orders.accepted": _("{actor} accepted {subject}"),
            "orders.rejected": _("{actor} rejected {subject}"),
            "orders.ready": _("{actor} made {subject} ready"),
            "orders.picked_up": _("{actor} picked up {subject}"),
            "orders.out_for_delivery": _("{actor} is out for delivery with {subject}"),
            "orders.completed": _("{actor} delivered {subject}"),
            "orders.returned": _("{actor} returned {subject}"),
            "orders.failed": _("{subject} failed"),
            "orders.cancelled": _("{actor} cancelled {subject}"),
            "orders.acceptance_due": _("{subject} still waits for its vendor"),
        }
    )
