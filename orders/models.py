"""Cart, Order and its lines. Names, prices, VAT and the address are copies taken when the order was placed."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models.functions import Round
from django.utils.translation import gettext_lazy as _

from aqad.core import clock
from aqad.core.fields import NOTE_LENGTH, PRODUCT_NAME_LENGTH, REASON_LENGTH
from aqad.core.references import Referenced
from aqad.retailers.models import Retailer
from catalog.models import Product
from orders.statuses import OrderStatus
from payments.models import Payment
from vendors.models import Vendor


class Cart(models.Model):
    """What a retailer means to buy, of any number of vendors; one per retailer."""

    retailer = models.OneToOneField(Retailer, on_delete=models.CASCADE, related_name="cart", primary_key=True)

    def __str__(self) -> str:
        return f"Cart of R{self.pk}"


class CartItem(models.Model):
    cart = models.ForeignKey(Cart, on_delete=models.CASCADE, related_name="items")
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+")
    quantity = models.PositiveIntegerField()
    added_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cart", "product"], name="cart_product_once"),
            models.CheckConstraint(name="cart_quantity_positive", condition=models.Q(quantity__gte=1)),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} of {self.product_id}"


class Order(Referenced):
    """One retailer's order with one vendor. `released_at` is when it became the vendor's to see."""

    PREFIX, FIRST_NUMBER = "ORD", 1001

    # Foreign keys that an index of `Meta` begins with have none of their own: each costs every order.
    retailer = models.ForeignKey(Retailer, on_delete=models.PROTECT, related_name="orders", verbose_name=_("retailer"), db_index=False)
    vendor = models.ForeignKey(Vendor, on_delete=models.PROTECT, related_name="orders", verbose_name=_("vendor"))
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="orders", verbose_name=_("payment"))
    placed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("placed by"))
    status = models.CharField(_("status"), max_length=20, choices=OrderStatus.choices)
    reason = models.CharField(_("reason"), max_length=REASON_LENGTH, blank=True)
    retailer_name = models.CharField(max_length=120)
    vendor_name = models.CharField(max_length=120)
    subtotal = models.DecimalField(_("subtotal"), max_digits=14, decimal_places=2)
    vat = models.DecimalField(_("VAT"), max_digits=14, decimal_places=2)
    total = models.DecimalField(_("total"), max_digits=14, decimal_places=2)
    address = models.JSONField(_("address"))
    notes = models.TextField(_("notes"), max_length=NOTE_LENGTH, blank=True)
    created_at = models.DateTimeField(_("placed"), default=clock.now)
    released_at = models.DateTimeField(_("passed to the vendor"), null=True)
    accept_by = models.DateTimeField(_("to be accepted by"), null=True)
    reminded_at = models.DateTimeField(null=True)
    updated_at = models.DateTimeField(_("changed"), default=clock.now)

    class Meta:
        verbose_name = _("order")
        constraints = [
            # Rounded, since SQLite adds decimals as floats.
            models.CheckConstraint(name="order_total_adds_up", condition=models.Q(total=Round(models.F("subtotal") + models.F("vat"), 2))),
        ]
        indexes = [
            models.Index(fields=["retailer", "-id"], name="order_retailer"),
            models.Index(fields=["vendor", "-id"], name="order_vendor", condition=models.Q(released_at__isnull=False)),
            models.Index(fields=["status", "-id"], name="order_status"),
            # A list of one state, and how many orders stand in each.
            models.Index(fields=["retailer", "status", "-id"], name="order_retailer_status"),
            models.Index(fields=["vendor", "status", "-id"], name="order_vendor_status", condition=models.Q(released_at__isnull=False)),
            # All that a summary reads of an order, by its day.
            models.Index(fields=["retailer", "created_at", "status", "total", "id"], name="order_retailer_day"),
            models.Index(
                fields=["vendor", "created_at", "status", "total", "id"],
                name="order_vendor_day",
                condition=models.Q(released_at__isnull=False),
            ),
            models.Index(fields=["accept_by"], name="order_accept_by", condition=models.Q(status="pending")),
            models.Index(fields=["retailer"], name="order_unpaid", condition=models.Q(status="pending_payment")),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def status_in_words(self) -> str:
        """As `get_status_display`, which puts all choices together anew each time: a list's rows cost more by that than by all else."""
        return str(OrderStatus(self.status).label)


class OrderLine(models.Model):
    """So many units of one product, as they were named and priced on the day."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="lines", db_index=False)  # see order_product_once
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="order_lines")
    name = models.CharField(max_length=PRODUCT_NAME_LENGTH)
    unit = models.CharField(max_length=20)
    pack_size = models.CharField(max_length=60, blank=True)
    quantity = models.PositiveIntegerField()
    unit_price = models.DecimalField(max_digits=8, decimal_places=2)
    vat_rate = models.DecimalField(max_digits=4, decimal_places=2)
    line_total = models.DecimalField(max_digits=14, decimal_places=2)
    vat = models.DecimalField(max_digits=14, decimal_places=2)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "product"], name="order_product_once"),
            models.CheckConstraint(name="order_line_quantity_positive", condition=models.Q(quantity__gte=1)),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} x {self.name}"
