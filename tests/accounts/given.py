"""How the tests of signing in speak to the server."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from django.db import connection, connections
from rest_framework.test import APIClient

from aqad.accounts import codes
from aqad.accounts.models import RecoveryCode, User
from tests.factories.people import PASSWORD, SECRET, SecondFactorFactory

LOGIN, REFRESH, LOGOUT, ME = "/api/auth/login", "/api/auth/refresh", "/api/auth/logout", "/api/auth/me"
ADDRESS, OTHER_ADDRESS = "203.0.113.7", "203.0.113.8"


def sign_in(user: User | str, password: str = PASSWORD, *, address: str = ADDRESS, otp: str | None = None, **extra: Any) -> Any:
    email = user if isinstance(user, str) else user.email
    body = {"email": email, "password": password, **({} if otp is None else {"otp": otp})}
    return APIClient().post(LOGIN, body, format="json", REMOTE_ADDR=address, **extra)


def with_second_factor(user: User, recovery_codes: int = 0) -> list[str]:
    """It is on, with an app that shows the codes of SECRET; the recovery codes."""
    factor = SecondFactorFactory(user=user)
    made = codes.new_recovery_codes()[:recovery_codes]
    RecoveryCode.objects.bulk_create(RecoveryCode(factor=factor, digest=codes.digest_of(code)) for code in made)
    return made


def code(later: int = 0, secret: str = SECRET) -> str:
    """What the app shows now, or that many half minutes later."""
    return codes.code_at(secret, codes.step_now() + later)


def wrong_code() -> str:
    """One that no app of SECRET shows near now."""
    near = {code(later) for later in range(-3, 4)}
    return next(digits for number in range(10) if (digits := f"{number:06d}") not in near)


def tokens_of(user: User) -> dict[str, str]:
    answer = sign_in(user)
    assert answer.status_code == 200, answer.content
    return answer.json()


def refresh(token: str) -> Any:
    return APIClient().post(REFRESH, {"refresh": token}, format="json")


def logout(token: str) -> Any:
    return APIClient().post(LOGOUT, {"refresh": token}, format="json")


def ask_with(access: str) -> Any:
    return APIClient().get(ME, headers={"Authorization": f"Bearer {access}"})


def together(count: int, call: Callable[[], Any]) -> list[Any]:
    """`call` that many times at the same moment, each on a connection of its own."""
    gate = threading.Barrier(count)

    def run(_number: int) -> Any:
        try:
            gate.wait()
            return call()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


@contextmanager
def without_the_key_of_used_tokens() -> Iterator[None]:
    """Their table without its primary key, as a control of what it guards."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE accounts_usedrefreshtoken RENAME TO kept_tokens")
        cursor.execute("CREATE TABLE accounts_usedrefreshtoken AS SELECT * FROM kept_tokens")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE accounts_usedrefreshtoken")
            cursor.execute("ALTER TABLE kept_tokens RENAME TO accounts_usedrefreshtoken")
