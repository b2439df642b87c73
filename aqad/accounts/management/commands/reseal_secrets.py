"""Seal the secrets of authenticator apps with the present SECRET_KEY, so that an earlier one can go."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from aqad.accounts.actions import second_factor


class Command(BaseCommand):
    help = "Seal what was sealed with an earlier SECRET_KEY anew; run it after the new key is in force and before the old one is taken out."

    def handle(self, *_: Any, **__: Any) -> None:
        sealed, unreadable = second_factor.reseal_all()
        self.stdout.write(f"{sealed} second factors are sealed with the present key.")
        if unreadable:
            raise CommandError(
                f"{len(unreadable)} could not be read with any key that is here: users {', '.join(map(str, unreadable))}. "
                "Put the key they were sealed with into SECRET_KEY_FALLBACKS, or have staff remove these factors."
            )
