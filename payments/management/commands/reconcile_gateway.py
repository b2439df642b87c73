"""Say where our book and the gateway's disagree, and what to do about each difference. Changes nothing."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from aqad.core import clock
from aqad.core.errors import Unavailable
from payments.actions.comparing import compare
from payments.gateways import registry

WEEK = timedelta(days=7)


class Command(BaseCommand):
    help = "Compare our charges and refunds with the gateway's. Ends with 1 while they disagree, or the gateway does not answer."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--since", type=moment, help="from this moment on, like 2026-11-21T09:00 (UAE time); a week ago unless told")
        parser.add_argument("--gateway", default=settings.PAYMENT_GATEWAY, help="sandbox or stripe; the one in use unless told")

    def handle(self, *_: Any, since: datetime | None, gateway: str, **__: Any) -> None:
        if not registry.is_known(gateway):
            raise CommandError(f"There is no gateway {gateway}.")
        try:
            found = compare(gateway, since=since or clock.now() - WEEK)
        except Unavailable:
            raise CommandError(f"{gateway} does not answer: nothing can be said. Try again when it does.") from None
        for difference in found.differences:
            self.stdout.write(str(difference))
        if found.still_asked:
            self.stdout.write(
                f"{found.still_asked} charges belong to payments that are still being asked about; the next minutes book them."
            )
        if found.differences:
            raise CommandError(f"{len(found.differences)} differences between our book and {gateway}'s.")
        self.stdout.write(f"Both books agree: {found.charges} charges and {found.refunds} refunds at {gateway}.")


def moment(written: str) -> datetime:
    """Raises ValueError, which the parser tells."""
    parsed = parse_datetime(written)
    if parsed is None:
        raise ValueError(written)
    return parsed if timezone.is_aware(parsed) else timezone.make_aware(parsed)
