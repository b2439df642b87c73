"""What people were told, in the app and by mail, whether it went out, and the mail folder where there is no mail server."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.clickjacking import xframe_options_sameorigin

from aqad.core import clock
from aqad.core.admin import ActionButtons, ReadOnlyState, Wait, waits
from aqad.core.errors import NotFound
from aqad.notifications import letters, mail_folder, samples
from aqad.notifications.models import Mail, Notification
from aqad.notifications.samples import Sample

# A mail in its frame: its own style attributes, and nothing that runs, loads, sends or is framed elsewhere.
MAIL_POLICY = {"default-src": [NONE], "style-src": [UNSAFE_INLINE], "sandbox": [], "frame-ancestors": [SELF]}


def failing() -> QuerySet[Mail]:
    """Mails that were tried in vain, to be tried again."""
    return Mail.objects.filter(sent_at=None, given_up_at=None, tries__gt=0)


def refused() -> QuerySet[Mail]:
    """Mails whose server refused them for good: the address is wrong."""
    return Mail.objects.filter(sent_at=None, given_up_at__isnull=False)


def refused_lately() -> int:
    return refused().filter(given_up_at__gte=clock.now() - timedelta(days=7)).count()


waits(Wait(_("mails that could not be sent yet"), lambda: failing().count(), Mail, lambda: "delivery=failing"))
waits(Wait(_("mails refused for good this week"), refused_lately, Mail, lambda: "delivery=refused"))


def framed(view: Any) -> Any:
    """`view` may stand in a frame on our own pages, under the mails' own policy."""
    return csp(MAIL_POLICY)(xframe_options_sameorigin(view))


class ReadFilter(admin.EmptyFieldListFilter):
    def choices(self, changelist: Any) -> Any:
        words = [_("All"), _("Unread"), _("Read")]
        return ({**choice, "display": word} for choice, word in zip(super().choices(changelist), words, strict=True))


@admin.register(Notification)
class NotificationAdmin(ReadOnlyState):
    list_display = ("created_at", "user", "kind", "subject", "message", "read_at")
    list_filter = (("read_at", ReadFilter),)
    list_select_related = ("user",)
    search_fields = ("user__email", "=subject", "=kind")
    search_help_text = _("E-mail, thing (ORD1001) or kind")
    date_hierarchy = "created_at"
    ordering = ("-pk",)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class DeliveryState(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "delivery"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("sent", _("Sent")),
            ("waiting", _("Waiting")),
            ("failing", _("Failed, to be tried again")),
            ("refused", _("Refused for good")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "sent":
            return queryset.filter(sent_at__isnull=False)
        if self.value() == "waiting":
            return queryset.filter(sent_at=None, tries=0)
        chosen = {"failing": failing, "refused": refused}.get(self.value() or "")
        return queryset & chosen() if chosen else queryset


@admin.register(Mail)
class MailAdmin(ActionButtons, ReadOnlyState):
    change_list_template = "admin/notifications/mail/change_list.html"
    list_display = ("created_at", "recipient", "kind", "title", "state", "tries", "problem", "sent_at")
    list_filter = (DeliveryState,)
    search_fields = ("recipient", "subject", "=kind", "=message_id")
    search_help_text = _("E-mail, subject, kind or Message-ID")
    date_hierarchy = "created_at"
    ordering = ("-pk",)
    fieldsets = (
        (None, {"fields": ("recipient", "user", "kind", "title", "preview")}),
        (_("On its way"), {"fields": ("state", "tries", "problem", "next_try_at", "given_up_at", "created_at", "sent_at", "message_id")}),
    )
    readonly_fields = ("title", "state", "preview")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=_("subject"), ordering="subject")
    def title(self, mail: Mail) -> str:
        return mail.subject

    @admin.display(description=_("state"))
    def state(self, mail: Mail) -> SafeString:
        if mail.sent_at:
            return format_html('<span class="state sent">{}</span>', gettext("Sent"))
        if mail.given_up_at:
            return format_html('<span class="state failed">{}</span>', gettext("Refused for good"))
        if mail.tries:
            return format_html('<span class="state failed">{}</span>', gettext("Failed, to be tried again"))
        return format_html('<span class="state waiting">{}</span>', gettext("Waiting"))

    @admin.display(description=_("text"))
    def preview(self, mail: Mail) -> SafeString:
        return format_html('<pre class="letter">{}</pre>', letters.without_secrets(mail.text))

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("folder", view(self.folder_view), name=self.url_name("folder")),
            path("folder/<str:name>", view(self.letter_view), name=self.url_name("letter")),
            path("samples", view(self.samples_view), name=self.url_name("samples")),
            path("samples/<str:verb>/<int:number>", view(self.sample_view), name=self.url_name("sample")),
            path("samples/<str:verb>/<int:number>/mail", view(framed(self.sample_mail_view)), name=self.url_name("sample_mail")),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        has_folder = mail_folder.is_used() and self.may_read_folder(request)
        return super().changelist_view(request, {"has_folder": has_folder, **(extra_context or {})})

    def may_read_folder(self, request: HttpRequest) -> bool:
        """Mails hold links that let their reader choose a password: they are for those who have every right anyway."""
        return bool(request.user.is_superuser)

    def folder_view(self, request: HttpRequest) -> TemplateResponse:
        return self._folder_page(request, "folder", _("Mail folder"), letters=mail_folder.newest())

    def letter_view(self, request: HttpRequest, name: str) -> TemplateResponse:
        letter = mail_folder.letter(name)
        if letter is None:
            raise Http404
        return self._folder_page(request, "letter", letter.subject, letter=letter)

    def samples_view(self, request: HttpRequest) -> TemplateResponse:
        self._refuse_strangers(request)
        return self._page(request, "samples", _("What people are told"), samples=samples.every())

    def sample_view(self, request: HttpRequest, verb: str, number: int) -> TemplateResponse:
        sample = self._sample(request, verb, number)
        return self._page(request, "sample", sample.letter.subject if sample.letter else sample.message, sample=sample)

    def sample_mail_view(self, request: HttpRequest, verb: str, number: int) -> HttpResponse:
        """The mail's HTML alone, as its reader would see it."""
        letter = self._sample(request, verb, number).letter
        if letter is None:
            raise Http404
        return HttpResponse(letter.html)

    def _sample(self, request: HttpRequest, verb: str, number: int) -> Sample:
        self._refuse_strangers(request)
        try:
            return samples.one(verb, number)
        except NotFound as error:
            raise Http404 from error

    def _refuse_strangers(self, request: HttpRequest) -> None:
        if not self.has_view_permission(request):
            raise PermissionDenied

    def _folder_page(self, request: HttpRequest, template: str, title: Any, **shown: Any) -> TemplateResponse:
        if not self.may_read_folder(request):
            raise PermissionDenied
        if not mail_folder.is_used():
            raise Http404
        return self._page(request, template, title, **shown)

    def _page(self, request: HttpRequest, template: str, title: Any, **shown: Any) -> TemplateResponse:
        context = {**self.admin_site.each_context(request), "title": title, "opts": self.opts, **shown}
        return TemplateResponse(request, f"admin/notifications/mail/{template}.html", context)
