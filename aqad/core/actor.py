"""Who does something, passed explicitly from the door to every action; there is no ambient current user."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

Via = Literal["api", "web", "admin", "command", "task", "webhook"]


@dataclass(frozen=True, slots=True)
class Actor:
    """A person acting for a company, AQAD's staff, or the platform itself.

    `user` is an accounts.User or None, `company` an accounts.Company or None. `role` is vendor, retailer, delivery, staff, system or
    anonymous; `position` the person's role within the company (owner, member, dispatcher, driver).
    """

    user: Any = None
    company: Any = None
    role: str = "anonymous"
    position: str = ""
    via: Via = "api"
    request_id: str = ""
    ip: str | None = None
    label: str = ""

    @classmethod
    def system(cls, label: str, *, request_id: str = "") -> Actor:
        """The platform itself; `label` says which part of it: expiry, reconciler, outbox."""
        return cls(role="system", label=label, via="task", request_id=request_id)

    def as_person(self, user: Any) -> Actor:
        """The same call, made by `user` (whose company and membership are loaded)."""
        membership = user.acting_as
        return replace(
            self,
            user=user,
            company=membership.company if membership else None,
            role=membership.company.kind if membership else ("staff" if user.is_staff else "anonymous"),
            position=membership.role if membership else "",
        )

    @property
    def user_id(self) -> int | None:
        return None if self.user is None else int(self.user.pk)

    @property
    def company_id(self) -> int | None:
        return None if self.company is None else int(self.company.pk)

    @property
    def name(self) -> str:
        """As sentences of the record name it: `Vendor V1001`, `Staff 7`, `System expiry`."""
        if self.company is not None:
            return f"{self.company.kind_in_words} {self.company.reference}"
        if self.user is not None:
            return f"Staff {self.user.pk}" if self.role == "staff" else f"User {self.user.pk}"
        return f"System {self.label}".strip() if self.role == "system" else "Anonymous"

    @property
    def is_staff(self) -> bool:
        return self.role == "staff"

    @property
    def is_system(self) -> bool:
        return self.role == "system"

    @property
    def is_owner(self) -> bool:
        return self.position == "owner"
