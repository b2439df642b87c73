"""The doors of the catalogue. Lists that anyone may read are answered by `listing` before these are reached."""

from __future__ import annotations

from typing import Any, cast

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from aqad.core import limits
from aqad.core.bodies import EmptyBody, ReasonBody
from aqad.core.errors import Invalid, NotFound
from aqad.core.idempotency import Answer
from aqad.core.references import number_of
from aqad.core.replica import from_replica
from aqad.core.schema import page_of
from aqad.core.views import ANYONE, Door, find, find_by_id
from catalog.actions import products, stock, taxonomy
from catalog.actions.pictures import add_pictures, kept, remove_picture
from catalog.actions.products import ProductFields
from catalog.api import listing
from catalog.api import serializers as bodies
from catalog.models import Brand, Category, Product, ProductImage
from catalog.querysets import movements_of, products_managed_by, products_of
from catalog.showing import columns, shown, shown_to
from catalog.statuses import ProductStatus
from vendors.models import Vendor

IDEMPOTENT = OpenApiParameter("Idempotency-Key", str, OpenApiParameter.HEADER)
PRODUCT_FILTERS = [
    OpenApiParameter("search", str, description="All words, in any order, by prefix; an exact barcode, SKU or reference first."),
    OpenApiParameter("category", str, description="A slug; the categories below it count too."),
    OpenApiParameter("brand", str, description="A slug."),
    OpenApiParameter("vendor", str, description="A reference such as V1001."),
    OpenApiParameter("min_price", str),
    OpenApiParameter("max_price", str),
    OpenApiParameter("in_stock", bool),
    OpenApiParameter("sort", str, enum=[listing.RELEVANCE, *listing.SORTS]),
    *page_of.parameters,
]


