"""The base of every API view: who may call it, on whose behalf, and where bodies and lists go through."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, TypeVar

from django.db.models import QuerySet
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.viewsets import ViewSet

from aqad.core import errors, pagination
from aqad.core.actor import Actor
from aqad.core.idempotency import Answer, AnsweredBefore, refuse_repeat, run_once
from aqad.core.limits import client_address
from aqad.core.middleware import request_id
from aqad.core.permissions import ANYONE as ANYONE
from aqad.core.permissions import ROLES as ROLES
from aqad.core.permissions import SIGNED_IN as SIGNED_IN
from aqad.core.permissions import allowed_roles as allowed_roles
from aqad.core.prepared import Prepared
from aqad.core.references import number_of

M = TypeVar("M")


class Door(ViewSet):
    """A thin door to actions. `roles` maps each viewset action (or "*") to the roles that may call it."""

    roles: ClassVar[Mapping[str, tuple[str, ...]]] = {"*": ()}

    @property
    def actor(self) -> Actor:
        if not hasattr(self, "_actor"):
            self._actor = actor_of(self.request)
        return self._actor

    def read(self, serializer: type[Serializer[Any]], *, partial: bool = False, instance: Any = None) -> dict[str, Any]:
        """The body's validated values. Raises Invalid naming every wrong, missing, unknown or read-only field.

        A request that was answered under its idempotency key before gets that answer instead.
        """
        if self.request.FILES:
            refuse_repeat(self.actor, self.request)  # before anything is stored
        body = serializer(instance, data=self.request.data, partial=partial, context={"actor": self.actor, "request": self.request})
        if not body.is_valid():
            refuse_repeat(self.actor, self.request)  # the key of a good body is looked at where its work begins
            raise ValidationError(body.errors)
        return dict(body.validated_data)

    def once(self, work: Callable[[], Answer], *, part: str = "") -> Response:
        """Run `work` in the door's one durable transaction, under the request's idempotency key if it has one (see `run_once`)."""
        return run_once(self.actor, self.request, work, part=part)

    def handle_exception(self, exc: Exception) -> Any:
        return exc.answer.as_response(replayed=True) if isinstance(exc, AnsweredBefore) else super().handle_exception(exc)

    def page(
        self,
        rows: QuerySet[Any] | pagination.Listed,
        *,
        show: Callable[[list[Any]], Any],
        order: tuple[str, ...] = ("-pk",),
        filters: tuple[str, ...] = (),
    ) -> Response:
        """One page of a list; unknown query parameters are refused."""
        pagination.refuse_unknown(self.request.query_params, filters)
        return Response(pagination.paginate(rows, self.request.query_params, order=order, show=show))


def find(rows: QuerySet[Any] | Prepared[Any], prefix: str, reference: str) -> Any:
    """The row with this reference within `rows`, the caller's scope, or a question that takes its number.

    Raises NotFound for unknown and foreign ones alike.
    """
    number = number_of(reference, prefix)
    if number is None:
        raise errors.NotFound
    found = rows.first(number) if isinstance(rows, Prepared) else rows.filter(pk=number).first()
    if found is None:
        raise errors.NotFound
    return found


def find_by_id(rows: QuerySet[Any], identifier: str) -> Any:
    """The row with this plain id within `rows`. Raises NotFound."""
    well_formed = identifier.isascii() and identifier.isdigit() and len(identifier) <= 18
    found = rows.filter(pk=int(identifier)).first() if well_formed else None
    if found is None:
        raise errors.NotFound
    return found


def actor_of(request: Any) -> Actor:
    """The actor of a DRF or Django request; authentication has put company and position beside the user."""
    visitor = visitor_of(request)
    return visitor.as_person(request.user) if getattr(request.user, "pk", None) else visitor


def visitor_of(request: Any) -> Actor:
    """Whoever it is that calls, before anybody is signed in."""
    return Actor(
        via="api" if request.path_info.startswith("/api/") else "admin" if request.path_info.startswith("/admin/") else "web",
        request_id=request_id(request),
        ip=client_address(request),
    )
