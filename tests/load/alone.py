"""The product list's own view in a Django that does nothing else: no middleware, no limits, nothing stored, no record of the request.

It stands beside the bare view as the ways of making a list were compared before AQAD was written. What a shop needs around a view is the
difference to `tests.load.uncached`.
"""

from __future__ import annotations

import os
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aqad.settings")

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.module_loading import import_string

settings.MIDDLEWARE, settings.ROOT_URLCONF = [], __name__


def products(request: HttpRequest) -> HttpResponse:
    from aqad.core.rendering import dump
    from catalog.api.listing import build_products, read_products

    return HttpResponse(dump(build_products(read_products(request.GET))), content_type="application/json")


urlpatterns = [path("api/products", products)]

application: Any = import_string("aqad.wsgi.application")
