"""Mails with their state, and the folder where they are kept when there is no mail server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.core.mail import EmailMultiAlternatives, get_connection
from django.test import Client

from tests.backoffice.given import a_mail, browser_of, words
from tests.cast import Person
from tests.factories.people import UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.embedded]
FOLDER = "/admin/notifications/mail/folder"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Any) -> Path:
    settings.EMAIL_BACKEND = "aqad.core.mail.FolderBackend"
    settings.MAIL_DIR = tmp_path / "mails"
    return tmp_path / "mails"


def sent(subject: str, text: str) -> None:
    message = EmailMultiAlternatives(subject, text, "orders@aqad.test", ["shop@fresh.test"], connection=get_connection())
    message.attach_alternative("<b>as a page</b>", "text/html")
    message.send()


def test_lists_the_mails_and_shows_one_as_text(browser: Client, folder: Path) -> None:
    sent("Order placed", "First line <script>alert(1)</script>")
    sent("طلب جديد", "مرحبا")
    html = words(browser.get(FOLDER))
    assert html.index("طلب جديد") < html.index("Order placed")
    first = min(path.name for path in folder.glob("*.eml"))
    page = words(browser.get(f"{FOLDER}/{first}"))
    assert "First line &lt;script&gt;" in page
    assert "<b>as a page</b>" not in page
    assert "shop@fresh.test" in page


def test_an_empty_folder_says_so(browser: Client) -> None:
    assert "No mail was sent yet." in words(browser.get(FOLDER))


@pytest.mark.parametrize(
    "name", ["..%2Fsecret.eml", "%2Fetc%2Fpasswd", "../secret.eml", "secret", "link.eml", "x" * 300 + ".eml", "a%00.eml"]
)
def test_nothing_outside_the_folder_is_read(browser: Client, folder: Path, name: str) -> None:
    folder.mkdir()
    (folder.parent / "secret.eml").write_text("Subject: secret\n\nsecret")
    (folder / "link.eml").symlink_to(folder.parent / "secret.eml")
    assert browser.get(f"{FOLDER}/{name}").status_code == 404
    assert "secret" not in words(browser.get(FOLDER))


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe\x00", b"Content-Type: text/plain; charset=nonsense\n\n\xe9", b"Subject: =?utf-8?b?!!?=\n\nx"]
)
def test_a_broken_file_does_not_break_the_page(browser: Client, folder: Path, content: bytes) -> None:
    folder.mkdir()
    (folder / "BROKEN.eml").write_bytes(content)
    assert browser.get(FOLDER).status_code == 200
    assert browser.get(f"{FOLDER}/BROKEN.eml").status_code == 200


def test_only_who_has_every_right_reads_the_folder() -> None:
    colleague = UserFactory(is_staff=True)
    colleague.user_permissions.set(Permission.objects.all())
    sent("Order placed", "Hello")
    client = browser_of(Person(colleague))
    assert client.get(FOLDER).status_code == 403
    assert FOLDER not in words(client.get("/admin/notifications/mail/"))


def test_there_is_no_folder_with_a_mail_server(browser: Client, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    assert browser.get(FOLDER).status_code == 404
    assert FOLDER not in words(browser.get("/admin/notifications/mail/"))


def test_a_mail_shows_its_state_and_hides_its_secret_link(browser: Client, retailer: Person) -> None:
    link = "Choose it here: http://aqad.test/account/password/SECRET-TOKEN now"
    mail = a_mail(retailer, text=link, tries=3, problem="SMTPServerDisconnected")
    html = words(browser.get(f"/admin/notifications/mail/{mail.pk}/change/"))
    assert "SMTPServerDisconnected" in html
    assert "SECRET-TOKEN" not in html
    assert "Failed, to be tried again" in html
    assert retailer.user.email in words(browser.get("/admin/notifications/mail/?delivery=failing"))
    assert retailer.user.email not in words(browser.get("/admin/notifications/mail/?delivery=sent"))
