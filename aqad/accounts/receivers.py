"""Django tells when a page signed somebody in."""

from __future__ import annotations

from typing import Any

from aqad.accounts.actions.signing_in import open_session
from aqad.accounts.models import User
from aqad.core.views import visitor_of


def on_user_logged_in(sender: type[User], request: Any, user: User, **_: Any) -> None:
    open_session(user, actor=visitor_of(request))
