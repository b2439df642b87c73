"""How payments may refuse."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from aqad.core import money
from aqad.core.errors import Invalid, InvalidTransition, Unavailable


class NotPayable(InvalidTransition):
    """Failed, cancelled, paid already, or to be paid in cash."""

    message = _("This payment cannot be confirmed any more.")


class AttemptLive(InvalidTransition):
    message = _("A payment attempt is still under way; wait until the bank has answered.")


class NothingTaken(InvalidTransition):
    message = _("Nothing has been taken for this payment yet, so nothing can be refunded.")


class TooMuch(Invalid):
    """More than may be taken or given back."""

    def __init__(self, most: Decimal) -> None:
        super().__init__({"amount": [_("At most %(most)s AED is possible.") % {"most": money.text(most)}]})


class UnknownToken(Invalid):
    def __init__(self) -> None:
        super().__init__({"token": [_("The bank does not know this payment method; choose another one.")]})


class GatewayAway(Unavailable):
    message = _("The bank does not answer at the moment. Nothing was taken; please try again in a minute.")
