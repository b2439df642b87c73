"""The limit on trying to pay, the same at the API's door and on the page."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request

from aqad.core import limits
from aqad.core.views import Door


class ConfirmingDoor(Door):
    """A door one of whose actions is called `confirm`; that one is limited more tightly than all that a person does."""

    usage: limits.Usage | None = None

    def check_permissions(self, request: Request) -> None:
        """The limit comes before everything else is looked at."""
        if self.action == "confirm" and self.actor.user_id is not None:
            self.usage = limits.hit(limits.PAYMENT_CONFIRM, f"user:{self.actor.user_id}", request._request)
        super().check_permissions(request)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """The tighter limit is the one to be told."""
        if self.usage is not None:
            response.headers["RateLimit-Limit"] = str(self.usage.limit)
            response.headers["RateLimit-Remaining"] = str(self.usage.remaining)
            response.headers["RateLimit-Reset"] = str(self.usage.reset)
        return super().finalize_response(request, response, *args, **kwargs)
