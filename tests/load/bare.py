"""The floor that everything is measured against: Django with one view that answers a few bytes, and nothing else.

A second view places an order as pgbench does, in one statement on a connection of its thread's own: nobody is asked who he is, nothing is
checked, no key is kept. More orders than these Django cannot place on the same machine, whatever else a shop leaves out.
"""

from __future__ import annotations

import json
import os
import re
import threading
from pathlib import Path

import django
import psycopg
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, HttpResponse
from django.urls import path

STATEMENT = re.sub(r"^(--|\\set).*$", "", (Path(__file__).parent / "order.sql").read_text(), flags=re.MULTILINE)
PLACE = re.sub(r"(?<!:):(\w+)", r"%(\1)s", STATEMENT.replace("%", "%%")).strip().rstrip(";")
own = threading.local()


def view(request: HttpRequest) -> HttpResponse:
    return HttpResponse(b'{"ok": true}', content_type="application/json")


def order(request: HttpRequest) -> HttpResponse:
    """The same order as the Express tutorial's; of each line only the product is read, the quantities are the statement's."""
    body = json.loads(request.body)
    wanted = dict(zip("abc", (item["productId"] for item in body["items"]), strict=True))
    if not hasattr(own, "connection"):
        own.connection = psycopg.connect(os.environ["DATABASE_URL"], autocommit=True, prepare_threshold=0)
    own.connection.execute(PLACE, {**wanted, "retailer": body["customerId"]}, prepare=True)
    return HttpResponse(b'{"ok": true}', status=201, content_type="application/json")


urlpatterns = [path("", view), path("orders", order)]
settings.configure(ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__, MIDDLEWARE=[], SECRET_KEY="measured", LOGGING_CONFIG=None)
django.setup(set_prefix=False)
application = WSGIHandler()
