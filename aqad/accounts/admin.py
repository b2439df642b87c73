"""Companies and people. What only one kind of company knows is on the page of its Vendor, Retailer or DeliveryPartner."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.auth.models import Group
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from aqad.accounts.actions import hiring, second_factor, stepping_up, users
from aqad.accounts.models import Company, Membership, User
from aqad.accounts.statuses import CompanyStatus
from aqad.audit.querysets import history_of
from aqad.core.admin import ActionButtons, Button, FoundByReference, ReadOnlyInline, ReadOnlyState
from aqad.core.admin_shown import NOTHING, Row, Table, link_to, state_of
from aqad.core.bodies import ReasonBody
from aqad.core.fields import EmailField, PhoneField, StrictSerializer, TextField, YesNoField
from aqad.core.limits import address_key
from aqad.core.references import number_of
from aqad.core.views import actor_of

LATEST = 30
_pages: dict[str, type[Model]] = {}


def knows(
    kind: str, owner: type[Model], *, attribute: str, suspend: Callable[..., Any], reinstate: Callable[..., Any], done: tuple[Any, Any]
) -> None:
    """Called by the app that knows this kind of company: where its own page is, and how it is shut out and let in again."""
    _pages[kind] = owner

    def is_(status: CompanyStatus) -> Callable[[Any], bool]:
        return lambda company: company.kind == kind and company.status == status

    def through(action: Callable[..., Any]) -> Callable[..., Any]:
        return lambda company, **said: action(getattr(company, attribute), **said)

    shut_out, let_in = done
    CompanyAdmin.extend(
        buttons=(
            Button(
                f"suspend-{kind}",
                _("Suspend"),
                through(suspend),
                done=shut_out,
                asks=ReasonBody,
                is_offered=is_(CompanyStatus.ACTIVE),
                is_dangerous=True,
            ),
            Button(f"reinstate-{kind}", _("Reinstate"), through(reinstate), done=let_in, is_offered=is_(CompanyStatus.SUSPENDED)),
        )
    )


def proved(request: HttpRequest) -> None:
    """What a button demands that cannot be taken back: a second factor, where there is one, proved a moment ago."""
    stepping_up.demand(actor_of(request), address=address_key(request))


def people_of(company: Company) -> Table:
    members = company.memberships.select_related("user").order_by("pk")
    rows = [Row([link_to(one.user), one.get_role_display(), one.user.email, one.user.phone]) for one in members]
    return Table(_("People"), [_("Name"), _("Role"), _("E-mail"), _("Phone")], rows)


class OfCompany(FoundByReference):
    """What the page of a Vendor, Retailer or DeliveryPartner shows of its company; the row's query joins it."""

    list_select_related = ("company",)
    of_company = ("number", "name", "state", "reason", "trn", "phone", "registered_at")
    readonly_fields: ClassVar[tuple[str, ...]] = of_company

    @admin.display(description=_("number"), ordering="pk")
    def number(self, row: Any) -> str:
        return str(row.reference)

    @admin.display(description=_("company"), ordering="company__name")
    def name(self, row: Any) -> str:
        return str(row.company.name)

    @admin.display(description=_("status"), ordering="company__status")
    def state(self, row: Any) -> SafeString:
        return state_of(row.company)

    @admin.display(description=_("reason"))
    def reason(self, row: Any) -> str:
        return str(row.company.reason)

    @admin.display(description=_("TRN"))
    def trn(self, row: Any) -> str:
        return str(row.company.trn)

    @admin.display(description=_("phone"))
    def phone(self, row: Any) -> str:
        return str(row.company.phone)

    @admin.display(description=_("registered"), ordering="company__created_at")
    def registered_at(self, row: Any) -> str:
        return formats.date_format(timezone.localtime(row.company.created_at), "DATETIME_FORMAT")


class MembershipInline(ReadOnlyInline):
    model = Membership
    fields = ("user", "role", "created_at")
    verbose_name_plural = _("people")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("user", "company").order_by("pk")


