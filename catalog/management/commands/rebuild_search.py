"""Make the search text of every product anew: after the rules of folding changed, or rows were written past the actions."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from catalog import freshness
from catalog.models import Product
from catalog.names import search_text_of
from catalog.search.vocabulary import learn_after_commit

BATCH = 1000


class Command(BaseCommand):
    help = "Make the search text of every product anew, in batches; safe while the shop is open."

    def handle(self, *_: Any, **__: Any) -> None:
        changed = last = 0
        while done := self._rebuild(after=last):
            changed, last = changed + done[0], done[1]
        freshness.renew()
        self.stdout.write(f"{changed} products were made searchable anew.")

    @staticmethod
    @transaction.atomic
    def _rebuild(*, after: int) -> tuple[int, int] | None:
        """How many of the next batch were stale, and the last of it; None at the end."""
        rows = Product.objects.select_for_update(of=("self",), no_key=True).select_related("brand", "category")
        batch = list(rows.filter(pk__gt=after).order_by("pk")[:BATCH])
        stale = [product for product in batch if product.search_text != search_text_of(product)]
        for product in stale:
            product.search_text = search_text_of(product)
        Product.objects.bulk_update(stale, ["search_text"])
        learn_after_commit(product.search_text for product in batch)
        return (len(stale), batch[-1].pk) if batch else None
