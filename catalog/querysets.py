"""Which products a caller may know of."""

from __future__ import annotations

from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from aqad.accounts.statuses import CompanyKind, CompanyStatus
from aqad.core.actor import Actor
from aqad.core.prepared import Prepared
from catalog.models import IN_WINDOW, Category, Product, ProductImport, StockMovement
from catalog.statuses import ProductStatus
from vendors.models import Vendor

ON_SALE = IN_WINDOW & Q(vendor__company__status=CompanyStatus.ACTIVE)

# Its vendor wants to be warned: no more can be ordered than its threshold, and it is still sold.
RUNNING_LOW = Q(low_stock_at__isnull=False, stock__on_hand__lte=F("stock__reserved") + F("low_stock_at")) & ~Q(
    status=ProductStatus.ARCHIVED
)


def products_on_sale() -> QuerySet[Product]:
    """What can be bought now: published, not taken down, of an active vendor."""
    return Product.objects.filter(ON_SALE)


def products_to_count() -> QuerySet[Product]:
    """The same products, for counting many at once: who was shut out is asked once, instead of each product's vendor.

    Only an active vendor lists products, and from `active` a company becomes nothing but `suspended` (accounts.statuses). Whoever shows
    or sells one of them asks `products_on_sale` all the same.
    """
    shut_out = Vendor.objects.filter(company__kind=CompanyKind.VENDOR, company__status=CompanyStatus.SUSPENDED)
    return Product.objects.filter(IN_WINDOW).exclude(vendor__in=shut_out.values("pk"))


product_on_sale = Prepared(lambda number: products_on_sale().filter(pk=number))


def vendors_trading() -> QuerySet[Vendor]:
    """Whose goods are in the shop window."""
    return Vendor.objects.filter(company__status=CompanyStatus.ACTIVE).select_related("company")


def categories_sold_by(vendor: int) -> QuerySet[Category]:
    """Where an active vendor has something on sale. One look at an index per category, however many products there are."""
    # A scalar subquery is asked row by row; an EXISTS may be turned into a join that reads all the vendor's products.
    sold = Product.objects.filter(IN_WINDOW, vendor=vendor, category=OuterRef("pk")).order_by().values("vendor")[:1]
    return Category.objects.annotate(sold=Subquery(sold)).filter(sold=vendor)


def products_of(actor: Actor) -> QuerySet[Product]:
    """The products that the actor's own company sells, whatever their state; none for anybody but a vendor."""
    if actor.role != "vendor":
        return Product.objects.none()
    return Product.objects.filter(vendor__company=actor.company)


def sees_only_what_is_on_sale(actor: Actor) -> bool:
    return not (actor.is_staff or actor.is_system or actor.role == "vendor")


def products_visible_to(actor: Actor) -> QuerySet[Product]:
    """What is on sale; a vendor's own besides; everything for AQAD's staff and the platform."""
    if sees_only_what_is_on_sale(actor):
        return products_on_sale()
    return Product.objects.filter(ON_SALE | Q(vendor__company=actor.company)) if actor.role == "vendor" else Product.objects.all()


def products_managed_by(actor: Actor) -> QuerySet[Product]:
    """A vendor's own products, and all for AQAD's staff: whose ledger the actor may read."""
    return Product.objects.all() if actor.is_staff else products_of(actor)


def movements_of(product: Product) -> QuerySet[StockMovement]:
    return StockMovement.objects.filter(product=product)


def imports_of(actor: Actor) -> QuerySet[ProductImport]:
    """The files of products that the actor's own company sent."""
    if actor.role != "vendor":
        return ProductImport.objects.none()
    return ProductImport.objects.filter(vendor__company=actor.company)
