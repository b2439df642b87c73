"""Erase what identifies a person; orders, money and the record stay, which know people by number only (docs/privacy.md)."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, transaction

from aqad.accounts.models import User
from aqad.core.actor import Actor
from aqad.core.errors import Refusal
from aqad.notifications.erasing import erase


class Command(BaseCommand):
    help = "Erase a person's name, e-mail, phone, addresses on the network, sessions, tokens, mails and notifications. Cannot be undone."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("person", help="the e-mail, or the number of somebody who has left a team (user:7)")
        parser.add_argument("--dry-run", action="store_true", help="only say what would go")

    def handle(self, *_: Any, person: str, dry_run: bool, **__: Any) -> None:
        user = _find(person)
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET statement_timeout = 0")  # the record has no index by person
        try:
            with transaction.atomic():
                gone = erase(user, actor=Actor.system("forget_person"))
                transaction.set_rollback(dry_run)
        except Refusal as refusal:
            raise CommandError(str(refusal.message)) from None
        counts = (
            ", ".join(f"{number} {what.rpartition('.')[2].replace('_', ' ')}" for what, number in gone.items() if number) or "nothing else"
        )
        self.stdout.write(f"user:{user.pk} {'would be' if dry_run else 'is'} erased; with it: {counts}.")


def _find(person: str) -> User:
    number = person.removeprefix("user:")
    people = User.objects.select_related("membership__company")
    user = people.filter(pk=int(number)).first() if number.isdigit() else people.filter(email=person.lower()).first()
    if user is None:
        raise CommandError("There is nobody under this e-mail or number.")
    return user
