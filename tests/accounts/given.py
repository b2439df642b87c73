"""How the tests of signing in speak to the server."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from django.db import connection, connections
from rest_framework.test import APIClient

from aqad.accounts.models import User
from tests.factories.people import PASSWORD

LOGIN, REFRESH, LOGOUT, ME = "/api/auth/login", "/api/auth/refresh", "/api/auth/logout", "/api/auth/me"
ADDRESS, OTHER_ADDRESS = "203.0.113.7", "203.0.113.8"


def sign_in(user: User | str, password: str = PASSWORD, *, address: str = ADDRESS, **extra: Any) -> Any:
    email = user if isinstance(user, str) else user.email
    return APIClient().post(LOGIN, {"email": email, "password": password}, format="json", REMOTE_ADDR=address, **extra)


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
