"""Files of products: sent, watched, their errors taken home."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from rest_framework.request import Request

from aqad.core import files
from aqad.core.errors import Refusal
from aqad.core.views import find_by_id
from aqad.core.web import Page
from catalog.api.imports import receive
from catalog.importing import sample
from catalog.importing.reporting import errors_csv
from catalog.models import ProductImport
from catalog.querysets import imports_of
from catalog.statuses import ImportState

CSV = "text/csv; charset=utf-8"
ROWS_SHOWN = 20


class ImportsPage(Page):
    roles = {"*": ("vendor",)}

    def show_list(self, request: Request) -> HttpResponse:
        return self.show("catalog/own/imports.html", **self._list())

    def send(self, request: Request) -> HttpResponseBase:
        return self.attempt(self._send, otherwise=self._refuse)

    def template(self, request: Request) -> HttpResponseBase:
        """A file to begin with."""
        return files.stream(iter([sample.template_csv()]), name=sample.NAME, content_type=CSV)

    def _send(self) -> HttpResponse:
        queued = receive(self, self.read_form).data
        return self.go(reverse("catalog:import", args=[queued["id"]]))

    def _refuse(self, refusal: Refusal) -> HttpResponse:
        return self.show_again("catalog/own/imports.html", refusal, **self._list())

    def _list(self) -> dict[str, Any]:
        page = self.rows(imports_of(self.actor))
        return {"imports": page["results"], "pagination": page["pagination"], "columns": sample.COLUMNS}


class ImportPage(Page):
    """One file: how far it is, what became of its rows."""

    roles = {"*": ("vendor",)}

    def show_one(self, request: Request, id: str) -> HttpResponse:
        return self.show("catalog/own/import.html", **self._of(id))

    def progress(self, request: Request, id: str) -> HttpResponse:
        """The part of the page that moves."""
        return self.show_live("catalog/own/_import.html", **self._of(id))

    def errors(self, request: Request, id: str) -> HttpResponseBase:
        """The failed rows as they came and why, ready to be mended and sent again."""
        row = find_by_id(imports_of(self.actor), id)
        return files.stream(errors_csv(row), name=f"errors-{row.pk}.csv", content_type=CSV)

    def _of(self, id: str) -> dict[str, Any]:
        row: ProductImport = find_by_id(imports_of(self.actor), id)
        failed = row.failed_rows.order_by("pk")[:ROWS_SHOWN] if row.failed else []
        return {"import": row, "failed": failed, "is_open": row.state in {ImportState.QUEUED, ImportState.RUNNING}}
