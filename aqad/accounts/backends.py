"""Django's own sign-in (pages, admin) goes through the same action and the same limits as the API."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import ModelBackend

from aqad.accounts.actions.signing_in import check_credentials
from aqad.accounts.errors import AccountNotActive, InvalidCredentials, OtpRequired
from aqad.accounts.models import User
from aqad.core.actor import Actor
from aqad.core.limits import address_key
from aqad.core.views import visitor_of

NOWHERE = "local"  # a command, not a client


class LimitedBackend(ModelBackend):
    def authenticate(self, request: Any, username: str | None = None, password: str | None = None, **kwargs: Any) -> User | None:
        """The person, or None. Above the limits it raises RateLimited, which the middleware answers."""
        email = kwargs.get(User.USERNAME_FIELD) if username is None else username
        if email is None or password is None:
            return None
        visitor = visitor_of(request) if request is not None else Actor(via="command")
        address = address_key(request) if request is not None else NOWHERE
        try:
            return check_credentials(email=email, password=password, otp=kwargs.get("otp", ""), address=address, actor=visitor)
        except (InvalidCredentials, AccountNotActive, OtpRequired):
            return None

    def get_user(self, user_id: int) -> User | None:
        """A session's person, with company, membership and second factor, in one query."""
        user = User.objects.select_related("membership__company", "second_factor").filter(pk=user_id).first()
        return user if user is not None and user.is_active else None
