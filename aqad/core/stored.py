"""Public pages that are the same for everybody, served as stored bytes before any view is entered.

The key holds the version of what the page shows, so a visible change is seen at once; besides, no page is served once it is five
seconds old, whatever failed. A dead cache costs speed, never correctness.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from copy import copy
from functools import cache as cache_for_ever
from functools import lru_cache
from importlib import import_module
from typing import Any, Generic, NamedTuple, TypeVar

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.http.response import HttpResponseBase
from django.urls import resolve
from django.utils.http import parse_etags
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.request import Request

from aqad.core import limits, metrics, replica, versions
from aqad.core.errors import RateLimited, Refusal
from aqad.core.handler import as_http, as_refusal
from aqad.core.rendering import JSONRenderer, dump
from aqad.core.versioning import AcceptVersioning

Q = TypeVar("Q")
LIFETIME = 5  # seconds after which a page is served to nobody any more
# Seconds before its end from which on one process builds the next page while the others still give this one. A cache in front counts whole
# seconds and comes again when up to two are left (`_for_caches`): it must find a page that it may keep, or all its readers wait together.
RENEWAL = 2
NEAR_LIFETIME = 1.0  # seconds for which a process serves a page without asking the shared cache
NEAR_PAGES = 256
BUILDING = 3  # seconds for which one process may keep the others from building the same page
BEING_BUILT = 1  # stands in the cache where a page will
WAIT, LOOK_EVERY = 1.0, 0.02
LONGEST_ACCEPT = 200
lists: dict[str, StoredList[Any]] = {}


class Page(NamedTuple):
    """`built_at` is in real seconds: it is compared across processes, so the story's clock must not move it."""

    built_at: float
    etag: str
    body: bytes

    @property
    def seconds_left(self) -> float:
        age = time.time() - self.built_at
        return LIFETIME - age if age >= 0 else 0.0

    @property
    def is_due(self) -> bool:
        return self.seconds_left < RENEWAL


class Near:
    """The newest pages of this process, and the versions of their subjects, for a second after the version was asked for."""

    def __init__(self) -> None:
        self._pages: OrderedDict[str, tuple[float, Page]] = OrderedDict()
        self._versions: dict[str, tuple[float, str]] = {}
        self._lock = threading.Lock()

    def version(self, subject: str) -> tuple[str, float]:
        """The version of `subject`, and until when it and what was made under it may be taken for the newest."""
        until, version = self._versions.get(subject, (0.0, ""))
        if until <= time.monotonic():
            until, version = time.monotonic() + NEAR_LIFETIME, versions.current(subject)
            self._versions[subject] = until, version
        return version, until

    def get(self, key: str) -> Page | None:
        with self._lock:
            until, page = self._pages.get(key, (0.0, None))
        return page if page and until > time.monotonic() and page.seconds_left > 0 else None

    def put(self, key: str, page: Page, until: float | None = None) -> None:
        """Until then on the monotonic clock, or for a second."""
        with self._lock:
            self._pages[key] = (time.monotonic() + NEAR_LIFETIME if until is None else until, page)
            self._pages.move_to_end(key)
            while len(self._pages) > NEAR_PAGES:
                self._pages.popitem(last=False)

    def clear(self) -> None:
        with self._lock:
            self._pages.clear()
            self._versions.clear()


near = Near()


