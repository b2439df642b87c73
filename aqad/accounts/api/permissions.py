"""Doors that only the people in charge of a company may use."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from rest_framework.request import Request

from aqad.accounts.statuses import MANAGERS
from aqad.core import errors
from aqad.core.permissions import RolePermission


class ManagerPermission(RolePermission):
    """Beside the role: an owner, or a partner's dispatcher, for the view's actions named in `for_managers` ("*" names all)."""

    def has_permission(self, request: Request, view: Any) -> bool:
        allowed = super().has_permission(request, view)
        guarded: Collection[str] = view.for_managers
        if view.action and ("*" in guarded or view.action in guarded) and view.actor.position not in MANAGERS:
            raise errors.Forbidden
        return allowed
