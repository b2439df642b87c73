"""What deliveries put on record."""

from django.utils.translation import gettext_lazy as _

from aqad.audit import verbs


def declare() -> None:
    verbs.declare(
        {
            "deliveries.partner_created": _("{actor} created {subject}"),
            "deliveries.partner_changed": _("{actor} changed {subject}"),
            "deliveries.assigned": _("{actor} assigned {subject}"),
            "deliveries.reassigned": _("{actor} reassigned {subject}"),
            "deliveries.picked_up": _("{actor} picked up {subject}"),
            "deliveries.out_for_delivery": _("{actor} is out with {subject}"),
            "deliveries.attempt_failed": _("{actor} could not deliver {subject}"),
            "deliveries.delivered": _("{actor} delivered {subject}"),
            "deliveries.returned": _("{actor} returned {subject}"),
            "deliveries.cancelled": _("{actor} cancelled {subject}"),
            "deliveries.proof_viewed": _("{actor} viewed the proof of {subject}"),
        }
    )
