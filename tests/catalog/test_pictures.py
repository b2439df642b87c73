"""Pictures are checked by content, drawn anew, stored in public, eight at most."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from PIL import Image
from rest_framework.test import APIClient

from catalog.actions import shrinking
from catalog.models import Product, ProductImage
from tests.cast import Person
from tests.factories.goods import BrandFactory, CategoryFactory, ProductFactory

pytestmark = pytest.mark.embedded


@pytest.fixture
def pepsi(vendor: Person) -> Product:
    return ProductFactory(vendor=vendor.of)


def picture(kind: str = "PNG", size: tuple[int, int] = (300, 200), name: str = "pepsi.png", **options: Any) -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", size, "#0a4").save(out, kind, **options)
    return SimpleUploadedFile(name, out.getvalue(), content_type="image/png")


def stored_files() -> set[Path]:
    folder = Path(settings.STORAGES["public"]["OPTIONS"]["location"]) / "products"
    return set(folder.iterdir()) if folder.exists() else set()


def size_at(address: str) -> tuple[int, int]:
    """Of the picture that anybody gets at this address."""
    answer = Client().get(address)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/webp")
    return Image.open(io.BytesIO(b"".join(answer.streaming_content))).size


def add(person: Person, product: Product, *pictures: SimpleUploadedFile) -> Any:
    return person.api.post(f"/api/products/{product.reference}/images", {"images": list(pictures)})


def test_pictures_are_added_in_order_and_shown_to_everybody(vendor: Person, stranger: APIClient, pepsi: Product) -> None:
    answer = add(vendor, pepsi, picture(), picture("JPEG"))
    assert answer.status_code == 201, answer.content
    assert add(vendor, pepsi, picture("WEBP")).status_code == 201
    images = stranger.get(f"/api/products/{pepsi.reference}").json()["images"]
    assert [image["id"] for image in images] == list(ProductImage.objects.order_by("position").values_list("pk", flat=True))
    assert all(image["url"].endswith(".webp") and "pepsi.png" not in image["url"] for image in images)
    assert list(ProductImage.objects.values_list("width", "height")) == [(300, 200)] * 3


def test_a_product_is_listed_with_pictures(vendor: Person) -> None:
    CategoryFactory()
    BrandFactory()
    fields = {"name": "Pepsi", "price": "48.00", "quantity": "5", "category": "soft-drinks", "brand": "pepsi"}
    answer = vendor.api.post("/api/products", {**fields, "images": [picture(), picture()]})
    assert answer.status_code == 201, answer.content
    assert len(answer.json()["images"]) == 2


def test_lists_get_smaller_ones_of_a_large_picture(vendor: Person, stranger: APIClient, pepsi: Product) -> None:
    before = stored_files()
    assert add(vendor, pepsi, picture(size=(2000, 1500))).status_code == 201
    (image,) = stranger.get(f"/api/products/{pepsi.reference}").json()["images"]
    assert (image["width"], image["height"]) == (1600, 1200)
    assert {name: size_at(image[name]) for name in ("url", "medium", "thumbnail")} == {
        "url": (1600, 1200),
        "medium": (800, 600),
        "thumbnail": (320, 240),
    }
    assert len(stored_files() - before) == 3


@pytest.mark.parametrize(("size", "own"), [((300, 200), 1), ((320, 200), 1), ((400, 700), 2), ((801, 801), 3)])
def test_a_picture_is_never_made_larger_and_stands_in_for_what_it_lacks(
    vendor: Person, stranger: APIClient, pepsi: Product, size: tuple[int, int], own: int
) -> None:
    assert add(vendor, pepsi, picture(size=size)).status_code == 201
    (image,) = stranger.get(f"/api/products/{pepsi.reference}").json()["images"]
    assert len({image["url"], image["medium"], image["thumbnail"]}) == own
    assert size_at(image["url"]) == size
    assert all(edge <= whole for name in ("medium", "thumbnail") for edge, whole in zip(size_at(image[name]), size, strict=True))


def test_what_a_camera_wrote_into_a_picture_is_gone(vendor: Person, pepsi: Product) -> None:
    exif = Image.Exif()
    exif[0x010E] = "taken at the owner's home"
    add(vendor, pepsi, picture("JPEG", exif=exif))
    with storages["public"].open(ProductImage.objects.get().file.name) as file:
        content = file.read()
    assert b"home" not in content
    assert Image.open(io.BytesIO(content)).format == "WEBP"


def test_a_ninth_picture_is_refused_and_leaves_nothing_behind(vendor: Person, pepsi: Product) -> None:
    assert add(vendor, pepsi, *[picture() for _ in range(7)]).status_code == 201
    before = stored_files()
    answer = add(vendor, pepsi, picture(size=(900, 900)), picture(size=(900, 900)))
    assert (answer.status_code, set(answer.json()["errors"])) == (422, {"images"})
    assert add(vendor, pepsi, *[picture() for _ in range(9)]).status_code == 422
    assert ProductImage.objects.count() == 7
    assert stored_files() == before


def test_a_product_that_is_refused_leaves_no_picture_behind(vendor: Person) -> None:
    ProductFactory(vendor=vendor.of, sku="PEP")
    before = stored_files()
    fields = {"name": "Pepsi", "price": "48.00", "quantity": "5", "category": "soft-drinks", "brand": "pepsi", "sku": "PEP"}
    assert vendor.api.post("/api/products", {**fields, "images": [picture(size=(900, 900))]}).status_code == 422
    assert stored_files() == before
    assert Product.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("x.png", b""),
        ("x.png", b"not a picture"),
        ("x.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"),
        ("x.png", b"%PDF-1.4\n%%EOF"),
        ("x.png", b"\x89PNG\r\n\x1a\n" + b"\x00" * 50),
        ("x.gif", b"GIF89a" + b"\x00" * 50),
        ("x.png", b"\x89PNG\r\n\x1a\n" + b"\x00" * (5 * 1024 * 1024)),
    ],
)
def test_refuses_what_is_no_picture_whatever_its_name(vendor: Person, pepsi: Product, name: str, content: bytes) -> None:
    before = stored_files()
    answer = add(vendor, pepsi, SimpleUploadedFile(name, content, content_type="image/png"))
    assert answer.status_code == 422, answer.content
    assert not ProductImage.objects.exists()
    assert stored_files() == before


def test_json_is_read_and_merely_lacks_the_pictures(vendor: Person, pepsi: Product) -> None:
    answer = vendor.api.post(f"/api/products/{pepsi.reference}/images", {}, format="json")
    assert (answer.status_code, set(answer.json()["errors"])) == (422, {"images"})
    other = vendor.api.post(f"/api/products/{pepsi.reference}/images", "x", content_type="text/plain")
    assert other.status_code == 415


def test_a_picture_is_removed_by_its_vendor_only(vendor: Person, rival_vendor: Person, retailer: Person, pepsi: Product) -> None:
    add(vendor, pepsi, picture())
    image = ProductImage.objects.get()
    other = ProductFactory(vendor=rival_vendor.of)
    assert rival_vendor.api.delete(f"/api/products/{pepsi.reference}/images/{image.pk}").status_code == 404
    assert rival_vendor.api.delete(f"/api/products/{other.reference}/images/{image.pk}").status_code == 404
    assert retailer.api.delete(f"/api/products/{pepsi.reference}/images/{image.pk}").status_code == 403
    assert vendor.api.delete(f"/api/products/{pepsi.reference}/images/x").status_code == 404
    assert ProductImage.objects.exists()
    assert vendor.api.delete(f"/api/products/{pepsi.reference}/images/{image.pk}").status_code == 204
    assert not ProductImage.objects.exists()


def test_a_company_may_send_sixty_uploads_an_hour(vendor: Person, rival_vendor: Person, pepsi: Product) -> None:
    answers = [vendor.api.post(f"/api/products/{pepsi.reference}/images", {"x": "y"}) for _ in range(61)]
    assert [answer.status_code for answer in answers] == [422] * 60 + [429]
    assert answers[-1].json()["code"] == "rate_limited"
    assert rival_vendor.api.post(f"/api/products/{pepsi.reference}/images", {}).status_code == 404


# Pictures from before there were smaller ones


def stored(product: Product, *, size: tuple[int, int] = (900, 600), content: bytes | None = None) -> ProductImage:
    """A picture without smaller ones, as it was once written."""
    name = storages["public"].save("products/old.webp", picture("WEBP", size=size) if content is None else ContentFile(content))
    (row,) = ProductImage.objects.bulk_create([ProductImage(product=product, file=name, width=size[0], height=size[1])])
    return row


def shrunk() -> str:
    said = io.StringIO()
    call_command("shrink_pictures", stdout=said, stderr=said)
    return said.getvalue()


def test_a_picture_without_smaller_ones_is_shown_in_full(client: Client, pepsi: Product) -> None:
    stored(pepsi)
    (image,) = client.get(f"/api/products/{pepsi.reference}").json()["images"]
    assert image["thumbnail"] == image["medium"] == image["url"]
    assert f'src="{image["url"]}"' in client.get("/products").content.decode()


def test_missing_ones_are_made_once(client: Client, pepsi: Product) -> None:
    old, small = stored(pepsi), stored(pepsi, size=(320, 320))
    assert "got their smaller ones: 1." in shrunk()
    (image, other) = client.get(f"/api/products/{pepsi.reference}").json()["images"]
    assert (size_at(image["medium"]), size_at(image["thumbnail"])) == ((800, 533), (320, 213))
    assert (image["id"], other["id"], other["thumbnail"]) == (old.pk, small.pk, other["url"])
    before = stored_files()
    assert "got their smaller ones: 0." in shrunk()
    assert stored_files() == before


def test_one_that_cannot_be_read_is_counted_and_keeps_no_other_from_getting_them(pepsi: Product) -> None:
    broken, gone, good = stored(pepsi, content=b"no picture"), stored(pepsi), stored(pepsi)
    storages["public"].delete(gone.file.name)
    said = shrunk()
    assert "got their smaller ones: 1." in said
    assert "could not be read: 2." in said
    assert list(ProductImage.objects.exclude(thumbnail="").values_list("pk", flat=True)) == [good.pk]
    assert set(ProductImage.objects.filter(pk__in=[broken.pk, gone.pk]).values_list("file", flat=True)) == {
        broken.file.name,
        gone.file.name,
    }


def test_a_picture_that_is_removed_meanwhile_leaves_nothing_behind(pepsi: Product) -> None:
    first, second = stored(pepsi), stored(pepsi)
    before = stored_files()
    result = shrinking.make_missing(lambda _done: ProductImage.objects.filter(pk=second.pk).delete() and None)
    assert (result.made, result.failed) == (1, 0)
    first.refresh_from_db()
    assert {file.name for file in stored_files() - before} == {Path(first.medium.name).name, Path(first.thumbnail.name).name}
