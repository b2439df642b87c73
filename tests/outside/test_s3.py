"""Everything that stores files, against an S3 server: what lies where, who can fetch it, and what happens when nobody answers."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from PIL import Image

from aqad.accounts.models import Company, User
from aqad.audit.models import Event
from catalog.models import Product, ProductImage, ProductImport
from deliveries.models import Delivery
from tests.cast import Person
from tests.factories.files import pdf, picture
from tests.factories.goods import ProductFactory
from tests.factories.trade import DeliveryFactory
from tests.outside.application import run
from tests.outside.processes import until
from tests.outside.s3 import BUCKET, S3
from tests.races.servers import Server, serving
from vendors.models import Vendor, VendorDocument

pytestmark = [pytest.mark.production, pytest.mark.alone, pytest.mark.django_db(transaction=True)]
# What the sweep takes now, and what it takes when its clock is two days ahead of the bucket's.
SWEEP = """
from datetime import timedelta
from aqad.core import clock, orphans
print(orphans.remove_orphans())
with clock.living_at(clock.now() + timedelta(days=2)):
    print(orphans.remove_orphans())
"""
PDF, CDN = pdf(), "https://cdn.aqad.test/pictures"


@pytest.fixture(scope="module")
def s3() -> Iterator[S3]:
    server = S3()
    try:
        yield server.start()
    finally:
        server.end()


@pytest.fixture(scope="module")
def app(s3: S3, django_db_setup: None, django_db_blocker: Any) -> Iterator[Server]:
    with django_db_blocker.unblock(), serving(workers=1, MEDIA_CDN_URL=CDN, **s3.settings) as running:
        yield running


def paper(app: Server, vendor: Person) -> httpx.Response:
    sent = {"file": ("licence.pdf", PDF, "application/pdf")}
    return app.client(vendor).post("/api/vendor/documents", data={"type": "trade_license"}, files=sent)


def shots(app: Server, vendor: Person, product: Product, count: int = 1) -> httpx.Response:
    sent = [("images", (f"{number}.png", picture(), "image/png")) for number in range(count)]
    return app.client(vendor).post(f"/api/products/{product.reference}/images", files=sent)


def test_a_paper_is_private_and_handed_out_by_an_address_that_lives_a_minute(s3: S3, app: Server, vendor: Person, staff: Person) -> None:
    assert paper(app, vendor).status_code == 201
    document = VendorDocument.objects.get()
    key = f"private/{document.file.name}"
    assert s3.names() >= {key}

    answer = app.client(staff).get(f"/api/vendors/{vendor.of.reference}/documents/{document.pk}/file")
    assert answer.status_code == 302
    address = answer.headers["Location"]
    asked = parse_qs(urlsplit(address).query)
    assert asked["X-Amz-Expires"] == ["60"]
    assert asked["X-Amz-Algorithm"] == ["AWS4-HMAC-SHA256"]
    fetched = httpx.get(address)
    assert (fetched.status_code, fetched.content) == (200, PDF)
    assert fetched.headers["Content-Type"] == "application/pdf"
    assert fetched.headers["Content-Disposition"] == 'attachment; filename="licence.pdf"'
    assert Event.objects.filter(verb="vendors.document_viewed").count() == 1


def test_nothing_private_is_reachable_without_a_signature(s3: S3, app: Server, vendor: Person) -> None:
    """The control: the same request for a public picture, which the bucket's policy allows."""
    assert paper(app, vendor).status_code == 201
    assert shots(app, vendor, ProductFactory(vendor=vendor.of)).status_code == 201
    plain = f"{s3.url}/{BUCKET}"
    private, public = VendorDocument.objects.get().file.name, ProductImage.objects.get().file.name
    assert httpx.get(f"{plain}/private/{private}").status_code == 403
    assert httpx.get(f"{plain}/public/{public}").status_code == 200
    assert httpx.get(f"{app.url}/media/{private}").status_code == 404


def test_pictures_are_public_for_ever_under_the_cdns_address(s3: S3, app: Server, vendor: Person) -> None:
    product = ProductFactory(vendor=vendor.of)
    assert shots(app, vendor, product, count=2).status_code == 201
    names = list(ProductImage.objects.order_by("position").values_list("file", flat=True))
    urls = [image["url"] for image in app.client().get(f"/api/products/{product.reference}").json()["images"]]
    assert urls == [f"{CDN}/public/{name}" for name in names]
    stored = s3.client.head_object(Bucket=BUCKET, Key=f"public/{names[0]}")
    assert (stored["CacheControl"], stored["ContentType"]) == ("public, max-age=31536000, immutable", "image/webp")
    page = app.client().get("/")
    assert "https://cdn.aqad.test" in page.headers["Content-Security-Policy"]


