"""The base of every page: the API's doors, answered as HTML for a person with a session."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.functional import cached_property
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.debug import sensitive_post_parameters
from rest_framework.authentication import BaseAuthentication
from rest_framework.parsers import FormParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.serializers import Serializer

from aqad.core import errors, pages, pagination
from aqad.core.handler import as_refusal, describe
from aqad.core.parsing import StrictMultiPartParser
from aqad.core.views import Door

# A refusal of these kinds says something about what was typed or about the state of the thing, so the form is shown again with it.
MENDABLE = (errors.Invalid, errors.Conflict, errors.Malformed, errors.PaymentDeclined)


class SessionUser(BaseAuthentication):
    """Whom the session's middleware found; it has asked already whether the person may act, and every form for its CSRF token."""

    def authenticate(self, request: Request) -> tuple[Any, None] | None:
        user = getattr(request._request, "user", None)
        return (user, None) if getattr(user, "is_authenticated", False) else None


class HtmlRenderer(BaseRenderer):
    """Pages render themselves; this only names their type."""

    media_type, format, charset = "text/html", "html", "utf-8"

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None) -> Any:
        return data


class Page(Door):
    """A thin door for people: roles, scope, reading and `once` as in the API, HTML as the answer.

    Methods return `self.show(template, **context)` or a redirect. What `self.attempt` catches is shown in the form again; any other
    refusal becomes a page of its own: sign-in for nobody, 403, 404, 429, 503.
    """

    authentication_classes = [SessionUser]
    renderer_classes = [HtmlRenderer]
    parser_classes = [FormParser, StrictMultiPartParser]
    versioning_class = None
    schema = None  # pages are no part of the OpenAPI document

    @classmethod
    def as_view(cls, actions: Any = None, **initkwargs: Any) -> Any:
        view = super().as_view(actions, **initkwargs)
        view.csrf_exempt = False  # DRF lets every view off; here the middleware asks each form for its token
        return sensitive_post_parameters()(view)  # what people type stays out of reports of defects

    @cached_property
    def web(self) -> HttpRequest:
        """Django's own request, which templates, messages and sessions know."""
        http: HttpRequest = self.request._request
        return http

    @property
    def is_htmx(self) -> bool:
        """Whether htmx asks, which puts the answer into the page it stands on."""
        return bool(getattr(self.web, "htmx", False))

    @property
    def sent(self) -> Any:
        """What the form sent, as a QueryDict; an empty one when it sent nothing at all."""
        return self.request.data or QueryDict()

    def show(self, template: str, *, status: int = 200, **context: Any) -> HttpResponse:
        """A page or a fragment of one."""
        return render(self.web, template, {"actor": self.actor, **context}, status=status)

    def show_live(self, template: str, **context: Any) -> HttpResponse:
        """A fragment that a page asks for again and again: 304 without a body while it stays the same."""
        response = self.show(template, **context)
        etag = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
        if self.web.headers.get("If-None-Match") == etag:
            response = HttpResponse(status=304)
        response.headers["ETag"] = etag
        return response

    def read_form(self, serializer: type[Serializer[Any]], *, leave_out_blank: bool = True, partial: bool = False) -> dict[str, Any]:
        """A form's validated values; fields left blank count as not sent. Raises Invalid naming every wrong field."""
        sent = QueryDict(mutable=True)  # not a copy: a large file cannot be copied
        for name, values in self.sent.lists():
            if not (leave_out_blank and all(value == "" for value in values)):
                sent.setlist(name, values)
        body = serializer(data=sent, partial=partial, context={"actor": self.actor, "request": self.request})
        body.is_valid(raise_exception=True)
        return dict(body.validated_data)

    def attempt(
        self,
        work: Callable[[], HttpResponseBase],
        *,
        otherwise: Callable[[errors.Refusal], HttpResponseBase],
        mendable: tuple[type[errors.Refusal], ...] = MENDABLE,
    ) -> HttpResponseBase:
        """Do `work`; when what was typed or the state of things forbids it, answer with `otherwise`, usually the form again."""
        try:
            return work()
        except Exception as error:
            refusal = as_refusal(error)
            if not isinstance(refusal, mendable):
                raise
            return otherwise(refusal)

    def show_again(self, template: str, refusal: errors.Refusal, **context: Any) -> HttpResponse:
        """A form with what was typed and what is wrong with it."""
        status, _body, headers = describe(refusal)
        wrong = refusal.errors if isinstance(refusal, errors.Invalid) else {}
        response = self.show(template, status=status, refusal=refusal, errors=wrong, typed=self.sent, **context)
        for name, value in headers.items():
            response.headers[name] = value
        return response

    def rows(
        self, rows: QuerySet[Any] | pagination.Listed, *, order: tuple[str, ...] = ("-pk",), filters: tuple[str, ...] = ()
    ) -> dict[str, Any]:
        """One page of a list as `results` and `pagination`; unknown query parameters are refused."""
        pagination.refuse_unknown(self.request.query_params, filters)
        page = pagination.paginate(rows, self.request.query_params, order=order, show=list)
        here = page["pagination"]
        here["previous"], here["following"] = here["page"] - 1, here["page"] + 1
        return page

    def say(self, text: Any, *, good: bool = True) -> None:
        """A note that the next page shows and reads out."""
        (messages.success if good else messages.error)(self.web, text)

    def go(self, url: str) -> HttpResponse:
        """Go on to another page; htmx is told to go there whole."""
        if self.is_htmx:
            return HttpResponse(status=204, headers={"HX-Redirect": url})
        return HttpResponseRedirect(url)

    def go_back(self, otherwise: str) -> HttpResponse:
        """To where the form's `next` says, if that is a page of ours, else to `otherwise`."""
        wanted = str(self.sent.get("next", ""))
        return self.go(wanted if is_ours(wanted, self.web) else otherwise)

    def refused(self, refusal: errors.Refusal) -> HttpResponse:
        """The page for a refusal that nobody answered with a form."""
        if isinstance(refusal, errors.Unauthorized):
            return self.go(sign_in_url(self.web))
        return pages.refused(self.web, refusal)

    def handle_exception(self, exc: Exception) -> Any:
        refusal = as_refusal(exc)
        if refusal is None:
            raise exc
        return self.refused(refusal)

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        renderer = HtmlRenderer()
        return renderer, renderer.media_type

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        return response if isinstance(response, HttpResponseBase) else super().finalize_response(request, response, *args, **kwargs)


def sign_in_url(request: HttpRequest) -> str:
    """The sign-in page, which leads back here; after a form that cannot be sent again, to the page the form stood on."""
    here = request.get_full_path() if request.method in {"GET", "HEAD"} else ""
    return f"{settings.LOGIN_URL}?{urlencode({'next': here})}" if here else settings.LOGIN_URL


def is_ours(url: str, request: HttpRequest) -> bool:
    """Whether a `next` stays within AQAD: a path, never another host."""
    return url.startswith("/") and url_has_allowed_host_and_scheme(url, allowed_hosts=None, require_https=request.is_secure())
