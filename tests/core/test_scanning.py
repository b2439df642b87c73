"""With a virus scanner, nothing is stored before it has called the file clean; without one, nothing is asked."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import transaction

from aqad import env
from aqad.core import scanning
from aqad.core.errors import Unavailable
from aqad.core.transactions import InsideTransaction
from aqad.dashboard.ops.checks import storage
from aqad.dashboard.ops.checks.storage import EICAR
from catalog.models import ProductImage, ProductImport
from tests.browsing import browser_of
from tests.cast import Person
from tests.factories import files
from tests.factories.goods import ProductFactory
from tests.scanner import MISBEHAVING, Scanner, a_scanner
from vendors.models import VendorDocument

pytestmark = pytest.mark.django_db
PAPERS = "/api/vendor/documents"
INFECTED_PDF = files.pdf(drawing=EICAR)


@pytest.fixture
def scanner(settings: Any) -> Iterator[Scanner]:
    with a_scanner() as (scanner, settings.CLAMD_URL):
        yield scanner


@pytest.fixture(autouse=True)
def _own_files(settings: Any, tmp_path: Path) -> None:
    """Files of their own, so that "nothing was stored" can be looked at."""
    settings.STORAGES = {
        **settings.STORAGES,
        **{
            alias: {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(tmp_path / alias)}}
            for alias in ("default", "public")
        },
    }


def stored(tmp_path: Path) -> list[Path]:
    return [path for path in tmp_path.rglob("*") if path.is_file()]


def send_paper(person: Person, content: bytes) -> Any:
    return person.api.post(PAPERS, {"type": "trade_license", "file": files.upload(content)}, format="multipart")


@pytest.mark.embedded
def test_a_clean_file_is_scanned_whole_and_stored(scanner: Scanner, vendor: Person) -> None:
    assert send_paper(vendor, files.pdf()).status_code == 201
    assert scanner.seen == [files.pdf()]
    assert storages["default"].exists(VendorDocument.objects.get().file.name)


@pytest.mark.embedded
def test_an_infected_file_is_refused_by_name_and_never_stored(scanner: Scanner, vendor: Person, tmp_path: Path) -> None:
    answer = send_paper(vendor, INFECTED_PDF)
    assert answer.status_code == 422
    assert answer.json()["errors"] == {"file": ["The virus scanner found Win.Test.EICAR_HDB-1 in this file."]}
    assert not VendorDocument.objects.exists()
    assert stored(tmp_path) == []


def test_a_picture_is_scanned_as_it_came_not_as_it_is_drawn_anew(scanner: Scanner, vendor: Person, tmp_path: Path) -> None:
    product = ProductFactory(vendor=vendor.of)
    body = {"images": [SimpleUploadedFile("a.png", files.picture()), SimpleUploadedFile("b.png", files.picture() + EICAR)]}
    answer = vendor.api.post(f"/api/products/{product.reference}/images", body, format="multipart")
    assert answer.status_code == 422
    assert list(answer.json()["errors"]) == ["images.1"]
    assert not ProductImage.objects.exists()
    assert stored(tmp_path) == []


def test_a_table_of_products_is_scanned_too(scanner: Scanner, vendor: Person, tmp_path: Path) -> None:
    body = {"file": SimpleUploadedFile("products.csv", b"name,price\n" + EICAR)}
    assert vendor.api.post("/api/products/import", body, format="multipart").status_code == 422
    assert not ProductImport.objects.exists()
    assert stored(tmp_path) == []


def test_a_page_shows_the_form_again(scanner: Scanner, vendor: Person) -> None:
    answer = browser_of(vendor).post("/vendor/documents", {"type": "trade_license", "file": files.upload(INFECTED_PDF)})
    assert answer.status_code == 422
    assert "Win.Test.EICAR_HDB-1" in answer.content.decode()


@pytest.mark.parametrize("manner", MISBEHAVING)
def test_an_answer_that_is_no_plain_ok_lets_nothing_in(scanner: Scanner, vendor: Person, manner: str, tmp_path: Path) -> None:
    scanner.manner = manner
    answer = send_paper(vendor, files.pdf())
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert int(answer.headers["Retry-After"]) > 0
    assert not VendorDocument.objects.exists()
    assert stored(tmp_path) == []


def test_a_silent_scanner_is_waited_for_once_and_not_for_ever(
    scanner: Scanner, vendor: Person, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(scanning, "SECONDS", 0.3)
    scanner.manner = "silent"
    assert send_paper(vendor, files.pdf()).status_code == 503
    assert send_paper(vendor, files.pdf()).status_code == 503
    assert len(scanner.seen) == 1, "the breaker was to keep the second upload from waiting"
    assert stored(tmp_path) == []


def test_a_scanner_that_is_away_makes_uploads_wait_and_its_return_lets_them_in(settings: Any, vendor: Person) -> None:
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        settings.CLAMD_URL = f"tcp://127.0.0.1:{nobody.getsockname()[1]}"
    assert send_paper(vendor, files.pdf()).status_code == 503
    assert not VendorDocument.objects.exists()
    scanning.breaker.reset()
    with a_scanner() as (_scanner, settings.CLAMD_URL):
        assert send_paper(vendor, files.pdf()).status_code == 201


def test_speaks_to_a_unix_socket(settings: Any, tmp_path: Path) -> None:
    with a_scanner(tmp_path) as (scanner, settings.CLAMD_URL):
        scanning.scan(ContentFile(b"plain"))
        with pytest.raises(scanning.Infected, match="EICAR"):
            scanning.scan(ContentFile(b"." * 200_000 + EICAR))
    assert [len(content) for content in scanner.seen] == [5, 200_000 + len(EICAR)]


def test_leaves_the_file_at_its_beginning(scanner: Scanner) -> None:
    file = ContentFile(b"to be read again")
    scanning.scan(file)
    assert file.read() == b"to be read again"


def test_is_never_asked_within_a_transaction(scanner: Scanner) -> None:
    with transaction.atomic(), pytest.raises(InsideTransaction):
        scanning.scan(ContentFile(b"plain"))
    assert scanner.seen == []


def test_without_the_setting_nobody_is_asked(vendor: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "create_connection", None)
    assert send_paper(vendor, INFECTED_PDF).status_code == 201


@pytest.mark.parametrize("address", ["clamd", "tcp://", "http://clamd:3310", "unix://run/clamd.ctl", "unix:///"])
def test_refuses_an_address_that_cannot_be_one(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("CLAMD_URL", address)
    with pytest.raises(env.EnvError, match="CLAMD_URL"):
        env.scanner("CLAMD_URL")


def test_the_doctor_tells_a_scanner_that_finds_from_one_that_does_not(scanner: Scanner, settings: Any) -> None:
    [well] = storage.virus_scanner()
    assert (well.level, well.value) == ("ok", "ClamAV 1.4.3/27000 finds the test file")
    scanner.manner = "size limit"
    [confused] = storage.virus_scanner()
    assert confused.level == "fail"
    settings.CLAMD_URL = ""
    [none] = storage.virus_scanner()
    assert none.level == "ok"


def test_the_doctor_tells_of_a_scanner_without_signatures(scanner: Scanner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(MISBEHAVING, "blind", b"stream: OK\0")
    scanner.manner = "blind"
    [blind] = storage.virus_scanner()
    assert (blind.level, blind.advice) == ("fail", "Load its signatures: run freshclam.")


def test_the_doctor_tells_of_a_scanner_that_is_away(settings: Any) -> None:
    settings.CLAMD_URL = "unix:///nowhere/clamd.ctl"
    [away] = storage.virus_scanner()
    assert (away.level, away.value) == ("fail", "FileNotFoundError")
    with pytest.raises(Unavailable):
        scanning.scan(ContentFile(b"plain"))


def scan_all() -> str:
    out = StringIO()
    try:
        call_command("scan_files", stdout=out)
    except CommandError as error:
        return f"{out.getvalue()}{error}"
    return out.getvalue()


def test_files_that_were_there_before_the_scanner_can_be_shown_to_it(vendor: Person, settings: Any) -> None:
    assert send_paper(vendor, files.pdf()).status_code == 201
    assert vendor.api.post(PAPERS, {"type": "vat_certificate", "file": files.upload(INFECTED_PDF)}, format="multipart").status_code == 201
    clean, infected = VendorDocument.objects.order_by("pk")
    assert "CLAMD_URL is not set" in scan_all()
    with a_scanner() as (scanner, settings.CLAMD_URL):
        expected = f"vendordocument:{infected.pk}: {infected.file.name}: infected: Win.Test.EICAR_HDB-1\n"
        assert scan_all() == expected + "1 of 2 files are infected or missing."
        storages["default"].delete(infected.file.name)
        assert f"{infected.file.name}: missing" in scan_all()
        infected.delete()
        assert scan_all() == "1 files are clean.\n"
        assert scanner.seen.count(files.pdf()) == 3
    assert "does not answer" in scan_all()
    assert storages["default"].exists(clean.file.name)
