"""How vendors' actions may refuse beside the general refusals."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from aqad.core.errors import InvalidTransition


class PapersIncomplete(InvalidTransition):
    """A vendor is approved only with both papers, none of them refused."""

    message = _("Both documents are needed, and none may be rejected; wait for the vendor to send new ones.")
