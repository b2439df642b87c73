"""Pictures of products: kept in public storage first, written down after."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _
from PIL import Image

from aqad.audit.actions import record
from aqad.core.actor import Actor
from aqad.core.errors import Conflict, Invalid
from aqad.core.files import PUBLIC, discard, store
from aqad.core.uploads import Checked
from catalog import freshness
from catalog.models import Product, ProductImage

MOST = 8
FOLDER = "products"


@dataclass(frozen=True, slots=True)
class StoredPicture:
    """A picture that lies in public storage under `name`; width and height are in pixels.

    `smaller` are the names of its smaller ones by the fields of `ProductImage.SMALLER`.
    """

    name: str
    width: int
    height: int
    smaller: Mapping[str, str] = field(default_factory=dict)


@contextmanager
def kept(pictures: Sequence[Checked]) -> Iterator[list[StoredPicture]]:
    """Store the pictures, and take them away again when the block refuses them. Call outside any transaction.

    Raises Invalid for more than eight, Unavailable when storage is away.
    """
    if len(pictures) > MOST:
        raise _too_many()
    names: list[str] = []
    try:
        yield [_stored(picture, names) for picture in pictures]
    except BaseException:
        for name in names:
            discard(name, where=PUBLIC)
        raise


def add_pictures(product: Product, pictures: Sequence[StoredPicture], *, actor: Actor) -> list[ProductImage]:
    """Show the pictures behind those that are there. Raises Invalid when it would be more than eight."""
    with transaction.atomic():
        Product.objects.select_for_update(no_key=True).get(pk=product.pk)
        there = ProductImage.objects.filter(product=product)
        if there.count() + len(pictures) > MOST:
            raise _too_many()
        last = there.aggregate(last=Max("position"))["last"]
        images = ProductImage.objects.bulk_create(rows_of(product, pictures, first=0 if last is None else last + 1))
        record("catalog.image_added", product, actor, images=[image.pk for image in images])
        freshness.renew_after_commit()
    return images


def remove_picture(image: ProductImage, *, actor: Actor) -> None:
    """Show the picture no more. Its files go with the nightly sweep: stored pages may name them for some seconds."""
    with transaction.atomic():
        record("catalog.image_removed", image.product, actor, image=image.pk)
        image.delete()
        freshness.renew_after_commit()


def reorder(product: Product, order: Sequence[int], *, actor: Actor) -> None:
    """Show the pictures in this order of their ids; lists show the first. Raises Conflict unless these are the product's, once each."""
    with transaction.atomic():
        Product.objects.select_for_update(no_key=True).get(pk=product.pk)
        images = {image.pk: image for image in ProductImage.objects.filter(product=product)}
        if sorted(order) != sorted(images):
            raise Conflict(_("The pictures have changed meanwhile. Please look again."))
        if list(order) == list(images):
            return
        for position, pk in enumerate(order):
            images[pk].position = position
        ProductImage.objects.bulk_update(images.values(), ["position"])
        record("catalog.images_reordered", product, actor, images=list(order))
        freshness.renew_after_commit()


def rows_of(product: Product, pictures: Sequence[StoredPicture], *, first: int = 0) -> list[ProductImage]:
    return [
        ProductImage(product=product, file=picture.name, width=picture.width, height=picture.height, position=position, **picture.smaller)
        for position, picture in enumerate(pictures, first)
    ]


def _stored(picture: Checked, names: list[str]) -> StoredPicture:
    """Store a picture with its smaller ones; the name of each file comes into `names` as soon as it is written."""

    def keep(content: bytes) -> str:
        names.append(store(replace(picture, content=content), folder=FOLDER, where=PUBLIC))
        return names[-1]

    with Image.open(io.BytesIO(picture.content)) as drawn:
        width, height = drawn.size
    name = keep(picture.content)
    smaller = {field: keep(picture.smaller[edge]) for field, edge in ProductImage.SMALLER.items() if edge in picture.smaller}
    return StoredPicture(name, width, height, smaller)


def _too_many() -> Invalid:
    return Invalid({"images": [_("A product has at most %(most)s pictures.") % {"most": MOST}]})
