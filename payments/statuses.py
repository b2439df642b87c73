"""The states of a payment, an attempt and a refund, and which may follow which."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Method(TextChoices):
    CARD = "card", _("Card")
    CASH_ON_DELIVERY = "cash_on_delivery", _("Cash on delivery")


class PaymentStatus(TextChoices):
    UNPAID = "unpaid", _("Unpaid")  # nothing taken, nothing under way
    PROCESSING = "processing", _("Processing")  # an attempt is live; its outcome may be unknown
    REQUIRES_ACTION = "requires_action", _("Requires action")  # the payer must approve at the bank
    PAID = "paid", _("Paid")
    FAILED = "failed", _("Failed")  # refused, or out of time
    CANCELLED = "cancelled", _("Cancelled")  # nothing is left to pay
    PARTIALLY_REFUNDED = "partially_refunded", _("Partially refunded")
    REFUNDED = "refunded", _("Refunded")


P = PaymentStatus
TRANSITIONS: dict[str, frozenset[str]] = {
    P.UNPAID: frozenset({P.PROCESSING, P.PAID, P.FAILED, P.CANCELLED}),
    P.PROCESSING: frozenset({P.UNPAID, P.REQUIRES_ACTION, P.PAID, P.FAILED, P.CANCELLED}),
    P.REQUIRES_ACTION: frozenset({P.UNPAID, P.PROCESSING, P.PAID, P.FAILED, P.CANCELLED}),
    P.PAID: frozenset({P.PARTIALLY_REFUNDED, P.REFUNDED}),
    P.PARTIALLY_REFUNDED: frozenset({P.PARTIALLY_REFUNDED, P.REFUNDED}),
    # Late money on an ended payment is taken note of and given back; it revives nothing.
    P.FAILED: frozenset({P.PARTIALLY_REFUNDED, P.REFUNDED}),
    P.CANCELLED: frozenset({P.PARTIALLY_REFUNDED, P.REFUNDED}),
    P.REFUNDED: frozenset(),
}


class AttemptStatus(TextChoices):
    INITIATED = "initiated", _("Initiated")  # written before the gateway is called
    REQUIRES_ACTION = "requires_action", _("Requires action")
    UNKNOWN = "unknown", _("Unknown")  # no answer; asked again until there is one
    SUCCEEDED = "succeeded", _("Succeeded")
    FAILED = "failed", _("Failed")  # declined, or the bank knows of nothing
    CANCELLED = "cancelled", _("Cancelled")


A = AttemptStatus
ATTEMPT_TRANSITIONS: dict[str, frozenset[str]] = {
    A.INITIATED: frozenset({A.REQUIRES_ACTION, A.UNKNOWN, A.SUCCEEDED, A.FAILED, A.CANCELLED}),
    A.REQUIRES_ACTION: frozenset({A.UNKNOWN, A.SUCCEEDED, A.FAILED, A.CANCELLED}),
    A.UNKNOWN: frozenset({A.REQUIRES_ACTION, A.SUCCEEDED, A.FAILED, A.CANCELLED}),
    A.SUCCEEDED: frozenset(),
    # The bank may have taken the money after it said that it knew of nothing.
    A.FAILED: frozenset({A.SUCCEEDED}),
    A.CANCELLED: frozenset({A.SUCCEEDED}),
}
LIVE_ATTEMPTS = (AttemptStatus.INITIATED, AttemptStatus.REQUIRES_ACTION, AttemptStatus.UNKNOWN)
LIVE_PAYMENTS = (PaymentStatus.PROCESSING, PaymentStatus.REQUIRES_ACTION)


class RefundStatus(TextChoices):
    REQUESTED = "requested", _("Requested")  # a task calls the bank
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")  # the bank refused for good; staff are told
    MANUAL = "manual", _("To be paid by hand")  # cash; staff record when it is done


REFUND_TRANSITIONS: dict[str, frozenset[str]] = {
    RefundStatus.REQUESTED: frozenset({RefundStatus.DONE, RefundStatus.FAILED}),
    RefundStatus.MANUAL: frozenset({RefundStatus.DONE}),
    RefundStatus.DONE: frozenset(),
    RefundStatus.FAILED: frozenset(),
}


class ChargeStatus(TextChoices):
    """The sandbox bank's own words."""

    SUCCEEDED = "succeeded", _("Succeeded")
    DECLINED = "declined", _("Declined")
    REQUIRES_ACTION = "requires_action", _("Requires action")
    PROCESSING = "processing", _("Processing")  # succeeds by itself once `settles_at` has come
    CANCELLED = "cancelled", _("Cancelled")
