"""Logos and product images are served to everybody, under names that cannot be guessed or bent."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from aqad.core import files
from aqad.core.uploads import check_image
from tests.factories.files import picture

pytestmark = pytest.mark.embedded


def test_the_mark_is_found_where_browsers_look_for_it(client: Client) -> None:
    answer = client.get("/favicon.ico")
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/svg+xml")
    assert b"<svg" in b"".join(answer)
    assert "public" in answer["Cache-Control"]
    assert client.post("/favicon.ico").status_code == 405


def test_a_public_file_may_be_kept_for_ever_and_shown_anywhere() -> None:
    name = files.store(check_image(SimpleUploadedFile("logo.png", picture())), folder="logos", where=files.PUBLIC)
    answer = Client().get(f"/media/{name}")
    assert answer.status_code == 200
    assert answer.getvalue()[8:12] == b"WEBP"
    assert answer.headers["Content-Type"] == "image/webp"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"


@pytest.mark.parametrize("name", ["logos/" + "0" * 32 + ".webp", "logos/../../aqad.sqlite3", "%2e%2e/secrets/SECRET_KEY", "logos/", ""])
def test_any_other_name_is_not_found(name: str) -> None:
    assert Client().get(f"/media/{name}").status_code == 404
