"""Papers are believed by their content, never by their name (TRUST.md 4)."""

from __future__ import annotations

import pytest
from rest_framework.test import APIClient

from tests.cast import Person
from tests.factories import files
from vendors.models import VendorDocument

pytestmark = pytest.mark.django_db
URL = "/api/vendor/documents"
PDF = files.pdf()
PNG = files.picture()


def send(person: Person, content: bytes, name: str = "licence.pdf", content_type: str = "application/pdf") -> tuple[int, dict]:
    answer = person.api.post(URL, {"type": "trade_license", "file": files.upload(content, name, content_type)}, format="multipart")
    return answer.status_code, answer.json()


@pytest.mark.parametrize(
    ("content", "name"),
    [
        pytest.param(b"GIF89a" + b"\0" * 100, "licence.pdf", id="wrong type under a right name"),
        pytest.param(b"MZ" + b"\0" * 200, "licence.pdf.exe", id="program under a double extension"),
        pytest.param(b"%PDF-1.4\n<script>alert(1)</script>\n%%EOF", "licence.pdf", id="polyglot of PDF and HTML"),
        pytest.param(b"\xff\xd8\xff\xe0<?php system($_GET[0]); ?>", "licence.jpg", id="polyglot of JPEG and PHP"),
        pytest.param(b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>", "licence.svg", id="SVG"),
        pytest.param(b"<!doctype html><html></html>", "licence.pdf", id="HTML"),
        pytest.param(files.pdf(javascript="app.alert(1)"), "licence.pdf", id="PDF with JavaScript"),
        pytest.param(files.pdf(attachment=b"MZ"), "licence.pdf", id="PDF with a file inside"),
        pytest.param(files.pdf(password="secret"), "licence.pdf", id="PDF with a password"),
        pytest.param(b"", "licence.pdf", id="0 bytes"),
        pytest.param(b"%PDF-1.4\n" + b"0" * (10 * 1024 * 1024 + 1), "licence.pdf", id="too large"),
        pytest.param(files.huge_png(), "licence.png", id="50,000 x 50,000 pixels"),
        pytest.param(PDF[: len(PDF) // 2], "licence.pdf", id="truncated PDF"),
        pytest.param(PNG[: len(PNG) // 2], "licence.png", id="truncated PNG"),
        pytest.param(files.picture("webp"), "licence.webp", id="WebP is no document"),
    ],
)
def test_refuses(vendor: Person, content: bytes, name: str) -> None:
    status, body = send(vendor, content, name)
    assert status == 422, body
    assert set(body["errors"]) == {"file"}
    assert not VendorDocument.objects.exists()


@pytest.mark.embedded
@pytest.mark.parametrize(("content", "type_"), [(PDF, "application/pdf"), (PNG, "image/png"), (files.picture("jpeg"), "image/jpeg")])
def test_accepts_by_content_whatever_the_name_says(vendor: Person, content: bytes, type_: str) -> None:
    status, body = send(vendor, content, "licence.html", "text/html")
    assert status == 201, body
    assert body["content_type"] == type_


def test_what_hides_behind_the_last_pixel_is_gone(vendor: Person) -> None:
    status, _ = send(vendor, PNG + b"<script>alert(1)</script>PK\x03\x04", "licence.png")
    assert status == 201
    with VendorDocument.objects.get().file.open() as stored:
        assert b"script" not in stored.read()


@pytest.mark.parametrize("name", ["../../etc/passwd", "..\\..\\x.pdf", "x" * 300 + ".pdf", "a\r\nb.pdf", "رخصة.pdf", "licence.pdf.exe"])
def test_a_name_is_only_shown_and_never_a_path(vendor: Person, staff: Person, name: str) -> None:
    status, body = send(vendor, PDF, name)
    assert status == 201, body
    document = VendorDocument.objects.get()
    folder, _, stored = document.file.name.partition("/")
    assert (folder, len(stored)) == ("documents", 36)
    assert len(document.filename) <= 120
    assert not set("/\\\r\n") & set(document.filename)
    fetched = staff.api.get(f"/api/vendors/{vendor.of.reference}/documents/{document.pk}/file")
    assert fetched.headers["Content-Disposition"].startswith("attachment; filename")


def test_uploads_are_limited_per_company(vendor: Person, rival_vendor: Person, stranger: APIClient) -> None:
    for _ in range(60):
        assert vendor.api.post(URL, {}, format="json").status_code == 422
    assert send(vendor, PDF)[0] == 429
    assert send(rival_vendor, PDF)[0] == 201
