"""For doors to what cannot be taken back: `otp` in the same body renews the proof of a second factor."""

from __future__ import annotations

from typing import Any

from aqad.accounts.actions import stepping_up
from aqad.accounts.api.serializers import OtpField
from aqad.core.bodies import ReasonBody
from aqad.core.fields import PROOF, StrictSerializer
from aqad.core.idempotency import refuse_repeat
from aqad.core.limits import address_key
from aqad.core.views import Door


class ProofBody(StrictSerializer):
    otp = OtpField(
        required=False,
        allow_blank=True,
        help_text="A new code, where the answer without one was 403 `step_up_required`: the second factor was proved too long ago.",
    )


class ReasonWithProof(ProofBody, ReasonBody):
    pass


def proved(door: Door, body: dict[str, Any]) -> dict[str, Any]:
    """`body` without its code, once the caller's proof is fresh; a repeat needs none. Raises StepUpRequired, RateLimited."""
    refuse_repeat(door.actor, door.request)
    stepping_up.demand(door.actor, otp=body.pop(PROOF, ""), address=address_key(door.request._request))
    return body
