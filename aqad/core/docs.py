"""The published document of the API, open to anyone; its page may run the scripts of the bundled Swagger UI."""

from __future__ import annotations

from typing import Any

from csp.constants import SELF, UNSAFE_INLINE
from csp.decorators import csp_replace
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from rest_framework.exceptions import MethodNotAllowed

from aqad.core.handler import as_http, as_refusal
from aqad.core.views import ANYONE

READING = ("GET", "HEAD", "OPTIONS")


def open_document(view: Any, **options: Any) -> Any:
    """`view` for anyone, in every form the caller accepts."""

    class Opened(view):
        authentication_classes: list[Any] = []
        roles = {"*": (ANYONE,)}
        versioning_class = None

    shown = Opened.as_view(**options)

    def answer(request: HttpRequest) -> HttpResponseBase:
        refusal = None if request.method in READING else as_refusal(MethodNotAllowed(str(request.method)))
        if refusal is None and request.method != "OPTIONS":
            return shown(request)
        # What can be done here is no document, so that the documents' renderers have no form for it.
        response = HttpResponse() if refusal is None else as_http(refusal)
        response.headers["Allow"] = ", ".join(READING)
        return response

    return csp_replace({"script-src": [SELF, UNSAFE_INLINE], "style-src": [SELF, UNSAFE_INLINE]})(answer)
