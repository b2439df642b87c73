"""What every page of the back office is built from.

`ReadOnlyState` shows rows without letting anybody write state, money or stock by hand. `ActionButtons` puts buttons on a row's page
that call the same actions as the API:

    @admin.register(Vendor)
    class VendorAdmin(ActionButtons, ReadOnlyState):
        buttons = (
            Button("approve", _("Approve"), reviewing.approve, done=_("Approved."), is_offered=lambda v: v.company.status == "pending"),
            Button("reject", _("Reject"), reviewing.reject, done=_("Rejected."), asks=ReasonBody, is_offered=...),
        )

A button is a POST to an address of its own. Its action is called as `action(row, actor=..., **what the button asks)` in the one
durable transaction, or outside any when `in_transaction` is False (actions that call a gateway). A refusal is shown as a message.
Neither `save_model` nor `response_change` ever changes a state: they run inside a transaction that Django has opened already.

An app says in its `admin.py` what waits for staff (`waits(Wait(...))`), and adds to the pages of an app below it by `extend`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial, wraps
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, cast
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.utils import quote, unquote
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Model, QuerySet
from django.forms import ModelForm
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from aqad.core.errors import StepUpRequired, Words
from aqad.core.fields import StrictSerializer
from aqad.core.handler import as_refusal
from aqad.core.references import number_of
from aqad.core.views import actor_of
from aqad.core.web import is_ours

if TYPE_CHECKING:
    _ModelAdmin = admin.ModelAdmin[Any]
    _TabularInline = admin.TabularInline[Any, Any]
else:
    _ModelAdmin = admin.ModelAdmin
    _TabularInline = admin.TabularInline

NEVER_ASKED = frozenset({"password"})  # columns that no list of the back office is narrowed by


@dataclass(frozen=True, slots=True)
class Wait:
    """Something that waits for AQAD's staff: how many of `model`, and the list of them, which is filtered by `query`."""

    label: Words
    count: Callable[[], int]
    model: type[Model]
    query: Callable[[], str]


_waiting: list[Wait] = []

View = TypeVar("View", bound=Callable[..., Any])


def waits(*what: Wait) -> None:
    """Let the first page of the back office show this to whoever may see the model's list."""
    _waiting.extend(what)


