"""How the published OpenAPI document is made: tags by app, lists in the contract's shape, the error body on every operation."""

from __future__ import annotations

from typing import Any, ClassVar

from drf_spectacular.openapi import AutoSchema as SpectacularSchema
from drf_spectacular.utils import OpenApiParameter, inline_serializer
from rest_framework import serializers

from aqad.core.permissions import ANYONE, allowed_roles

# Every refusal: `code` is for programs, `message` for people; validation adds `errors` per field.
ErrorBody = inline_serializer(
    name="Error",
    fields={
        "success": serializers.BooleanField(),
        "code": serializers.CharField(),
        "message": serializers.CharField(),
        "errors": serializers.DictField(child=serializers.ListField(child=serializers.CharField()), required=False),
    },
)


class Pagination(serializers.Serializer[Any]):
    page = serializers.IntegerField()
    limit = serializers.IntegerField()
    total = serializers.IntegerField(help_text="Stops at 1,000; then total_is_exact is false.")
    pages = serializers.IntegerField()
    total_is_exact = serializers.BooleanField()
    next = serializers.CharField(allow_null=True)


class _PageOf:
    """`page_of(ProductShown)` is the serializer class of a page of products; `page_of.parameters` are the paging parameters."""

    parameters: ClassVar[list[OpenApiParameter]] = [
        OpenApiParameter("page", int, description="From 1, to 1,000 rows deep."),
        OpenApiParameter("limit", int, description="1 to 100; 20 unless told."),
        OpenApiParameter("cursor", str, description="The value of `next`, for reading on without end."),
    ]

    def __call__(self, row: type[serializers.BaseSerializer[Any]]) -> Any:
        return inline_serializer(name=f"{row.__name__}Page", fields={"results": row(many=True), "pagination": Pagination()})


page_of = _PageOf()
REFUSALS = {
    "400": "Malformed",
    "401": "Not signed in",
    "403": "The role may never do this",
    "404": "No such thing for this caller",
    "405": "Method not allowed",
    "406": "Not acceptable",
    "409": "Not in this state",
    "413": "Too large",
    "415": "Unsupported media type",
    "422": "A value is missing or wrong",
    "429": "Rate limit exceeded",
    "503": "Not available for a moment",
}


class AutoSchema(SpectacularSchema):
    def get_tags(self) -> list[str]:
        return [type(self.view).__module__.removeprefix("aqad.").split(".")[0]]

    def get_auth(self) -> list[dict[str, list[str]]]:
        """A door that anyone may use says so, even where signing in shows more."""
        known = [method for method in super().get_auth() if method]
        return [*known, {}] if ANYONE in allowed_roles(self.view) else known

    def _is_list_view(self, serializer: Any = None) -> bool:
        """Our lists answer an object that holds the rows; an array is answered only where the serializer says so."""
        return isinstance(serializer, serializers.ListSerializer)

    def get_operation_id(self) -> str:
        action = getattr(self.view, "action", None) or self.method.lower()
        return f"{type(self.view).__name__.removesuffix('ViewSet').removesuffix('Door')}_{action}".lower()

    def _get_response_bodies(self, direction: str = "response") -> Any:
        bodies = super()._get_response_bodies(direction)
        error = self._get_response_for_code(ErrorBody, "default")
        for status, description in REFUSALS.items():
            bodies.setdefault(status, {**error, "description": description})
        return bodies
