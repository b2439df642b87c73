"""Smaller pictures for those that were stored before there were any, or past the actions."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass

import structlog
from django.core.files.storage import storages
from django.db.models import Q, QuerySet
from PIL import Image

from aqad.core.files import PUBLIC, discard, store
from aqad.core.uploads import Checked, drawn_smaller
from catalog.actions.pictures import FOLDER
from catalog.models import ProductImage

log = structlog.get_logger(__name__)
BATCH = 100


@dataclass(slots=True)
class Shrunk:
    """How many pictures got their smaller ones, and how many could not be read or drawn."""

    made: int = 0
    failed: int = 0


def without_smaller() -> QuerySet[ProductImage]:
    """Pictures that lack a smaller one though they are larger than it."""
    lacking = Q()
    for name, edge in ProductImage.SMALLER.items():
        lacking |= Q(**{name: ""}) & (Q(width__gt=edge) | Q(height__gt=edge))
    return ProductImage.objects.filter(lacking)


def make_missing(tell: Callable[[int], None]) -> Shrunk:
    """Make what is missing, picture by picture, outside any transaction; safe while the shop is open, and to be run again.

    `tell` hears how many pictures were looked at so far.
    """
    result, last = Shrunk(), 0
    while batch := list(without_smaller().filter(pk__gt=last).order_by("pk")[:BATCH]):
        for image in batch:
            try:
                result.made += _shrink(image)
            except Exception as error:  # each kind of storage raises its own, and Pillow many for broken pictures
                log.warning("picture_not_shrunk", image=image.pk, file=image.file.name, error=type(error).__name__)
                result.failed += 1
            tell(result.made + result.failed)
        last = batch[-1].pk
    return result


def _shrink(image: ProductImage) -> bool:
    """Whether the picture was still there to get what it lacks."""
    lacking = {edge: name for name, edge in ProductImage.SMALLER.items() if not getattr(image, name)}
    with storages[PUBLIC].open(str(image.file)) as file, Image.open(io.BytesIO(file.read())) as picture:
        drawn = drawn_smaller(picture, lacking)
    names = {lacking[edge]: store(Checked(content, "webp", ""), folder=FOLDER, where=PUBLIC) for edge, content in drawn.items()}
    is_there = ProductImage.objects.filter(pk=image.pk, file=image.file.name, **dict.fromkeys(names, "")).update(**names)
    if not is_there:
        for name in names.values():
            discard(name, where=PUBLIC)
    return bool(is_there)
