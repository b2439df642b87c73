"""Files of products over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import StreamingHttpResponse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from aqad.core import files, limits
from aqad.core.errors import Refusal
from aqad.core.fields import StrictSerializer, UploadField, YesNoField
from aqad.core.idempotency import REPLAYED, Answer
from aqad.core.schema import page_of
from aqad.core.uploads import BadFile, shown_name
from aqad.core.views import Door, find_by_id
from catalog.actions import importing
from catalog.importing.reading import HEAD, LARGEST_FILE, Unreadable, kind_of
from catalog.importing.reporting import errors_csv
from catalog.models import ProductImport
from catalog.querysets import imports_of
from catalog.statuses import ImportState
from vendors.models import Vendor

COUNTS = ("rows", "created", "updated", "unchanged", "failed")
IMPORT_ID = OpenApiParameter("id", str, OpenApiParameter.PATH)


def check_table(upload: UploadedFile[Any]) -> UploadedFile[Any]:
    """Something that may be CSV or XLSX, of at most 50 MB; whether it can be read, the worker finds out. Raises BadFile."""
    if upload.size is None or upload.size > LARGEST_FILE:
        raise BadFile(_("The file is larger than 50 MB; send it in parts."))
    upload.seek(0)
    try:
        kind_of(upload.read(HEAD))
    except Unreadable as error:
        raise BadFile(error.message) from error
    return upload


class TableField(UploadField):
    """A CSV or XLSX file of at most 50 MB."""

    check = staticmethod(check_table)


class ImportBody(StrictSerializer):
    file = TableField(help_text=_("CSV or XLSX with headings in the first row; at most 50 MB and 200,000 rows."))
    dry_run = YesNoField(default=False, help_text=_("Only say what would happen."))


class ImportQueued(serializers.ModelSerializer[ProductImport]):
    state = serializers.ChoiceField(choices=ImportState.values)

    class Meta:
        model = ProductImport
        fields = ["id", "state"]


class ImportShown(serializers.ModelSerializer[ProductImport]):
    """`rows` is the whole; the four counts behind it add up to what was done so far."""

    state = serializers.ChoiceField(choices=ImportState.values)
    problem = serializers.CharField(help_text=_("Why the file as a whole could not be imported."))

    class Meta:
        model = ProductImport
        fields = ["id", "state", *COUNTS, "problem", "dry_run", "filename", "created_at", "finished_at"]


def receive(door: Door, read: Callable[[type[ImportBody]], dict[str, Any]]) -> Response:
    """Keep the file and queue it, once. What is kept for nothing, after a refusal or for a repeat, is taken away again."""
    limits.hit(limits.UPLOADS, f"company:{door.actor.company_id}", door.request._request)
    body = read(ImportBody)
    vendor = Vendor.objects.get(company=door.actor.company)
    upload = body["file"]
    stored = files.store_large(upload, folder="imports", suffix="table")

    def work() -> Answer:
        filename = shown_name(upload.name)
        row = importing.queue(vendor=vendor, stored=stored, filename=filename, dry_run=body["dry_run"], actor=door.actor)
        return Answer(202, {"id": row.pk, "state": str(row.state)})

    try:
        answer = door.once(work)
    except Refusal:
        files.discard(stored)
        raise
    if answer.has_header(REPLAYED):
        files.discard(stored)
    return answer


class ImportDoor(Door):
    roles = {"*": ("vendor",)}

    @extend_schema(
        request={"multipart/form-data": ImportBody},
        responses={202: ImportQueued},
        parameters=[OpenApiParameter("Idempotency-Key", str, OpenApiParameter.HEADER)],
    )
    def create(self, request: Request) -> Response:
        """Send a file of products. A row is known by its SKU, else by its barcode, else by name and pack size.

        What is known is changed where it differs, the rest is listed; sending a file twice changes nothing.
        An empty cell says nothing; a column that is not there changes nothing. A quantity is what was counted on the shelf.
        """
        return receive(self, self.read)

    @extend_schema(responses=page_of(ImportShown), parameters=page_of.parameters)
    def list(self, request: Request) -> Response:
        """The own company's files, newest first."""
        return self.page(imports_of(self.actor), show=lambda rows: ImportShown(rows, many=True).data)

    @extend_schema(responses=ImportShown, parameters=[IMPORT_ID])
    def retrieve(self, request: Request, id: str) -> Response:
        """How far a file is. The counts move while it is worked off."""
        return Response(ImportShown(find_by_id(imports_of(self.actor), id)).data)


class ImportErrorsDoor(Door):
    roles = {"*": ("vendor",)}
    content_negotiation_class = files.AnyAccept

    @extend_schema(
        parameters=[IMPORT_ID], responses={(200, "text/csv"): OpenApiResponse(OpenApiTypes.BINARY, "The failed rows, the reason last.")}
    )
    def retrieve(self, request: Request, id: str) -> StreamingHttpResponse:
        """The failed rows as they came, with the reason in a last column: mend them and send the file again."""
        row = find_by_id(imports_of(self.actor), id)
        return files.stream(errors_csv(row), name=f"errors-{row.pk}.csv", content_type="text/csv; charset=utf-8")