class StoredListMiddleware:
    """Answers a GET or HEAD of a stored list here, so that a page which is the same for everybody costs no hop behind this one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        import_module(settings.ROOT_URLCONF)  # with the doors come the lists that stand before them

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        stored = lists.get(request.path_info) if request.method in {"GET", "HEAD"} else None
        if stored is None:
            return self.get_response(request)
        request.get_host()  # raises DisallowedHost, as a hop behind this one does
        request.resolver_match = _address(request.path_info)
        return stored.serve(request)


_address = cache_for_ever(resolve)


def renew(subject: str) -> None:
    """Let every stored page of `subject` be forgotten: here at once, by other processes within a second. Call after commit."""
    versions.renew(subject)
    near.clear()


class StoredList(Generic[Q]):
    """One public list. `read` makes a checked query of the parameters (it may refuse), `build` the answer, always from the writer.

    With its `path` it is given to everybody who asks there, before sessions, sign-in and views are looked at (StoredListMiddleware).
    """

    def __init__(self, name: str, *, subject: str, read: Callable[..., Q], build: Callable[[Q], Any], path: str = "") -> None:
        self.name, self.subject, self.read, self.build = name, subject, read, build
        if path:
            lists[path] = self

    def serve(self, request: HttpRequest) -> HttpResponse:
        """The answer to a GET or HEAD. Only who makes the server build a page is counted."""
        try:
            page = self.page(request, self.understood(request))
        except Exception as error:
            refusal = as_refusal(error)
            if refusal is None:
                raise
            return as_http(refusal)
        return answer(request, page, content_type="application/json", vary="Accept")

    def understood(self, request: HttpRequest, **place: str) -> Q:
        """What is wanted; `place` is what the path says besides. Raises what `read` refuses, and RateLimited."""
        try:
            self.check(request)
            return self.read(request.GET, **place)
        except Exception:
            _count(request)  # a refusal is work too, and too many calls come before whatever is wrong with this one
            raise

    def check(self, request: HttpRequest) -> None:
        """Whether this kind of answer may be given at all."""
        _refuse_unacceptable(request.META.get("HTTP_ACCEPT", "*/*"))

    def page(self, request: HttpRequest, wanted: Q) -> Page:
        """What is stored of it, built if need be. Raises what `build` refuses, and RateLimited."""
        digest = hashlib.sha256(dump(wanted)).hexdigest()
        name = f"page:{settings.REST_FRAMEWORK['DEFAULT_VERSION']}:{self.name}:{digest}"
        page = near.get(name)
        if page is not None and not page.is_due:
            self._count_outcome("near")
            return page
        version, until = near.version(self.subject)
        place = f"{name}:{version}"
        found = _found_or_claimed(place)
        page = _page(found)
        if page is not None and not page.is_due:
            self._count_outcome("hit")
        else:
            try:
                page = self._made(request, wanted, place=place, before=f"{name}:before", mark=_mark(place, found))
            except RateLimited:
                if page is None:
                    raise
                self._count_outcome("stale")  # who asked for too many new ones gets this one until its end
        near.put(name, page, until)
        return page

    def _made(self, request: HttpRequest, wanted: Q, *, place: str, before: str, mark: str | None) -> Page:
        """Built by one process, whose mark says so, while the others serve the page before within its time or wait for a moment."""
        if mark is None:
            if page := _stored(before):
                self._count_outcome("stale")
            elif page := _awaited(place):
                self._count_outcome("awaited")
            return page or self._built(request, wanted)
        try:
            page = self._built(request, wanted)
        except BaseException:
            cache.delete(mark)
            raise
        cache.set_many({place: tuple(page), before: tuple(page)}, LIFETIME)  # a new page takes the place of its mark
        if mark != place:
            cache.delete(mark)
        return page

    def _built(self, request: HttpRequest, wanted: Q) -> Page:
        _count(request)
        self._count_outcome("built")
        started = time.time()
        with replica.on_writer():
            body = dump(self.build(wanted))
        return Page(started, etag_of(body), body)

    def _count_outcome(self, outcome: str) -> None:
        metrics.STORED_PAGES.labels(self.name, outcome).inc()


def _stored(place: str) -> Page | None:
    return _page(cache.get(place))


def _page(found: Any) -> Page | None:
    page = Page(*found) if found and found != BEING_BUILT else None
    return page if page and page.seconds_left > 0 else None


def _found_or_claimed(place: str) -> Any:
    """What is stored there. None where nothing was: then the place is this process's, and nobody else hears None."""
    claim = getattr(cache, "claim", None)  # Redis does both in one call
    if claim is not None:
        return claim(place, BEING_BUILT, BUILDING)
    return None if cache.add(place, BEING_BUILT, BUILDING) else cache.get(place)


def _mark(place: str, found: Any) -> str | None:
    """Where it stands that this process builds the page: in its place, or beside one that is still given. None where another does."""
    if found is None:
        return place
    beside = f"{place}:building"
    return beside if found != BEING_BUILT and cache.add(beside, BEING_BUILT, BUILDING) else None


def _awaited(place: str) -> Page | None:
    until = time.monotonic() + WAIT
    while time.monotonic() < until:
        time.sleep(LOOK_EVERY)
        if page := _stored(place):
            return page
    return None


def _count(request: HttpRequest) -> None:
    """Raises RateLimited. Signed-in callers were counted by the middleware."""
    if not request.META.get(limits.COUNTED_KEY):
        request.META[limits.COUNTED_KEY] = True
        limits.hit(limits.ANONYMOUS, f"address:{limits.address_key(request)}", request)


def _refuse_unacceptable(accept: str) -> None:
    refusal = _judged(accept) if len(accept) <= LONGEST_ACCEPT else _judged.__wrapped__(accept)
    if refusal is not None:
        raise copy(refusal)  # the remembered one must not gather tracebacks


@lru_cache(maxsize=256)
def _judged(accept: str) -> Refusal | None:
    """What DRF's own negotiation and our versioning say to this Accept header."""
    plain = HttpRequest()
    plain.META["HTTP_ACCEPT"] = accept
    request = Request(plain)
    try:
        _, request.accepted_media_type = DefaultContentNegotiation().select_renderer(request, [JSONRenderer()])
        AcceptVersioning().determine_version(request)
    except Exception as error:
        refusal = as_refusal(error)
        if refusal is None:
            raise
        return refusal
    return None


def etag_of(body: bytes) -> str:
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'


def answer(request: HttpRequest, page: Page, *, content_type: str, vary: str) -> HttpResponse:
    """The page to a GET or HEAD; 304 to whoever has it already. Caches may keep it for as long as it lives here."""
    headers = {"ETag": page.etag, "Vary": vary, "Cache-Control": f"public, {_for_caches(int(page.seconds_left))}"}
    if _is_known(request.META.get("HTTP_IF_NONE_MATCH", ""), page.etag):
        return HttpResponseNotModified(headers=headers)
    headers["Content-Length"] = str(len(page.body))
    return HttpResponse(b"" if request.method == "HEAD" else page.body, headers=headers, content_type=content_type)


def _for_caches(seconds: int) -> str:
    """In the last second a cache may give the page on while it fetches the next one; never longer than the page lives."""
    return f"max-age={seconds - 1}, stale-while-revalidate=1" if seconds > 1 else f"max-age={max(0, seconds)}"


def _is_known(given: str, etag: str) -> bool:
    return any(known == "*" or known.removeprefix("W/") == etag for known in parse_etags(given)) if given else False
