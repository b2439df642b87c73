"""Who can sign in to the demo."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from aqad.accounts.models import User


class Command(BaseCommand):
    help = "List the demo's accounts: role, company, e-mail."

    def handle(self, *args: Any, **options: Any) -> None:
        people = User.objects.filter(email__endswith=".test", is_active=True).select_related("membership__company")
        rows = sorted(_row(user) for user in people)
        for role, company, email, state in rows:
            self.stdout.write(f"{role:<11} {email:<34} {company:<40} {state}".rstrip())


def _row(user: User) -> tuple[str, str, str, str]:
    membership = user.acting_as
    if membership is None:
        return "staff", "AQAD", user.email, ""
    company = membership.company
    state = "" if company.is_active else company.status
    role = membership.role if company.kind == "delivery" else company.kind
    return role, f"{company.reference} {company.name}", user.email, state
