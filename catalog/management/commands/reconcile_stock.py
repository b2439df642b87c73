"""Say where stock counters and ledger disagree and what would be done; `--apply` does it."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from aqad.core.actor import Actor
from catalog.actions.reconciling import Disagreement, disagreements, reconcile
from catalog.models import Product


class Command(BaseCommand):
    help = "Compare every stock counter with the sum of its ledger. Ends with 1 while anything is wrong."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--apply", action="store_true", help="set the counters to what the ledger says")

    def handle(self, *_: Any, apply: bool, **__: Any) -> None:
        found = disagreements()
        left = [one for one in found if not (apply and self._mend(one))]
        if not apply:
            for one in left:
                self.stdout.write(f"{one}. {self._advice(one)}")
        if left:
            raise CommandError(f"{len(left)} of {Product.objects.count()} products disagree with their ledger.")
        self.stdout.write(f"Counters and ledger agree; {len(found)} products were mended.")

    def _mend(self, one: Disagreement) -> bool:
        mended = reconcile(Product.objects.get(pk=one.product_id), actor=Actor.system("reconcile_stock"))
        self.stdout.write(f"{one}. " + ("Set to the ledger." if mended else "Left as it is: the ledger itself cannot be right."))
        return mended

    @staticmethod
    def _advice(one: Disagreement) -> str:
        if not one.can_be_mended:
            return "The ledger itself cannot be right: look at its movements."
        return f"--apply would set {one.ledger[0]} on hand, {one.ledger[1]} reserved."