class ProductDoor(Door):
    roles = {
        "list": (ANYONE,),
        "retrieve": (ANYONE,),
        "takedown": ("staff",),
        "restore": ("staff",),
        "movements": ("vendor", "staff"),
        "*": ("vendor",),
    }

    @extend_schema(parameters=PRODUCT_FILTERS, responses=page_of(bodies.ProductShown), auth=[])
    def list(self, request: Request) -> Response:
        """What is on sale. At most five seconds behind; the same for everybody."""
        return Response(listing.build_products(listing.read_products(request.query_params)))

    @extend_schema(responses=bodies.ProductShown)
    def retrieve(self, request: Request, reference: str) -> Response:
        """One product as it is at this moment. Its vendor and AQAD's staff see it whatever its state, and more of it."""
        number = number_of(reference, Product.PREFIX)
        found = None if number is None else shown_to(self.actor, number)
        if found is None:
            raise NotFound
        return Response(found)

    @extend_schema(request=bodies.ProductBody, responses={201: bodies.OwnProductShown}, parameters=[IDEMPOTENT])
    def create(self, request: Request) -> Response:
        """List a product, with pictures when it is sent as multipart/form-data."""
        self._count_uploads()
        body = self.read(bodies.ProductBody)
        quantity, pictures = body.pop("quantity"), body.pop("images")
        vendor = Vendor.objects.get(company=self.actor.company)

        with kept(pictures) as stored:

            def work() -> Answer:
                fields = cast(ProductFields, body)
                product = products.create_product(vendor=vendor, fields=fields, quantity=quantity, pictures=stored, actor=self.actor)
                return Answer(201, self._shown(product))

            return self.once(work)

    @extend_schema(request=bodies.ProductChange, responses=bodies.OwnProductShown)
    def update(self, request: Request, reference: str) -> Response:
        """Replace a product's particulars; what is left out gets its default, the status stays."""
        return self._change(reference, partial=False)

    @extend_schema(request=bodies.ProductChange, responses=bodies.OwnProductShown)
    def partial_update(self, request: Request, reference: str) -> Response:
        return self._change(reference, partial=True)

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, reference: str) -> Response:
        """Archive a product: it is sold no more, orders keep their lines."""
        product = self._own(reference)

        def work() -> Answer:
            products.archive_product(product, actor=self.actor)
            return Answer(204)

        return self.once(work)

    @extend_schema(request=ReasonBody, responses=bodies.OwnProductShown)
    def takedown(self, request: Request, reference: str) -> Response:
        """Hide a product whatever its vendor says."""
        product = find(Product.objects.all(), Product.PREFIX, reference)
        body = self.read(ReasonBody)
        return self.once(lambda: Answer(200, self._shown(products.take_down(product, reason=body["reason"], actor=self.actor))))

    @extend_schema(request=None, responses=bodies.OwnProductShown)
    def restore(self, request: Request, reference: str) -> Response:
        """Take back a takedown."""
        product = find(Product.objects.all(), Product.PREFIX, reference)
        self.read(EmptyBody)
        return self.once(lambda: Answer(200, self._shown(products.restore(product, actor=self.actor))))

    @extend_schema(request={"multipart/form-data": bodies.PicturesBody}, responses={201: bodies.OwnProductShown})
    def images(self, request: Request, reference: str) -> Response:
        """Add pictures, up to eight in all. The answer is the product with all of them."""
        self._count_uploads()
        product = self._own(reference)
        body = self.read(bodies.PicturesBody)
        with kept(body["images"]) as stored:

            def work() -> Answer:
                add_pictures(product, stored, actor=self.actor)
                return Answer(201, self._shown(product))

            return self.once(work)

    @extend_schema(responses={204: None})
    def remove_image(self, request: Request, reference: str, image: str) -> Response:
        product = self._own(reference)
        picture = find_by_id(ProductImage.objects.filter(product=product).select_related("product"), image)

        def work() -> Answer:
            remove_picture(picture, actor=self.actor)
            return Answer(204)

        return self.once(work)

    @extend_schema(request=bodies.StockBody, responses=bodies.StockShown, parameters=[IDEMPOTENT])
    def stock(self, request: Request, reference: str) -> Response:
        """Add to the shelf, take from it, or set it to what was counted."""
        product = self._own(reference)
        body = self.read(bodies.StockBody)

        def work() -> Answer:
            now = stock.adjust(product, change=body.get("change"), on_hand=body.get("on_hand"), reason=body["reason"], actor=self.actor)
            return Answer(200, {"on_hand": now.on_hand, "reserved": now.reserved, "available": now.available})

        return self.once(work)

    @extend_schema(responses=page_of(bodies.MovementShown), parameters=page_of.parameters)
    @from_replica
    def movements(self, request: Request, reference: str) -> Response:
        """The ledger of one product, newest first."""
        product = find(products_managed_by(self.actor), Product.PREFIX, reference)
        return self.page(movements_of(product), show=lambda rows: list(bodies.MovementShown(rows, many=True).data))

    def _change(self, reference: str, *, partial: bool) -> Response:
        product = self._own(reference)
        body = self.read(bodies.ProductChange, partial=partial)

        def work() -> Answer:
            products.update_product(product, fields=cast(ProductFields, body), actor=self.actor)
            return Answer(200, self._shown(product))

        return self.once(work)

    def _own(self, reference: str) -> Product:
        product: Product = find(products_of(self.actor).select_related("category", "brand"), Product.PREFIX, reference)
        return product

    def _shown(self, product: Product) -> dict[str, Any] | None:
        return shown_to(self.actor, product.pk)

    def _count_uploads(self) -> None:
        if (self.request.content_type or "").startswith("multipart/"):
            limits.hit(limits.UPLOADS, f"company:{self.actor.company_id}", self.request._request)


