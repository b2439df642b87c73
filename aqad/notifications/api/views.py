"""The bell of whoever is signed in."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from aqad.core.fields import StrictSerializer, WholeNumberField, YesNoField
from aqad.core.schema import page_of
from aqad.core.views import SIGNED_IN, Door
from aqad.notifications import actions
from aqad.notifications.querysets import read_or_not, visible_to

LARGEST_ID = 2**62


class NotificationShown(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    kind = serializers.CharField()
    message = serializers.CharField()
    subject = serializers.CharField()
    url = serializers.CharField()
    created_at = serializers.DateTimeField()
    read_at = serializers.DateTimeField(allow_null=True)


class Read(StrictSerializer):
    ids = serializers.ListField(child=WholeNumberField(max_value=LARGEST_ID), required=False, max_length=1000)
    all = YesNoField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("ids" in attrs) == bool(attrs.get("all")):
            raise serializers.ValidationError({"ids": [_("Give either ids or all.")]})
        return attrs


class ReadCount(serializers.Serializer[Any]):
    read = serializers.IntegerField()


class NotificationDoor(Door):
    roles = {"*": (SIGNED_IN,)}

    @extend_schema(responses=page_of(NotificationShown), parameters=[OpenApiParameter("unread", bool), *page_of.parameters])
    def list(self, request: Request) -> Response:
        """Own notifications, newest first."""
        mine = read_or_not(visible_to(self.actor), request.query_params.get("unread"))
        return self.page(mine, filters=("unread",), show=lambda rows: NotificationShown(rows, many=True).data)

    @extend_schema(request=Read, responses=ReadCount)
    def read_some(self, request: Request) -> Response:
        """Mark own notifications read; ids that are not one's own count for nothing."""
        body = self.read(Read)
        return Response({"read": actions.mark_read(user=self.actor.user, ids=body.get("ids"))})
