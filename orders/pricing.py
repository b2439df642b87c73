"""What a purchase costs and what stands in its way. Prices are the catalogue's of this moment; nothing here asks the database."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from aqad.core import money
from catalog.models import Product
from orders.models import CartItem
from orders.statuses import CartProblem
from vendors.models import Vendor


@dataclass(frozen=True)
class PricedLine:
    """So many units of one product. AED; VAT is rounded half up on the line as a whole."""

    product: Product
    quantity: int
    problem: CartProblem | None = None

    @cached_property
    def total(self) -> Decimal:
        return money.line_total(self.product.price, self.quantity)

    @cached_property
    def vat(self) -> Decimal:
        return money.vat_on(self.total, self.product.vat_rate)

    @property
    def can_be_bought(self) -> bool:
        return self.problem != CartProblem.UNAVAILABLE

    @property
    def fitting(self) -> list[int]:
        """The quantities nearest to the wanted one that the product is sold in, stock aside, in ascending order."""
        least, multiple = self.product.min_order_quantity, self.product.order_multiple
        lowest = -(-least // multiple) * multiple
        below = self.quantity // multiple * multiple
        return sorted({max(lowest, below), max(lowest, below + multiple if self.quantity % multiple else below)})


@dataclass(frozen=True)
class Part:
    """The lines of one vendor, which become one order. Lines that cannot be bought cost nothing."""

    vendor: Vendor
    lines: Sequence[PricedLine]

    @cached_property
    def subtotal(self) -> Decimal:
        return money.total(line.total for line in self.lines if line.can_be_bought)

    @cached_property
    def vat(self) -> Decimal:
        return money.total(line.vat for line in self.lines if line.can_be_bought)

    @cached_property
    def total(self) -> Decimal:
        return self.subtotal + self.vat

    @property
    def shortfall(self) -> Decimal:
        """AED before VAT that are missing to the vendor's minimum order value."""
        return max(money.ZERO, self.vendor.minimum_order_value - self.subtotal)


@dataclass(frozen=True, slots=True)
class PricedCart:
    lines: Sequence[PricedLine]
    parts: Sequence[Part]

    @property
    def can_be_ordered(self) -> bool:
        """Whether nothing stands in the way but stock that somebody else may take first."""
        return bool(self.lines) and all(line.problem is None for line in self.lines) and all(part.shortfall == 0 for part in self.parts)

    @property
    def subtotal(self) -> Decimal:
        return money.total(part.subtotal for part in self.parts)

    @property
    def vat(self) -> Decimal:
        return money.total(part.vat for part in self.parts)

    @property
    def total(self) -> Decimal:
        return self.subtotal + self.vat


def price_cart(items: Sequence[CartItem], *, on_sale: Collection[int]) -> PricedCart:
    """The cart's lines as they would be bought now. `on_sale` holds the ids of products that can be bought."""
    lines = [
        PricedLine(item.product, item.quantity, problem_of(item.product, item.quantity, is_on_sale=item.product_id in on_sale))
        for item in items
    ]
    return PricedCart(lines, split_by_vendor(lines))


def split_by_vendor(lines: Sequence[PricedLine]) -> list[Part]:
    """One part per vendor, in the order of the vendors' references."""
    of_vendor: dict[int, list[PricedLine]] = {}
    for line in lines:
        of_vendor.setdefault(line.product.vendor_id, []).append(line)
    return [Part(of_vendor[vendor_id][0].product.vendor, of_vendor[vendor_id]) for vendor_id in sorted(of_vendor)]


def quantity_problem(product: Product, quantity: int) -> CartProblem | None:
    """Whether so many units may be ordered, stock aside."""
    if quantity < product.min_order_quantity:
        return CartProblem.BELOW_MINIMUM
    if quantity % product.order_multiple:
        return CartProblem.NOT_MULTIPLE
    return None


def problem_of(product: Product, quantity: int, *, is_on_sale: bool) -> CartProblem | None:
    if not is_on_sale:
        return CartProblem.UNAVAILABLE
    if problem := quantity_problem(product, quantity):
        return problem
    return CartProblem.INSUFFICIENT_STOCK if quantity > product.stock.available else None
