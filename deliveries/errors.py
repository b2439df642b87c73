"""How deliveries may refuse."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from aqad.core.errors import Conflict, InvalidTransition


class AlreadyAssigned(Conflict):
    """`delivery` is the reference of the one that is on its way."""

    message = _("This order has a delivery already; change its partner or driver instead.")


class NotReady(InvalidTransition):
    """`status` is the order's, since it is the order that is not so far."""

    message = _("The vendor has not made this order ready for pick-up yet.")
