"""The nightly sweep takes files that nobody owns, and no other."""

from __future__ import annotations

import os
import time

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage, storages

from aqad.core.tasks import remove_orphan_files
from catalog.actions.pictures import remove_picture
from catalog.models import ProductImage
from tests.cast import Person
from tests.factories.goods import ProductFactory
from tests.factories.trade import DeliveryFactory

pytestmark = pytest.mark.embedded


def stored(name: str, *, days_old: float, where: str = "default") -> str:
    saved = storages[where].save(name, ContentFile(b"content"))
    moment = time.time() - days_old * 86_400
    os.utime(storages[where].path(saved), (moment, moment))
    return saved


def test_old_files_that_no_row_names_go(dispatcher: Person) -> None:
    orphan = stored("proofs/orphan.webp", days_old=2)
    public_orphan = stored("products/orphan.webp", days_old=2, where="public")
    young = stored("proofs/young.webp", days_old=0.5)
    owned = stored("proofs/owned.webp", days_old=30)
    elsewhere = stored("backups/precious.tar", days_old=300)
    DeliveryFactory(partner=dispatcher.of, proof=owned)

    assert remove_orphan_files() >= 2
    assert not default_storage.exists(orphan)
    assert not storages["public"].exists(public_orphan)
    assert all(default_storage.exists(name) for name in (young, owned, elsewhere))
    assert remove_orphan_files() == 0


def test_smaller_pictures_stay_with_their_picture_and_go_with_it(vendor: Person) -> None:
    names = {size: stored(f"products/{size}.webp", days_old=2, where="public") for size in ("file", "medium", "thumbnail")}
    product = ProductFactory(vendor=vendor.of)
    (image,) = ProductImage.objects.bulk_create([ProductImage(product=product, width=900, height=900, **names)])
    remove_orphan_files()
    assert all(storages["public"].exists(name) for name in names.values())
    remove_picture(image, actor=vendor.actor)
    remove_orphan_files()
    assert not any(storages["public"].exists(name) for name in names.values())
