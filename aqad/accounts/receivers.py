"""Django tells when a page signed somebody in or out."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from aqad.accounts.actions import sessions
from aqad.accounts.actions.signing_in import open_session
from aqad.accounts.authentication import FAMILY_KEY
from aqad.accounts.devices import device_of
from aqad.accounts.models import User
from aqad.core.views import visitor_of


def on_user_logged_in(sender: type[User], request: Any, user: User, **_: Any) -> None:
    on_user_logged_out(sender, request, user)  # whoever signs in anew in the same browser leaves the old session
    family = open_session(user, device=device_of(request), actor=visitor_of(request))
    request.session[FAMILY_KEY] = str(family.pk)


def on_user_logged_out(sender: Any, request: Any, user: Any, **_: Any) -> None:
    family = request.session.get(FAMILY_KEY)
    if family is not None:
        sessions.close_session(UUID(family), actor=visitor_of(request))
