"""Keeping checked files and handing private ones out again; both outside any transaction."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import structlog
from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import storages
from django.db.models.fields.files import FieldFile
from django.http import FileResponse, Http404, HttpRequest, HttpResponseRedirect, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe
from rest_framework.exceptions import NotAcceptable
from rest_framework.negotiation import DefaultContentNegotiation

from aqad.core.breaker import Breaker
from aqad.core.errors import Unavailable
from aqad.core.transactions import outside_transaction
from aqad.core.turns import turns
from aqad.core.uploads import Checked

log = structlog.get_logger(__name__)
R = TypeVar("R", bound=HttpResponseBase)
PRIVATE, PUBLIC = "default", "public"
SECONDS_OF_A_LINK = 60
breaker = Breaker(seconds=5.0)


def store(checked: Checked, *, folder: str, where: str = PRIVATE) -> str:
    """Write the file under a random name and return that name; rows are written afterwards. Raises Unavailable when storage is away."""
    return _save(checked.as_file(), folder, where)


def store_large(content: File[bytes], *, folder: str, suffix: str) -> str:
    """The same for a private file that is too large to be held in memory; it is copied piece by piece."""
    content.seek(0)
    return _save(File(content.file, name=f"{secrets.token_hex(16)}.{suffix}"), folder, PRIVATE)


def discard(name: str, *, where: str = PRIVATE) -> None:
    """Delete a file that nothing points to. What a storage that is away keeps, the nightly sweep takes."""
    outside_transaction()
    try:
        storages[where].delete(name)
    except Exception as error:  # each kind of storage raises its own
        log.warning("file_left_behind", file=name, error=type(error).__name__)


def hand_out(file: FieldFile, *, name: str, content_type: str, may_redirect: bool = True) -> HttpResponseBase:
    """A private file as an attachment, or a redirect to an address that lives a minute. Raises Unavailable when storage is away.

    Pictures within our own pages do not redirect: the pages' policy shows pictures of our own address only.
    """
    storage: Any = file.storage
    disposition = content_disposition_header(True, name) or "attachment"
    try:
        if may_redirect and hasattr(storage, "querystring_expire"):
            parameters = {"ResponseContentDisposition": disposition, "ResponseContentType": content_type}
            return HttpResponseRedirect(storage.url(file.name, parameters=parameters, expire=SECONDS_OF_A_LINK))
        with turns.lent():
            response = FileResponse(storage.open(file.name), content_type=content_type)
    except Exception as error:  # each kind of storage raises its own
        log.exception("storage_away", file=file.name)
        raise Unavailable from error
    return _private(response, disposition)


def stream(pieces: Iterator[bytes], *, name: str, content_type: str) -> StreamingHttpResponse:
    """A private file that is made while it is read, as an attachment."""
    return _private(StreamingHttpResponse(pieces, content_type=content_type), content_disposition_header(True, name) or "attachment")


def public_file(request: HttpRequest, name: str) -> HttpResponseBase:
    """A product image or logo where no CDN or web server stands in front. Its random name never holds another file.

    Raises Unavailable when storage is away.
    """
    try:
        with _unless_away(PUBLIC):
            response = FileResponse(storages[PUBLIC].open(name), content_type="image/webp")
    except FileNotFoundError as error:
        raise Http404 from error
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@require_safe
def mark(_request: HttpRequest) -> HttpResponseBase:
    """Our mark, for browsers that ask for /favicon.ico because the page at hand names none."""
    response = FileResponse((settings.BASE_DIR / "static/icons/mark.svg").open("rb"), content_type="image/svg+xml")
    response.headers["Cache-Control"] = "public, max-age=86400"
    return response


class AnyAccept(DefaultContentNegotiation):
    """For doors that return files: any Accept is answered; refusals are JSON."""

    def select_renderer(self, request: Any, renderers: Any, format_suffix: str | None = None) -> Any:
        try:
            return super().select_renderer(request, renderers, format_suffix)
        except NotAcceptable:
            return renderers[0], renderers[0].media_type


def _save(content: File[bytes], folder: str, where: str) -> str:
    outside_transaction()
    with _unless_away(where):
        return storages[where].save(f"{folder}/{content.name}", content)


@contextmanager
def _unless_away(where: str) -> Iterator[None]:
    """Whoever finds the storage away waits for its time-outs; the next ones, for a moment, do not. Raises Unavailable."""
    if breaker.is_open:
        raise Unavailable
    try:
        with turns.lent():
            yield
    except FileNotFoundError:
        raise
    except Exception as error:  # each kind of storage raises its own
        breaker.trip()
        log.exception("storage_away", where=where)
        raise Unavailable from error


def _private(response: R, disposition: str) -> R:
    response.headers["Content-Disposition"] = disposition
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "private, no-store"
    return response
