"""Public pages in HTML: stored bytes for strangers; people who are signed in get the same stored content in their own shell.

What is stored holds no token, no nonce and nobody's name: it is rendered for nobody, never for the request that happened to build it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

import orjson
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe

from aqad.core import pages
from aqad.core.errors import Refusal
from aqad.core.handler import as_refusal
from aqad.core.stored import Page, StoredList, answer, etag_of, near

Q = TypeVar("Q")
Parts = dict[str, Any]


class StoredPage(StoredList[Q]):
    """One public page. `build` makes its parts: `path`, `title`, whatever `template` needs besides as JSON, and pieces of HTML, whose
    names end in `_html`. `refused` is the page for what cannot be read or found; `served` hears of each page that is given.
    """

    def __init__(
        self,
        name: str,
        *,
        subject: str,
        template: str,
        read: Callable[..., Q],
        build: Callable[[Q], Parts],
        refused: Callable[[HttpRequest, Refusal], HttpResponse] = pages.refused,
        served: Callable[[HttpRequest, Parts], None] | None = None,
    ) -> None:
        super().__init__(name, subject=subject, read=read, build=build)
        self.template, self.refused, self.served = template, refused, served

    def check(self, request: HttpRequest) -> None:
        """A page is given to whoever asks, whatever the Accept header says."""

    def serve(self, request: HttpRequest, **place: str) -> HttpResponse:
        """The whole page for a stranger."""
        try:
            content = self._content(request, place)
        except Exception as error:
            refusal = as_refusal(error)
            if refusal is None:
                raise
            return self.refused(request, refusal)
        return answer(request, self._whole(content), content_type="text/html; charset=utf-8", vary="Cookie")

    def parts(self, request: HttpRequest, **place: str) -> Parts:
        """What a page for a person is made of. Raises what `read` and `build` refuse."""
        return _parts_of(self._content(request, place))

    def _content(self, request: HttpRequest, place: dict[str, str]) -> Page:
        content = self.page(request, self.understood(request, **place))
        if self.served:
            self.served(request, _parts_of(content))
        return content

    def _whole(self, content: Page) -> Page:
        """Put together once a second by each process; no younger than its content."""
        name = f"whole:{self.name}:{content.etag}:{content.built_at}"
        whole = near.get(name)
        if whole is None:
            parts = _parts_of(content)
            body = render_to_string(self.template, {"page": parts}, request=_nobody(parts["path"])).encode()
            whole = Page(content.built_at, etag_of(body), body)
            near.put(name, whole)
        return whole


def stored_for_strangers(stored: StoredPage[Any], view: Any) -> Callable[..., HttpResponseBase]:
    """`view`, whose GET and HEAD are answered from stored bytes unless somebody is signed in."""

    @wraps(view)
    def door(request: HttpRequest, **place: str) -> HttpResponseBase:
        if request.method in {"GET", "HEAD"} and not request.user.is_authenticated:
            return stored.serve(request, **place)
        return view(request, **place)

    return door


def _parts_of(content: Page) -> Parts:
    return {name: mark_safe(part) if name.endswith("_html") else part for name, part in orjson.loads(content.body).items()}  # noqa: S308


def _nobody(path: str) -> HttpRequest:
    """Somebody without a name, a cookie or a message, who opens this path."""
    request = HttpRequest()
    request.method = "GET"
    request.path = request.path_info = path
    return request