class OwnProductDoor(Door):
    roles = {"*": ("vendor",)}

    @extend_schema(
        parameters=[OpenApiParameter("status", str, enum=ProductStatus.values), *page_of.parameters],
        responses=page_of(bodies.OwnProductShown),
    )
    @from_replica
    def list(self, request: Request) -> Response:
        """The vendor's own products, drafts and archived ones too, newest first."""
        return self.page(columns(self._rows()), filters=("status",), show=lambda rows: shown(rows, to_vendor=True))

    def _rows(self) -> QuerySet[Product]:
        status = self.request.query_params.get("status")
        if status is None:
            return products_of(self.actor)
        if status not in ProductStatus.values:
            raise Invalid({"status": [_("It must be one of %(known)s.") % {"known": ", ".join(ProductStatus.values)}]})
        return products_of(self.actor).filter(status=status)


class CategoryDoor(Door):
    roles = {"list": (ANYONE,), "*": ("staff",)}

    @extend_schema(responses=bodies.CategoryTree, auth=[])
    def list(self, request: Request) -> Response:
        """The whole tree."""
        return Response(listing.build_categories(listing.read_categories(request.query_params)))

    @extend_schema(request=bodies.CategoryBody, responses={201: bodies.CategoryShown})
    def create(self, request: Request) -> Response:
        body = self.read(bodies.CategoryBody)
        return self.once(
            lambda: Answer(201, _category(taxonomy.create_category(name=body["name"], parent=body["parent"], actor=self.actor)))
        )

    @extend_schema(request=bodies.CategoryBody, responses=bodies.CategoryShown)
    def partial_update(self, request: Request, slug: str) -> Response:
        """Rename or move a category; its slug stays."""
        category = _by_slug(Category.objects.select_related("parent"), slug)
        body = {"name": category.name, "parent": category.parent, **self.read(bodies.CategoryBody, partial=True)}
        return self.once(
            lambda: Answer(200, _category(taxonomy.change_category(category, name=body["name"], parent=body["parent"], actor=self.actor)))
        )

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, slug: str) -> Response:
        category = _by_slug(Category.objects.all(), slug)

        def work() -> Answer:
            taxonomy.delete_category(category, actor=self.actor)
            return Answer(204)

        return self.once(work)


class BrandDoor(Door):
    roles = {"list": (ANYONE,), "create": ("staff", "vendor"), "*": ("staff",)}

    @extend_schema(
        parameters=[OpenApiParameter("sort", str, enum=list(listing.BRAND_SORTS)), *page_of.parameters],
        responses=page_of(bodies.SlugAndName),
        auth=[],
    )
    def list(self, request: Request) -> Response:
        return Response(listing.build_brands(listing.read_brands(request.query_params)))

    @extend_schema(request=bodies.BrandBody, responses={201: bodies.SlugAndName})
    def create(self, request: Request) -> Response:
        body = self.read(bodies.BrandBody)
        return self.once(lambda: Answer(201, _brand(taxonomy.create_brand(name=body["name"], actor=self.actor))))

    @extend_schema(request=bodies.BrandBody, responses=bodies.SlugAndName)
    def partial_update(self, request: Request, slug: str) -> Response:
        """Rename a brand; its slug stays."""
        brand = _by_slug(Brand.objects.all(), slug)
        name = self.read(bodies.BrandBody, partial=True).get("name", brand.name)
        return self.once(lambda: Answer(200, _brand(taxonomy.change_brand(brand, name=name, actor=self.actor))))

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, slug: str) -> Response:
        brand = _by_slug(Brand.objects.all(), slug)

        def work() -> Answer:
            taxonomy.delete_brand(brand, actor=self.actor)
            return Answer(204)

        return self.once(work)


def _by_slug(rows: QuerySet[Any], slug: str) -> Any:
    found = rows.filter(slug=slug.lower()).first()
    if found is None:
        raise NotFound
    return found


def _category(category: Category) -> dict[str, Any]:
    return {"slug": category.slug, "name": category.name, "parent": category.parent.slug if category.parent else None}


def _brand(brand: Brand) -> dict[str, Any]:
    return {"slug": brand.slug, "name": brand.name}