def test_without_a_cdn_pictures_come_from_our_own_address(s3: S3, app: Server, vendor: Person) -> None:
    assert shots(app, vendor, ProductFactory(vendor=vendor.of)).status_code == 201
    name = ProductImage.objects.get().file.name
    url = run("from catalog.models import ProductImage; print(ProductImage.objects.get().file.url)", **s3.settings)
    assert url == f"/media/{name}"
    fetched = httpx.get(f"{app.url}{url}")
    assert (fetched.status_code, fetched.headers["Content-Type"]) == (200, "image/webp")
    assert Image.open(io.BytesIO(fetched.content)).format == "WEBP"
    assert httpx.get(f"{app.url}/media/products/{'0' * 32}.webp").status_code == 404


def test_an_application_with_logo_and_papers_lies_where_it_belongs(s3: S3, app: Server) -> None:
    said = {
        "name": "Ahmed",
        "email": "ahmed@foods.test",
        "phone": "+971501234567",
        "password": "Carton-330ml-Pepsi",
        "company_name": "Foods",
    }
    sent = {
        "trade_license": ("a.pdf", PDF, "application/pdf"),
        "vat_certificate": ("b.pdf", PDF, "application/pdf"),
        "company_logo": ("c.png", picture(), "image/png"),
    }
    answer = app.client().post("/api/vendor/register", data={**said, "company_name": "Foods"}, files=sent)
    assert answer.status_code == 201, answer.text
    vendor = Vendor.objects.get()
    papers = {f"private/{name}" for name in vendor.documents.values_list("file", flat=True)}
    assert s3.names() >= {*papers, f"public/{vendor.logo.name}"}
    assert len(papers) == 2


def test_an_import_is_read_from_the_bucket_and_leaves_nothing_there(s3: S3, app: Server, vendor: Person) -> None:
    sheet = b"name,category,brand,quantity,price,unit\nPepsi 330ml,Soft drinks,Pepsi,500,48.00,carton\n"
    answer = app.client(vendor).post("/api/products/import", files={"file": ("goods.csv", sheet, "text/csv")})
    assert answer.status_code == 202, answer.text
    row = ProductImport.objects.get()
    assert (row.state, row.created, row.problem) == ("done", 1, "")
    assert Product.objects.get().name == "Pepsi 330ml"
    assert not s3.names("private/imports/")


def test_the_photo_of_a_delivery_is_private(s3: S3, app: Server, dispatcher: Person, driver: Person) -> None:
    delivery = DeliveryFactory(partner=dispatcher.of, driver=driver.user, status="out_for_delivery", order__status="out_for_delivery")
    said = {"status": "delivered", "recipient_name": "Fatima Noor"}
    answer = app.client(driver).post(
        f"/api/deliveries/{delivery.reference}/status", data=said, files={"proof": ("p.png", picture(), "image/png")}
    )
    assert answer.status_code == 200, answer.text
    name = Delivery.objects.get().proof.name
    assert f"private/{name}" in s3.names()
    assert httpx.get(f"{s3.url}/{BUCKET}/private/{name}").status_code == 403
    shown = app.client(driver).get(f"/api/deliveries/{delivery.reference}/proof", follow_redirects=True)
    assert shown.content[8:12] == b"WEBP"


def test_the_sweep_takes_orphans_of_yesterday_and_nothing_else(s3: S3, app: Server, vendor: Person) -> None:
    assert paper(app, vendor).status_code == 201
    kept = f"private/{VendorDocument.objects.get().file.name}"
    orphans = {f"private/documents/{number:032x}.pdf" for number in range(3)} | {f"public/products/{7:032x}.webp"}
    elsewhere = "private/backups/precious.tar"
    for key in {*orphans, elsewhere}:
        s3.client.put_object(Bucket=BUCKET, Key=key, Body=b"content")
    now, in_two_days = map(int, run(SWEEP, **s3.settings).split())
    assert now == 0
    assert in_two_days >= len(orphans)
    assert not s3.names() & orphans
    assert s3.names() >= {kept, elsewhere}


@pytest.mark.parametrize("how", ["gone", "silent"])
def test_a_bucket_that_does_not_answer_is_said_soon_and_nothing_is_half_saved(s3: S3, app: Server, vendor: Person, how: str) -> None:
    product = ProductFactory(vendor=vendor.of)
    before = (Company.objects.count(), User.objects.count(), Event.objects.count())
    with getattr(s3, how)():
        begun = time.monotonic()
        answers = [paper(app, vendor), shots(app, vendor, product), *(paper(app, vendor) for _ in range(8))]
        lasted = time.monotonic() - begun
        seen = app.client().get(f"/media/products/{'0' * 32}.webp")
    for answer in answers:
        assert (answer.status_code, answer.json()["code"]) == (503, "unavailable"), answer.text
        assert answer.headers["Retry-After"]
    assert seen.status_code == 503
    assert lasted < 60  # without the breaker a silent bucket would cost each of the ten its time-outs
    assert not VendorDocument.objects.exists()
    assert not ProductImage.objects.exists()
    assert (Company.objects.count(), User.objects.count(), Event.objects.count()) == before
    until(lambda: paper(app, vendor).status_code == 201)
