"""Valid orders whose payment, stock and ledger agree, and deliveries with their first step."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import factory

from aqad.core import clock
from catalog.models import Stock, StockMovement
from deliveries.models import Delivery, DeliveryStep
from orders.models import Order, OrderLine
from orders.statuses import HOLDING_STOCK
from payments.models import Payment, PaymentAttempt
from tests.factories.goods import ProductFactory
from tests.factories.people import RetailerFactory, UserFactory, VendorFactory

AT_THE_SHOP = {
    "label": "Main store",
    "line1": "Al Wasl Road 12",
    "area": "Al Wasl",
    "emirate": "Dubai",
    "landmark": "opposite the mosque",
    "phone": "+97142998877",
    "latitude": 25.204849,
    "longitude": 55.270782,
}


class PaymentFactory(factory.django.DjangoModelFactory):
    """A card payment that was taken; `method="cash_on_delivery"` is one that is still to be collected."""

    class Meta:
        model = Payment
        skip_postgeneration_save = True

    method = "card"
    amount = Decimal("5040.00")
    status = factory.LazyAttribute(lambda p: "paid" if p.method == "card" else "unpaid")
    amount_paid = factory.LazyAttribute(lambda p: p.amount if p.status == "paid" else Decimal("0.00"))
    gateway = factory.LazyAttribute(lambda p: "sandbox" if p.method == "card" else "")

    @factory.post_generation
    def attempt(self, create: bool, extracted: object, **kwargs: object) -> None:
        if self.status == "paid" and self.method == "card":
            PaymentAttempt.objects.create(
                payment=self, status="succeeded", amount=self.amount, captured=self.amount, token="tok_visa", gateway="sandbox"
            )


class OrderFactory(factory.django.DjangoModelFactory):
    """100 cartons at 48.00, reserved; `method` chooses how it is paid."""

    class Meta:
        model = Order
        skip_postgeneration_save = True

    class Params:
        method = "card"

    vendor = factory.SubFactory(VendorFactory)
    retailer = factory.SubFactory(RetailerFactory)
    payment = factory.SubFactory(
        PaymentFactory, payer=factory.SelfAttribute("..retailer.company"), method=factory.SelfAttribute("..method")
    )
    placed_by = factory.SubFactory(UserFactory)
    status = "ready"
    retailer_name = factory.LazyAttribute(lambda order: order.retailer.company.name)
    vendor_name = factory.LazyAttribute(lambda order: order.vendor.company.name)
    subtotal, vat, total = Decimal("4800.00"), Decimal("240.00"), Decimal("5040.00")
    address = factory.LazyFunction(lambda: dict(AT_THE_SHOP))
    created_at = factory.LazyFunction(clock.now)
    released_at = factory.SelfAttribute("created_at")

    @factory.post_generation
    def line(self, create: bool, extracted: object, **kwargs: Any) -> None:
        product = ProductFactory(vendor=self.vendor, on_hand=500)
        line = OrderLine.objects.create(
            order=self,
            product=product,
            name=product.name,
            unit=product.unit,
            pack_size=product.pack_size,
            quantity=100,
            unit_price=product.price,
            vat_rate=product.vat_rate,
            line_total=self.subtotal,
            vat=self.vat,
        )
        if self.status in HOLDING_STOCK:
            Stock.objects.filter(product=product).update(reserved=100)
            StockMovement.objects.create(
                product=product, kind="reserved", reserved_change=100, order=self.reference, line=line.pk, actor="System tests"
            )


class DeliveryFactory(factory.django.DjangoModelFactory):
    """Assigned, with the step that says so."""

    class Meta:
        model = Delivery
        skip_postgeneration_save = True

    order = factory.SubFactory(OrderFactory)

    @factory.post_generation
    def step(self, create: bool, extracted: object, **kwargs: object) -> None:
        DeliveryStep.objects.create(delivery=self, status=self.status, at=self.created_at)