class BackOffice(admin.AdminSite):
    """For AQAD's staff: whoever acts for a company gets nowhere near it."""

    site_header = site_title = "AQAD"
    index_title = _("Back office")

    def has_permission(self, request: HttpRequest) -> bool:
        return super().has_permission(request) and getattr(request.user, "acting_as", None) is None

    def admin_view(self, view: View, cacheable: bool = False) -> View:
        """No database can be asked for a NUL, and Django's lists hand on what they are asked: Http404, as for such a path."""
        inner = super().admin_view(view, cacheable)

        @wraps(inner)
        def asked_plainly(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            if any("\0" in word for _name, words in request.GET.lists() for word in words):
                raise Http404
            return inner(request, *args, **kwargs)

        return cast(View, asked_plainly)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """There is one sign-in page, with the second factor and all limits; whoever is signed in but no staff is told so."""
        wanted = request.GET.get(REDIRECT_FIELD_NAME, "") or reverse(f"{self.name}:index")
        if self.has_permission(request):
            return HttpResponseRedirect(wanted if is_ours(wanted, request) else reverse(f"{self.name}:index"))
        if request.user.is_authenticated:
            raise PermissionDenied
        return HttpResponseRedirect(f"{settings.LOGIN_URL}?{urlencode({'next': wanted})}")

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        seen = [wait for wait in _waiting if self._registry[wait.model].has_view_permission(request)]
        shown = [{"label": wait.label, "count": wait.count(), "url": self._list_of(wait)} for wait in seen]
        return super().index(request, {"waits": shown, **(extra_context or {})})

    def _list_of(self, wait: Wait) -> str:
        opts = wait.model._meta
        return f"{reverse(f'{self.name}:{opts.app_label}_{opts.model_name}_changelist')}?{wait.query()}"


@dataclass(frozen=True, slots=True)
class Button:
    """`name` stands in the address; `asks` (often core.bodies.ReasonBody) is what it asks for; `is_offered` looks at the row's state.

    `starts_with` is what its form holds at first; `is_allowed` looks at the person; one that `leads_away` ends on the list.
    `demands` refuses before anything is done, with StepUpRequired where the person has to prove anew that it is them.
    """

    name: str
    label: Words
    action: Callable[..., Any]
    done: Words
    asks: type[StrictSerializer] | None = None
    is_offered: Callable[[Any], bool] = lambda _row: True
    is_dangerous: bool = False
    in_transaction: bool = True
    starts_with: Callable[[Any], Mapping[str, Any]] = lambda _row: {}
    is_allowed: Callable[[Any], bool] = lambda _person: True
    leads_away: bool = False
    demands: Callable[[HttpRequest], None] = lambda _request: None

    def read(self, form: QueryDict) -> dict[str, Any]:
        """What the person filled in. Raises ValidationError."""
        if self.asks is None:
            return {}
        body = self.asks(data=form)
        body.is_valid(raise_exception=True)
        return dict(body.validated_data)

    def press(self, row: Any, request: HttpRequest) -> None:
        """Call the action; a button of a whole list has no row. Raises whatever it refuses with."""
        of = () if row is None else (row,)
        call = partial(self.action, *of, actor=actor_of(request), **self.read(request.POST))
        if self.in_transaction:
            with transaction.atomic(durable=True):
                call()
        else:
            call()


@dataclass(frozen=True, slots=True)
class Offer:
    """A button with its address and inputs, for a template (`admin/_buttons.html`)."""

    button: Button
    url: str
    row: Any = None

    @property
    def inputs(self) -> list[dict[str, Any]]:
        if self.button.asks is None:
            return []
        prefix = self.url.strip("/").replace("/", "-")
        values = self.button.starts_with(self.row)
        return [{"id": f"{prefix}-{name}", **_input(name, field, values.get(name))} for name, field in self.button.asks().fields.items()]


def offers(buttons: Sequence[Button], row: Any, url_of: Callable[[str], str], *, to: Any = None) -> list[Offer]:
    """The buttons that this row's state offers (to this person); `url_of` makes the address from a button's name."""
    offered = [button for button in buttons if button.is_offered(row) and (to is None or button.is_allowed(to))]
    return [Offer(button, url_of(button.name), row) for button in offered]


def press(request: HttpRequest, buttons: Sequence[Button], name: str, row: Any, *, back: str, away: str = "") -> HttpResponse:
    """Press the named button on `row` and go `back` (or `away`, where the button leads), saying what was done or why not."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    button = next((button for button in buttons if button.name == name), None)
    if button is None:
        raise Http404
    if not button.is_allowed(request.user):
        raise PermissionDenied
    try:
        button.demands(request)
        button.press(row, request)
    except Exception as error:
        refusal = as_refusal(error)
        if refusal is None:
            raise
        if isinstance(refusal, StepUpRequired):
            return HttpResponseRedirect(f"{settings.STEP_UP_URL}?{urlencode({'next': back})}")
        messages.error(request, str(refusal.message))
    else:
        messages.success(request, str(button.done))
        back = away if button.leads_away and away else back
    return HttpResponseRedirect(back)


class ReadOnlyState(_ModelAdmin):
    """Every field is read-only but those named in `editable`; nothing is added here and nothing of value is ever deleted."""

    editable: ClassVar[tuple[str, ...]] = ()
    show_full_result_count = False
    list_per_page = 50

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        stored = [field.name for field in (*self.opts.fields, *self.opts.many_to_many) if field.name not in self.editable]
        return [*stored, *(name for name in super().get_readonly_fields(request, obj) if name not in stored)]

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Django lets a list be narrowed by every column of its own: nobody reads a secret by asking how it begins."""
        return NEVER_ASKED.isdisjoint(lookup.split("__")) and super().lookup_allowed(lookup, value, request)

    def save_model(self, request: HttpRequest, obj: Any, form: ModelForm[Any], change: bool) -> None:
        """Only what was changed in the form is written: the rest of this copy may be out of date by now."""
        written = [name for name in form.changed_data if name in self.editable]
        if written:
            obj.save(update_fields=written)

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        can_save = bool(self.editable)
        saving = {"show_save": can_save, "show_save_and_continue": can_save, "show_save_and_add_another": False}
        return super().changeform_view(request, object_id, form_url, {**saving, **(extra_context or {})})


class ReadOnlyInline(_TabularInline):
    """Rows shown within another's page, and nothing else."""

    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class FoundByReference(_ModelAdmin):
    """The search box also takes references: `references` says which field a prefix leads to, such as {"ORD": "pk"}."""

    references: ClassVar[Mapping[str, str]] = {}

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Any], search_term: str) -> tuple[QuerySet[Any], bool]:
        for prefix, field in self.references.items():
            number = number_of(search_term.strip(), prefix)
            if number:
                return queryset.filter(**{field: number}), False
        return super().get_search_results(request, queryset, search_term)


