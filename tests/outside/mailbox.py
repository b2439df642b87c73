"""A mail server of the tests' own, that takes mails or refuses them as it is told."""

from __future__ import annotations

import email
import email.policy
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from tests.stack.parts import dev


@dataclass
class Mailbox:
    """`refuses` are recipients without a box; `hangs_up_after` mails, each connection is closed with 421."""

    refuses: set[str] = field(default_factory=set)
    hangs_up_after: int | None = None
    is_busy: bool = False
    tried: list[str] = field(default_factory=list)
    messages: list[EmailMessage] = field(default_factory=list)
    over_tls: list[bool] = field(default_factory=list)
    url: str = ""

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        self.tried.append(address)
        taken = getattr(session, "taken", 0)
        if self.is_busy or (self.hangs_up_after is not None and taken >= self.hangs_up_after):
            await server.push("421 4.7.0 Too much at once, good bye")
            server.transport.close()
            return "421 4.7.0 Closing"
        if address in self.refuses:
            return "550 5.1.1 No such box here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.messages.append(email.message_from_bytes(envelope.content, policy=email.policy.default))  # type: ignore[arg-type]
        self.over_tls.append(session.ssl is not None)
        session.taken = getattr(session, "taken", 0) + 1
        return "250 Taken"

    @property
    def ids(self) -> list[str]:
        return [str(message["Message-ID"]) for message in self.messages]


@contextmanager
def receiving(*, user: str = "", password: str = "", tls: ssl.SSLContext | None = None) -> Iterator[Mailbox]:
    box = Mailbox()

    def authenticate(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        return AuthResult(success=(data.login, data.password) == (user.encode(), password.encode()), handled=False)

    more: dict[str, Any] = {"authenticator": authenticate, "auth_required": True, "auth_require_tls": False} if user else {}
    if tls is not None:
        more |= {"tls_context": tls, "require_starttls": True}
    controller = Controller(box, hostname="127.0.0.1", port=dev.free_port(), **more)
    controller.start()
    box.url = f"smtp://127.0.0.1:{controller.port}"
    try:
        yield box
    finally:
        controller.stop()