@admin.register(Company)
class CompanyAdmin(ActionButtons, ReadOnlyState):
    list_display = ("reference", "name", "kind", "state", "trn", "phone", "created_at")
    list_display_links = ("reference", "name")
    list_filter = ("kind", "status")
    search_fields = ("name", "reference", "trn", "memberships__user__email")
    search_help_text = _("Name, TRN, e-mail or number (V1001)")
    date_hierarchy = "created_at"
    ordering = ("-pk",)
    fields = ("reference", "own_page", "name", "kind", "state", "reason", "trn", "phone", "created_at")
    readonly_fields = ("own_page", "state")
    inlines = (MembershipInline,)

    @admin.display(description=_("status"), ordering="status")
    def state(self, company: Company) -> SafeString:
        return state_of(company)

    @admin.display(description=_("own page"))
    def own_page(self, company: Company) -> str | SafeString:
        owner, prefix = _pages.get(company.kind), (company.reference or "").rstrip("0123456789")
        number = number_of(company.reference or "", prefix)
        if owner is None or number is None:
            return NOTHING
        url = reverse(f"admin:{owner._meta.app_label}_{owner._meta.model_name}_change", args=[number])
        return format_html('<a href="{}">{}</a>', url, company.get_kind_display())

    def page_context(self, request: HttpRequest, row: Company) -> dict[str, Any]:
        return {**super().page_context(request, row), "events": history_of(row.reference or "")[:LATEST]}


class HiringBody(StrictSerializer):
    name = TextField(label=_("Name"))
    email = EmailField(label=_("E-mail"), help_text=_("A link to choose a password is mailed there."))
    phone = PhoneField(label=_("Phone"), required=False, allow_blank=True, default="")
    group = serializers.SlugRelatedField(
        label=_("Group"),
        slug_field="name",
        queryset=Group.objects.order_by("name"),
        required=False,
        allow_null=True,
        default=None,
        help_text=_("Whose rights this person gets."),
    )
    is_superuser = YesNoField(label=_("All rights (1 or 0)"), default=False)


def _is_superuser(person: Any) -> bool:
    return bool(person.is_superuser)


@admin.register(User)
class UserAdmin(ActionButtons, ReadOnlyState):
    """Nobody's password, rights or state are written here; a colleague is taken on by a superuser."""

    buttons = (
        Button(
            "deactivate",
            _("Deactivate"),
            users.deactivate,
            done=_("This person is shut out, on every device."),
            is_offered=lambda user: user.is_active,
            is_dangerous=True,
        ),
        Button(
            "reactivate",
            _("Reactivate"),
            users.reactivate,
            done=_("This person may sign in again."),
            is_offered=lambda user: not user.is_active,
        ),
        Button(
            "remove-second-factor",
            _("Remove the second factor"),
            second_factor.remove,
            done=_("The second factor is removed; this person signs in with the password alone."),
            is_offered=lambda user: user.has_second_factor,
            is_dangerous=True,
            demands=proved,
        ),
    )
    list_buttons = (
        Button(
            "hire", _("Add a colleague"), hiring.hire, done=_("Added; the link is on its way."), asks=HiringBody, is_allowed=_is_superuser
        ),
    )
    list_display = ("email", "name", "company", "position", "is_active", "is_staff", "last_login", "date_joined")
    list_display_links = ("email", "name")
    list_filter = ("is_active", "is_staff", "membership__company__kind")
    list_select_related = ("membership__company",)
    search_fields = ("email", "name", "phone", "membership__company__name")
    search_help_text = _("E-mail, name, phone or company")
    date_hierarchy = "date_joined"
    ordering = ("-pk",)
    fieldsets = (
        (
            None,
            {
                "fields": (
                    "email",
                    "name",
                    "phone",
                    "language",
                    "company",
                    "position",
                    "is_active",
                    "second_factor_since",
                    "date_joined",
                    "last_login",
                )
            },
        ),
        (_("Rights of AQAD's staff"), {"fields": ("is_staff", "is_superuser", "groups")}),
    )
    readonly_fields = ("company", "position", "second_factor_since")

    @admin.display(description=_("second factor since"))
    def second_factor_since(self, user: User) -> str:
        since = user.second_factor.confirmed_at if user.has_second_factor else None
        return formats.date_format(timezone.localtime(since), "DATETIME_FORMAT") if since else NOTHING

    @admin.display(description=_("company"), ordering="membership__company__name")
    def company(self, user: User) -> str | SafeString:
        return link_to(user.acting_as.company) if user.acting_as else NOTHING

    @admin.display(description=_("role"))
    def position(self, user: User) -> str:
        return user.acting_as.get_role_display() if user.acting_as else NOTHING

    def page_context(self, request: HttpRequest, row: User) -> dict[str, Any]:
        return {**super().page_context(request, row), "events": history_of(f"user:{row.pk}")[:LATEST]}
