"""Category, Brand, Product with images, Stock and its ledger, imports."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from django.conf import settings
from django.core.files.storage import Storage, storages
from django.db import models
from django.utils.translation import gettext_lazy as _

from aqad.core import clock
from aqad.core.fields import DESCRIPTION_LENGTH, NAME_LENGTH, PRODUCT_NAME_LENGTH, REASON_LENGTH
from aqad.core.references import Referenced
from catalog.statuses import ImportState, MovementKind, ProductStatus
from vendors.models import Vendor


def public_files() -> Storage:
    return storages["public"]


class Category(models.Model):
    """A node of the category tree."""

    slug = models.SlugField(_("slug"), max_length=140, unique=True)
    name = models.CharField(_("name"), max_length=NAME_LENGTH)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("parent"))
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")

    def __str__(self) -> str:
        return self.name


class Brand(models.Model):
    slug = models.SlugField(_("slug"), max_length=140, unique=True)
    name = models.CharField(_("name"), max_length=NAME_LENGTH)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("brand")

    def __str__(self) -> str:
        return self.name


# What can be bought of a vendor that is active.
IN_WINDOW = models.Q(status=ProductStatus.PUBLISHED.value, taken_down_at=None)


class Product(Referenced):
    """Something sold by the carton. `price` is AED per unit before VAT; what can be ordered stands in `stock`."""

    PREFIX, FIRST_NUMBER = "P", 1001

    # These three begin an index of `Meta` each, in the order of their lists; one of their own would be taken instead, and sorted after.
    vendor = models.ForeignKey(Vendor, on_delete=models.PROTECT, related_name="products", verbose_name=_("vendor"), db_index=False)
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="products", verbose_name=_("category"), db_index=False)
    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="products", verbose_name=_("brand"), db_index=False)
    name = models.CharField(_("name"), max_length=PRODUCT_NAME_LENGTH)
    slug = models.SlugField(_("slug"), max_length=220, db_index=False)  # for addresses; nothing is found by it
    description = models.TextField(_("description"), max_length=DESCRIPTION_LENGTH, blank=True)
    price = models.DecimalField(_("price per unit (AED, before VAT)"), max_digits=8, decimal_places=2)
    vat_rate = models.DecimalField(_("VAT in per cent"), max_digits=4, decimal_places=2, default=Decimal("5.00"))
    unit = models.CharField(_("unit"), max_length=20, default="carton")
    pack_size = models.CharField(_("pack size"), max_length=60, blank=True)
    units_per_pack = models.PositiveIntegerField(_("pieces per unit"), null=True, blank=True)
    min_order_quantity = models.PositiveIntegerField(_("minimum order quantity"), default=1)
    order_multiple = models.PositiveIntegerField(_("order multiple"), default=1)
    sku = models.CharField(_("SKU"), max_length=60, blank=True)
    barcode = models.CharField(_("barcode (GTIN)"), max_length=14, blank=True)
    low_stock_at = models.PositiveIntegerField(_("warn at a stock of"), null=True, blank=True)
    status = models.CharField(_("status"), max_length=10, choices=ProductStatus.choices, default=ProductStatus.PUBLISHED)
    taken_down_at = models.DateTimeField(_("taken down"), null=True)
    takedown_reason = models.CharField(_("reason"), max_length=REASON_LENGTH, blank=True)
    search_text = models.TextField(editable=False)
    created_at = models.DateTimeField(_("created"), default=clock.now)
    updated_at = models.DateTimeField(_("changed"), default=clock.now)

    class Meta:
        verbose_name = _("product")
        constraints = [
            models.UniqueConstraint(
                fields=["vendor", "sku"], condition=~models.Q(sku="") & ~models.Q(status="archived"), name="product_sku_once_per_vendor"
            ),
            models.CheckConstraint(name="product_price_range", condition=models.Q(price__gt=0, price__lte=Decimal("999999.99"))),
            models.CheckConstraint(name="product_vat_range", condition=models.Q(vat_rate__gte=0, vat_rate__lte=25)),
            models.CheckConstraint(name="product_order_quantities", condition=models.Q(min_order_quantity__gte=1, order_multiple__gte=1)),
        ]
        indexes = [
            models.Index(fields=["vendor", "status", "-id"], name="product_vendor_status"),
            # With what says whether it is on sale: the first thousand are counted without looking at the products themselves.
            models.Index(fields=["category", "-id", "vendor", "status", "taken_down_at", "price"], name="product_in_category"),
            models.Index(fields=["brand", "-id", "vendor", "status", "taken_down_at"], name="product_brand_newest"),
            models.Index(fields=["price", "id", "vendor"], condition=IN_WINDOW, name="product_price_in_window"),
            models.Index(fields=["name", "id"], name="product_name"),
            models.Index(fields=["barcode"], condition=~models.Q(barcode=""), name="product_barcode"),
            models.Index(fields=["sku"], condition=~models.Q(sku=""), name="product_sku"),
            # In which categories a vendor sells something: a look per category instead of one at each of its products.
            models.Index(fields=["vendor", "category"], condition=IN_WINDOW, name="product_in_window"),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.name}"


class ProductImage(models.Model):
    """A picture, and beside it smaller ones for lists; an empty name where there is none, as the picture itself is small enough."""

    # Fields, and the pixels of the longer side of what they name.
    SMALLER: ClassVar[dict[str, int]] = {"thumbnail": 320, "medium": 800}

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="images")
    file = models.ImageField(storage=public_files, upload_to="products/", width_field="width", height_field="height")
    medium = models.FileField(storage=public_files, upload_to="products/", blank=True, default="", db_default="")
    thumbnail = models.FileField(storage=public_files, upload_to="products/", blank=True, default="", db_default="")
    width = models.PositiveIntegerField(editable=False, default=0)
    height = models.PositiveIntegerField(editable=False, default=0)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return f"{self.product_id} {self.position}"


class Stock(models.Model):
    """Cartons on the shelf and how many of them are promised; what can be ordered is the difference."""

    product = models.OneToOneField(Product, on_delete=models.CASCADE, related_name="stock", primary_key=True)
    on_hand = models.PositiveIntegerField(default=0)
    reserved = models.PositiveIntegerField(default=0)
    is_low = models.BooleanField(default=False)

    class Meta:
        verbose_name_plural = _("stock")
        constraints = [
            models.CheckConstraint(
                name="stock_reserved_within_on_hand", condition=models.Q(reserved__gte=0, reserved__lte=models.F("on_hand"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product_id}: {self.on_hand} on hand, {self.reserved} reserved"

    @property
    def available(self) -> int:
        return self.on_hand - self.reserved


class StockMovement(models.Model):
    """The append-only ledger: each change of either counter, once."""

    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="movements", db_index=False)  # see movement_product
    kind = models.CharField(max_length=10, choices=MovementKind.choices)
    on_hand_change = models.IntegerField(default=0)
    reserved_change = models.IntegerField(default=0)
    reason = models.CharField(max_length=REASON_LENGTH, blank=True)
    order = models.CharField(max_length=20, blank=True)
    line = models.BigIntegerField(null=True)
    actor = models.CharField(max_length=60)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "line"], condition=models.Q(line__isnull=False), name="movement_once_per_line"),
            models.UniqueConstraint(
                fields=["line"], condition=models.Q(kind__in=["released", "dispatched"]), name="movement_one_end_per_line"
            ),
        ]
        indexes = [
            models.Index(fields=["product", "-id"], name="movement_product"),
            models.Index(fields=["line"], name="movement_line"),
            models.Index(fields=["-id"], condition=models.Q(kind="dispatched"), name="movement_dispatched"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.product_id} {self.on_hand_change:+d}/{self.reserved_change:+d}"


class SearchWord(models.Model):
    """A word that some product holds or held, as search folds it."""

    word = models.CharField(max_length=100, primary_key=True)

    def __str__(self) -> str:
        return self.word


class SearchedTerm(models.Model):
    """How many people looked for a term on a day in the UAE; who they were is written nowhere."""

    day = models.DateField()
    term = models.CharField(max_length=40)
    people = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["day", "term"], name="searched_term_once_a_day")]

    def __str__(self) -> str:
        return f"{self.day} {self.term}: {self.people}"


class ProductImport(models.Model):
    """One file of products, worked off by a worker. `rows` is the whole, the four counts below it what was done so far."""

    vendor = models.ForeignKey(Vendor, on_delete=models.CASCADE, related_name="imports", verbose_name=_("vendor"))
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    state = models.CharField(_("state"), max_length=10, choices=ImportState.choices, default=ImportState.QUEUED)
    dry_run = models.BooleanField(_("dry run"), default=False)
    file = models.FileField(upload_to="imports/", blank=True)  # goes when it is worked off
    filename = models.CharField(_("file"), max_length=120)
    headings = models.JSONField(default=list)
    problem = models.CharField(_("problem"), max_length=500, blank=True)
    rows = models.PositiveIntegerField(_("rows"), default=0)
    created = models.PositiveIntegerField(_("created"), default=0)
    updated = models.PositiveIntegerField(_("updated"), default=0)
    unchanged = models.PositiveIntegerField(_("unchanged"), default=0)
    failed = models.PositiveIntegerField(_("failed"), default=0)
    attempts = models.PositiveSmallIntegerField(default=0)  # workers that took it up since it last moved
    created_at = models.DateTimeField(_("sent"), default=clock.now)
    leased_until = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(_("finished"), null=True)

    class Meta:
        verbose_name = _("import")
        indexes = [
            models.Index(fields=["vendor", "-id"], name="import_vendor"),
            models.Index(fields=["id"], condition=models.Q(state__in=["queued", "running"]), name="import_open"),
        ]

    def __str__(self) -> str:
        return f"{self.filename} ({self.state})"

    @property
    def done(self) -> int:
        """How many rows are dealt with."""
        return self.created + self.updated + self.unchanged + self.failed


class FailedRow(models.Model):
    """A row of an import that was refused: its cells as they came, and why."""

    product_import = models.ForeignKey(ProductImport, on_delete=models.CASCADE, related_name="failed_rows")
    number = models.PositiveIntegerField(_("row"))
    cells = models.JSONField()
    reason = models.CharField(_("reason"), max_length=1000)

    class Meta:
        verbose_name = _("failed row")

    def __str__(self) -> str:
        return f"{self.number}: {self.reason}"
