"""Counters against ledger: where they disagree, the ledger is right."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.db.models import F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from aqad.audit.actions import record
from aqad.core.actor import Actor
from catalog import freshness
from catalog.models import Product, Stock


@dataclass(frozen=True, slots=True)
class Disagreement:
    """What the counters say (None: there is no row) and what the ledger adds up to, both as (on hand, reserved)."""

    product_id: int
    counted: tuple[int, int] | None
    ledger: tuple[int, int]

    @property
    def can_be_mended(self) -> bool:
        return 0 <= self.ledger[1] <= self.ledger[0]

    def __str__(self) -> str:
        counters = "no stock row" if self.counted is None else f"{self.counted[0]} on hand, {self.counted[1]} reserved"
        return f"{Product.PREFIX}{self.product_id}: counters {counters}; ledger {self.ledger[0]} on hand, {self.ledger[1]} reserved"


def disagreements(products: QuerySet[Product] | None = None) -> list[Disagreement]:
    """Every product whose counters are not what its ledger adds up to, in one statement, so that nothing moves in between."""
    rows = Product.objects.all() if products is None else products
    added = rows.annotate(
        ledger_on_hand=Coalesce(Sum("movements__on_hand_change"), 0), ledger_reserved=Coalesce(Sum("movements__reserved_change"), 0)
    )
    other_on_hand = Q(stock__on_hand__lt=F("ledger_on_hand")) | Q(stock__on_hand__gt=F("ledger_on_hand"))
    other_reserved = Q(stock__reserved__lt=F("ledger_reserved")) | Q(stock__reserved__gt=F("ledger_reserved"))
    found = (
        added.filter(Q(stock=None) | other_on_hand | other_reserved)
        .order_by("pk")
        .values_list("pk", "stock__on_hand", "stock__reserved", "ledger_on_hand", "ledger_reserved")
    )
    return [
        Disagreement(pk, None if on_hand is None else (on_hand, reserved), (in_ledger, promised))
        for pk, on_hand, reserved, in_ledger, promised in found
    ]


def reconcile(product: Product, *, actor: Actor) -> bool:
    """Set the counters to what the ledger says; False when they agree by now, or when the ledger itself cannot be."""
    with transaction.atomic():
        Stock.objects.get_or_create(product=product)
        stock = Stock.objects.select_for_update().get(product=product)
        found = disagreements(Product.objects.filter(pk=product.pk))
        if not found or not found[0].can_be_mended:
            return False
        before = [stock.on_hand, stock.reserved]
        stock.on_hand, stock.reserved = found[0].ledger
        stock.save(update_fields=["on_hand", "reserved"])
        record("catalog.stock_reconciled", product, actor, before=before, after=list(found[0].ledger))
        freshness.renew_after_commit()
    return True
