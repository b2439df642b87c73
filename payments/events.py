"""What payments put on record."""

from django.utils.translation import gettext_lazy as _

from aqad.audit import verbs


def declare() -> None:
    verbs.declare(
        {
            "payments.opened": _("{actor} opened {subject}"),
            "payments.attempted": _("{actor} tried to pay {subject}"),
            "payments.requires_action": _("{subject} waits for the payer's approval"),
            "payments.unknown": _("{subject} waits for the gateway's answer"),
            "payments.paid": _("{subject} was paid"),
            "payments.captured_late": _("Money came for {subject} when nothing was owed any more"),
            "payments.failed": _("{subject} failed"),
            "payments.reopened": _("{subject} can be paid again"),
            "payments.cancelled": _("{actor} cancelled {subject}"),
            "payments.reduced": _("{actor} reduced {subject}"),
            "payments.cash_collected": _("{actor} collected cash for {subject}"),
            "payments.refund_requested": _("{actor} asked to refund {subject}"),
            "payments.refunded": _("{subject} was refunded"),
            "payments.restated": _("{subject} was refunded in part before it was paid in full"),
            "payments.refund_failed": _("A refund of {subject} failed"),
            "payments.money_alert": _("{subject} needs a person to look at it"),
            "payments.webhook_received": _("The gateway told of {subject}"),
        }
    )
