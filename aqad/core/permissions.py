"""Which roles may call a view at all. Apart from `core.views`, since DRF imports it while its own views are still being made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from aqad.core import errors

if TYPE_CHECKING:
    from aqad.core.actor import Actor

ANYONE = "anyone"
SIGNED_IN = "signed_in"
ROLES = ("vendor", "retailer", "delivery", "staff")


class RolePermission(BasePermission):
    """401 without a signed-in user, 403 for a role that may never do this; the view's `roles` table says which may."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if getattr(view, "action", "") is None:
            return True  # no such method here: DRF answers 405 next
        allowed = allowed_roles(view)
        if ANYONE in allowed:
            return True
        actor: Actor = view.actor
        if actor.user is None:
            raise errors.Unauthorized
        if SIGNED_IN not in allowed and actor.role not in allowed:
            raise errors.Forbidden
        return True


def allowed_roles(view: Any) -> tuple[str, ...]:
    table: Mapping[str, tuple[str, ...]] = getattr(view, "roles", {})
    return table.get(getattr(view, "action", None) or "", table.get("*", ()))
