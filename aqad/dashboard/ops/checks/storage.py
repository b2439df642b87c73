"""Where files lie, and the server that takes mails."""

from __future__ import annotations

import time
from collections.abc import Iterator

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.mail import get_connection

from aqad.core import scanning
from aqad.core.errors import Unavailable
from aqad.core.findings import Finding, fail, judge, ok

PROBE = b"a file that the doctor wrote"
SECONDS_TO_WAIT = 3
# What every virus scanner must find, though it does nothing (eicar.org); in two parts, so that none finds it in our source.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


def private_files() -> Iterator[Finding]:
    yield _probe("default", "private files")


def public_files() -> Iterator[Finding]:
    yield _probe("public", "public pictures")


def virus_scanner() -> Iterator[Finding]:
    """clamd answers, and finds the file that every scanner must find."""
    if not settings.CLAMD_URL:
        yield ok("storage", "virus scanner", "none: uploads are believed by their content alone (CLAMD_URL is not set)")
        return
    advice = "See that CLAMD_URL is right and clamd is up. Until then every upload is refused with 503."
    try:
        version = scanning.ask(b"VERSION")
        scanning.scan(ContentFile(EICAR))
    except OSError as error:
        yield fail("storage", "virus scanner", type(error).__name__, advice)
    except Unavailable:
        yield fail("storage", "virus scanner", f"{version} cannot scan", "Look into clamd's own log; freshclam may not have run yet.")
    except scanning.Infected:
        yield ok("storage", "virus scanner", f"{version} finds the test file")
    else:
        yield fail("storage", "virus scanner", f"{version} calls the test file clean", "Load its signatures: run freshclam.")


def mail_server() -> Iterator[Finding]:
    """It takes our connection and our password; nothing is sent."""
    if not settings.EMAIL_BACKEND.endswith("smtp.EmailBackend"):
        yield ok("mail", "server", "none: mails are kept for staff to read in the back office (EMAIL_URL is not set)")
        return
    started = time.perf_counter()
    mailer = get_connection(timeout=SECONDS_TO_WAIT)
    try:
        mailer.open()
    except OSError as error:
        advice = "See that EMAIL_URL is right and its server is up. Mails wait and are sent when it is back."
        yield fail("mail", "server", f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}: {type(error).__name__}", advice)
        return
    mailer.close()
    yield ok("mail", "server", f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT} answers in {(time.perf_counter() - started) * 1000:.0f} ms")


def _probe(alias: str, name: str) -> Finding:
    """Written, read and removed."""
    storage, started = storages[alias], time.perf_counter()
    made = storage.save("health/probe", ContentFile(PROBE))
    try:
        with storage.open(made) as file:
            is_the_same = file.read() == PROBE
    finally:
        storage.delete(made)
    took = (time.perf_counter() - started) * 1000
    if not is_the_same:
        return fail("storage", name, "what was written reads differently", "Look at the disk or the bucket before anything else is stored.")
    return judge("storage", name, took, f"written, read, removed in {took:.0f} ms", "Uploads are slow.", warn_at=1000, fail_at=5000)
