"""Files that are not what they say: refused at every door that takes one, and nothing of them is kept."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from tests.factories import files
from tests.hostile import inputs
from tests.hostile.given import Target, as_refused
from tests.vendors.given import registration
from vendors.models import VendorDocument

pytestmark = [pytest.mark.django_db, pytest.mark.no_cover]


@pytest.fixture
def _nothing_is_kept() -> Iterator[None]:
    """No file is left behind by a refusal."""
    before = _stored()
    yield
    assert _stored() == before


@pytest.mark.usefixtures("_nothing_is_kept")
@pytest.mark.parametrize("name", inputs.NO_DOCUMENTS)
class TestWhatIsNoDocument:
    def test_is_refused_with_an_application(self, target: Target, name: str) -> None:
        body = registration(email="noor@shop.test", trade_license=files.upload(*inputs.NO_DOCUMENTS[name]))
        answer = target.api("anonymous").post("/api/vendor/register", body, format="multipart")
        as_refused(answer, 422, "trade_license")
        target.assert_tells_nothing(answer)
        target.assert_unchanged()

    def test_is_refused_among_a_vendors_papers(self, target: Target, name: str) -> None:
        body = {"type": "trade_license", "file": files.upload(*inputs.NO_DOCUMENTS[name])}
        as_refused(target.api("vendor").post("/api/vendor/documents", body, format="multipart"), 422, "file")
        target.assert_unchanged()

    def test_is_refused_on_the_page(self, target: Target, name: str) -> None:
        body = {"type": "trade_license", "file": files.upload(*inputs.NO_DOCUMENTS[name])}
        answer = target.world.browser("vendor").post("/vendor/documents", body)
        assert answer.status_code == 422, answer.content[:200]
        assert b'aria-invalid="true"' in answer.content
        target.assert_tells_nothing(answer)
        target.assert_unchanged()


@pytest.mark.usefixtures("_nothing_is_kept")
@pytest.mark.parametrize("name", inputs.NO_PICTURES)
class TestWhatIsNoPicture:
    @pytest.mark.parametrize(
        ("who", "method", "path", "field", "more"),
        [
            ("vendor", "post", "/api/products/{product}/images", "images", {}),
            ("vendor", "patch", "/api/company", "logo", {}),
            ("driver", "post", "/api/deliveries/{delivery}/status", "proof", {"status": "picked_up"}),
        ],
    )
    def test_is_refused(self, target: Target, name: str, who: str, method: str, path: str, field: str, more: dict[str, Any]) -> None:
        body = {field: files.upload(*inputs.NO_PICTURES[name]), **more}
        answer = getattr(target.api(who), method)(target.path(path), body, format="multipart")
        assert any(key.partition(".")[0] == field for key in as_refused(answer, 422)["errors"])
        target.assert_tells_nothing(answer)
        target.assert_unchanged()

    def test_is_refused_on_the_page(self, target: Target, name: str) -> None:
        body = {"images": files.upload(*inputs.NO_PICTURES[name])}
        answer = target.world.browser("vendor").post(target.path("/vendor/products/{product}/pictures"), body)
        assert answer.status_code in {302, 422}, answer.content[:200]
        target.assert_tells_nothing(answer)
        target.assert_unchanged()


@pytest.mark.usefixtures("_nothing_is_kept")
@pytest.mark.parametrize("name", inputs.NO_TABLES)
@pytest.mark.parametrize("door", ["api", "page"])
def test_what_is_no_table_is_refused(target: Target, door: str, name: str) -> None:
    body = {"file": files.upload(*inputs.NO_TABLES[name])}
    if door == "api":
        answer = target.api("vendor").post("/api/products/import", body, format="multipart")
        as_refused(answer, 422, "file")
    else:
        answer = target.world.browser("vendor").post("/vendor/imports", body)
        assert answer.status_code == 422, answer.content[:200]
    target.assert_tells_nothing(answer)
    target.assert_unchanged()


@pytest.mark.usefixtures("_nothing_is_kept")
@pytest.mark.parametrize("value", ["a text", "", "../../etc/passwd", "http://127.0.0.1/license.pdf", "file:///etc/passwd"], ids=repr)
@pytest.mark.parametrize(
    ("who", "path", "field", "more"),
    [
        ("vendor", "/api/vendor/documents", "file", {"type": "trade_license"}),
        ("vendor", "/api/products/{product}/images", "images", {}),
        ("vendor", "/api/products/import", "file", {}),
    ],
)
def test_a_text_where_a_file_is_wanted(target: Target, who: str, path: str, field: str, more: dict[str, Any], value: str) -> None:
    for form in ("multipart", "json"):
        answer = target.api(who).post(target.path(path), {field: value, **more}, format=form)
        assert any(key.partition(".")[0] == field for key in as_refused(answer, 422)["errors"])
    target.assert_unchanged()


@pytest.mark.usefixtures("_nothing_is_kept")
def test_more_pictures_than_a_product_may_have(target: Target) -> None:
    body = {"images": [files.upload(files.picture(), f"{n}.png", "image/png") for n in range(9)]}
    as_refused(target.api("vendor").post(target.path("/api/products/{product}/images"), body, format="multipart"), 422, "images")
    target.assert_unchanged()


@pytest.mark.usefixtures("_nothing_is_kept")
def test_more_files_than_any_form_holds(target: Target) -> None:
    body = {f"file{n}": files.upload() for n in range(13)}
    as_refused(target.api("vendor").post("/api/vendor/documents", body, format="multipart"), 400)
    target.assert_unchanged()


@pytest.mark.parametrize("name", inputs.NAMES, ids=lambda name: ascii(name)[:30])
def test_a_good_paper_of_a_bad_name_is_kept_under_a_random_one(target: Target, name: str) -> None:
    upload = files.upload()
    upload._name = name  # as a client sends it: Django's own class would have taken its folders away
    answer = target.api("vendor").post("/api/vendor/documents", {"type": "trade_license", "file": upload}, format="multipart")
    if answer.status_code == 422:  # a name that leaves nothing of itself is no file to Django
        as_refused(answer, 422, "file")
        return
    assert answer.status_code == 201, answer.content
    paper = VendorDocument.objects.latest("pk")
    path = Path(paper.file.name)
    assert path.suffix == ".pdf"
    assert path.stem.isalnum()
    assert len(path.stem) == 32
    assert (Path(settings.STORAGES["default"]["OPTIONS"]["location"]) / path).is_file()
    assert len(paper.filename) <= 120
    assert not {"/", "\\", "\x00", "\n", "\r", "\u202e"} & set(paper.filename)
    vendor = target.filled("<vendor>")
    sent = target.api("staff").get(f"/api/vendors/{vendor}/documents/{paper.pk}/file")
    assert sent.status_code == 200
    assert sent.headers["Content-Disposition"].startswith("attachment")
    assert sent.headers["X-Content-Type-Options"] == "nosniff"
    assert "X-Evil" not in sent.headers
    for who, page in {"vendor": "/vendor/documents", "staff": f"/admin/vendors/vendor/{vendor[1:]}/change/"}.items():
        shown = target.world.browser(who).get(page)
        assert shown.status_code == 200
        assert b"<script>alert" not in shown.content


def test_what_hides_behind_a_picture_is_gone(target: Target) -> None:
    """A picture is drawn anew: what stood behind its last pixel is in no file of ours."""
    for content, name, kind in (
        (files.picture("jpeg") + b"<?php system('id'); ?>", "license.jpg", "image/jpeg"),
        (files.picture() + b"PK\x03\x04<script>alert(1)</script>", "license.png", "image/png"),
    ):
        body = {"type": "trade_license", "file": files.upload(content, name, kind)}
        assert target.api("vendor").post("/api/vendor/documents", body, format="multipart").status_code == 201
        kept = VendorDocument.objects.latest("pk").file.read()
        assert b"php" not in kept
        assert b"script" not in kept


def _stored() -> set[str]:
    return {
        str(path)
        for each in ("default", "public")
        for path in Path(settings.STORAGES[each]["OPTIONS"]["location"]).rglob("*")
        if path.is_file()
    }
