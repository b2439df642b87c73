"""How an action may refuse. Each refusal has a stable code and facts; `core.handler` alone turns kinds into HTTP."""

from __future__ import annotations

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise
FieldErrors = dict[str, list[Words]]


class Refusal(Exception):
    """An action did not happen; nothing was changed. `facts` go into the answer beside code and message."""

    code = "conflict"
    message: Words = _("This cannot be done now.")
    http_status: int | None = None  # only for refusals that HTTP itself defines (405, 406, 415)

    def __init__(self, message: Words | None = None, *, code: str | None = None, **facts: Any) -> None:
        self.code = code or self.code
        self.message = message or self.message
        self.facts = facts
        super().__init__(str(self.message))


class Malformed(Refusal):
    code, message = "malformed", _("The request cannot be read.")


class Unauthorized(Refusal):
    code, message = "unauthorized", _("Unauthorized")


class PaymentDeclined(Refusal):
    code, message = "payment_declined", _("The payment was declined.")


class Forbidden(Refusal):
    code, message = "forbidden", _("You may not do this.")


class StepUpRequired(Forbidden):
    """Whoever does this must have proved the second factor a moment ago."""

    code, message = "step_up_required", _("Please confirm with a new code of your authenticator app.")


class NotFound(Refusal):
    code, message = "not_found", _("Not found.")


class Conflict(Refusal):
    """Something is in use, already there, or still running."""


class InvalidTransition(Conflict):
    """The thing is not in a state that allows this step; `status` says in which it is."""

    code, message = "invalid_transition", _("This step is not possible any more.")

    def __init__(self, message: Words | None = None, *, status: str, **facts: Any) -> None:
        super().__init__(message, status=status, **facts)


class Invalid(Refusal):
    """A value is missing, wrong or not to be written; `errors` names each field."""

    code, message = "validation_error", _("Some values are wrong.")

    def __init__(self, errors: FieldErrors | None = None, *, message: Words | None = None, code: str | None = None, **facts: Any) -> None:
        self.errors: FieldErrors = errors or {}
        first = next((words[0] for words in self.errors.values() if words), None)
        super().__init__(message or first, code=code, **facts)


class RateLimited(Refusal):
    """`retry_after`, `limit` and `reset` are in seconds and calls."""

    code, message = "rate_limited", _("Rate limit exceeded")

    def __init__(self, message: Words | None = None, *, retry_after: int, limit: int) -> None:
        super().__init__(message)
        self.retry_after = max(1, retry_after)
        self.limit = limit

    @property
    def minutes(self) -> int:
        """How long to wait, in whole minutes, rounded up."""
        return -(-self.retry_after // 60)


class Unavailable(Refusal):
    """A part is away for a moment; asking again helps."""

    code, message = "unavailable", _("This is not available for a moment. Please try again.")