class ActionButtons(_ModelAdmin):
    """Buttons on a row's page and on the list, each calling an action (see the head of this module)."""

    buttons: ClassVar[Sequence[Button]] = ()
    list_buttons: ClassVar[Sequence[Button]] = ()
    change_form_template = "admin/with_buttons.html"
    change_list_template = "admin/list_with_buttons.html"

    @classmethod
    def extend(cls, *, buttons: Sequence[Button] = (), filters: Sequence[Any] = ()) -> None:
        """What an app above has to add to this page: called while the apps' `admin.py` are read, lower ones first."""
        cls.buttons = (*cls.buttons, *buttons)
        cls.list_filter = (*cls.list_filter, *filters)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("do/<slug:name>", view(self.press_list_view), name=self.url_name("do_list")),
            path("<path:object_id>/do/<slug:name>", view(self.press_view), name=self.url_name("do")),
            *super().get_urls(),
        ]

    def url_name(self, what: str) -> str:
        """`vendors_vendor_do`"""
        return f"{self.opts.app_label}_{self.opts.model_name}_{what}"

    def url_of(self, what: str, *args: Any) -> str:
        return reverse(f"{self.admin_site.name}:{self.url_name(what)}", args=args)

    def find(self, request: HttpRequest, object_id: str, *, change: bool = True) -> Any:
        """The row, for somebody who may change (or at least view) it. Raises Http404, PermissionDenied."""
        row = self.get_object(request, unquote(object_id))
        if row is None:
            raise Http404
        may = self.has_change_permission(request, row) if change else self.has_view_or_change_permission(request, row)
        if not may:
            raise PermissionDenied
        return row

    def press_view(self, request: HttpRequest, object_id: str, name: str) -> HttpResponse:
        row = self.find(request, object_id)
        return press(request, self.buttons, name, row, back=self.page_of(row), away=self.url_of("changelist"))

    def page_of(self, row: Any) -> str:
        """Where the row and its buttons are shown."""
        return self.url_of("change", quote(row.pk))

    def press_list_view(self, request: HttpRequest, name: str) -> HttpResponse:
        if not self.has_change_permission(request):
            raise PermissionDenied
        return press(request, self.list_buttons, name, None, back=self.url_of("changelist"))

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        buttons = self.list_buttons if self.has_change_permission(request) else ()
        offered = offers(buttons, None, lambda name: self.url_of("do_list", name), to=request.user)
        return super().changelist_view(request, {"offers": offered, **(extra_context or {})})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        row = self.get_object(request, unquote(object_id))
        more = self.page_context(request, row) if row is not None and self.has_view_or_change_permission(request, row) else {}
        return super().change_view(request, object_id, form_url, {**more, **(extra_context or {})})

    def page_context(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        """What the row's page shows beside its fields; extend it for panels of your own."""
        if not self.has_change_permission(request, row):
            return {}
        return {"offers": offers(self.buttons, row, lambda name: self.url_of("do", quote(row.pk), name), to=request.user)}


def _input(name: str, field: serializers.Field[Any, Any, Any, Any], value: Any) -> Mapping[str, Any]:
    choices = getattr(field, "choices", None)
    return {
        "name": name,
        "label": field.label or name.replace("_", " ").capitalize(),
        "value": "" if value is None else value,
        "required": field.required,
        "max_length": getattr(field, "max_length", None),
        "choices": list(choices.items()) if choices else [],
        "is_long": getattr(field, "multiline", False),
        "help_text": field.help_text or "",
    }
