"""The record, to be read and never written; and who still has to hear of what happened."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from aqad.audit import verbs
from aqad.audit.models import Event, EventOrigin, Outbox
from aqad.core.admin import ReadOnlyState
from aqad.core.admin_shown import NOTHING, facts
from aqad.core.references import canonical


class ReadOnly(ReadOnlyState):
    """Not even an own field can be changed."""

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ByVerb(admin.SimpleListFilter):
    """All declared verbs: asking the record which of them occur would read the whole of it."""

    title = _("verb")
    parameter_name = "verb"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(verb, verb) for verb in verbs.declared()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(verb=self.value()) if self.value() else queryset


class ByRole(admin.SimpleListFilter):
    title = _("role")
    parameter_name = "role"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(role, role) for role in ("vendor", "retailer", "delivery", "staff", "system")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(actor_role=self.value()) if self.value() else queryset


@admin.register(Event)
class EventAdmin(ReadOnly):
    list_display = ("at", "text", "verb", "actor_role", "about", "via", "request_id")
    list_display_links = ("at", "text")
    list_filter = (ByRole, ("at", admin.DateFieldListFilter), ByVerb)
    search_fields = ("subject",)
    search_help_text = _("A thing (ORD1001, user:7), an actor (User 7) or the id of a request, in full")
    date_hierarchy = "at"
    ordering = ("-pk",)
    fields = ("at", "text", "verb", "subject", "about", "actor", "actor_role", "via", "request_id", "address", "facts_shown")
    readonly_fields = ("text", "address", "facts_shown")

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Any], search_term: str) -> tuple[QuerySet[Any], bool]:
        """Whole words only, each of which an index answers."""
        wanted = search_term.strip()
        if not wanted:
            return queryset, False
        thing = canonical(wanted) or wanted
        return queryset.filter(Q(subject=thing) | Q(about=thing) | Q(actor=wanted) | Q(request_id=wanted)), False

    @admin.display(description=_("what happened"))
    def text(self, event: Event) -> str:
        return event.text

    @admin.display(description=_("facts"))
    def facts_shown(self, event: Event) -> SafeString:
        return facts(event.facts)

    @admin.display(description=_("from address"))
    def address(self, event: Event) -> str:
        origin = EventOrigin.objects.filter(pk=event.pk).first()
        return origin.ip if origin else NOTHING


@admin.register(Outbox)
class OutboxAdmin(ReadOnly):
    list_display = ("event", "consumer", "attempts", "next_try_at", "leased_until")
    list_filter = ("consumer",)
    list_select_related = ("event",)
    ordering = ("next_try_at", "pk")
