"""What templates say again and again: a field with its label and errors, an icon, money, where something stands."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timesince import timesince
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from aqad.core import clock
from aqad.core.fields import EMIRATES, FORM_KEY

register = template.Library()

# What a state means to whoever looks at it: done, somebody's turn, gone wrong, on its way.
_TONES = {
    "good": {"active", "approved", "paid", "completed", "delivered", "published", "done", "succeeded"},
    "wait": {"pending", "pending_payment", "unpaid", "processing", "requires_action", "queued", "assigned", "attempt_failed", "draft"},
    "bad": {"failed", "cancelled", "rejected", "suspended", "returned", "expired", "taken_down"},
    "info": {"ready", "picked_up", "out_for_delivery", "running", "partially_refunded", "refunded"},
}
TONES = {code: tone for tone, codes in _TONES.items() for code in codes}


@register.simple_tag
def icon(name: str) -> SafeString:
    """A picture from the sprite, for eyes only: the words stand beside it."""
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}#{}"></use></svg>', static("icons/sprite.svg"), name)


@register.simple_tag
def status(code: str, label: str) -> SafeString:
    """Where something stands, in words on a tint."""
    return format_html('<span class="status {}">{}</span>', TONES.get(code, ""), label)


@register.filter
def aed(amount: Decimal | str | None) -> SafeString:
    """`AED 5,040.00`, kept on one line and in one reading direction."""
    return format_html('<bdi class="money">AED&nbsp;{}</bdi>', f"{Decimal(amount or 0):,.2f}")


@register.filter
def grouped(number: int | str | None) -> str:
    """`12,948`; nothing for none."""
    return "" if number in (None, "") else f"{number:,}"


@register.filter(expects_localtime=True)
def moment(at: datetime | None, style: str = "j M Y, H:i") -> SafeString:
    """`22 Nov 2026, 14:30`, in Django's letters for dates, and the exact moment for machines; nothing for none."""
    if at is None:
        return SafeString("")
    words = _in_words(at.replace(microsecond=0, tzinfo=None), style, get_language())
    return format_html('<time datetime="{}">{}</time>', at.isoformat(), words)


@register.filter
def signed(change: int) -> str:
    """`+5`, `−2` with a true minus; nothing for 0."""
    return f"{change:+,}".replace("-", "\u2212") if change else ""


@register.filter
def age(moment: datetime) -> str:
    """How long ago `moment` was, in its largest unit: `3 hours`."""
    return _span(clock.now() - moment)


@register.filter
def left(moment: datetime) -> str:
    """How long it is until `moment`, in its two largest units: `1 day, 4 hours`; empty once it has passed."""
    span = moment - clock.now()
    return _span(span, depth=2) if span > timedelta(0) else ""


@register.simple_tag
def idempotency_key() -> SafeString:
    """A hidden field by which a form that is sent twice takes effect once."""
    return format_html('<input type="hidden" name="{}" value="{}">', FORM_KEY, uuid.uuid4())


@register.simple_tag
def emirates() -> list[tuple[str, Any]]:
    """The options of a select: nothing chosen yet, then the seven."""
    return [("", _("Choose an emirate")), *((name, name) for name in EMIRATES)]


@register.filter
def anchor(name: str) -> str:
    """The id of the field that an error is about: `address.line1` → `address-line1`."""
    return name.replace(".", "-")


@register.inclusion_tag("components/field.html", takes_context=True)
def field(context: template.Context, name: str, label: str, **given: Any) -> dict[str, Any]:
    """A labelled field with hint and errors, keeping what was typed.

    `type` is an input's, or textarea, select (with `options`: pairs of value and label) or checkbox. Whatever else is given
    (`required`, `autocomplete`, `inputmode`, `min`, `accept`, `capture`, ...) is the HTML attribute of that name; `value` counts until
    something was typed. A file that was sent must be chosen again, and the field says so.
    """
    typed, errors = context.get("typed"), context.get("errors") or {}
    kind, hint = given.pop("type", "text"), given.pop("hint", "")
    value, options = given.pop("value", ""), given.pop("options", ())
    if typed is not None and kind not in {"file", "password"}:
        value = typed.get(name, "")
    if isinstance(value, float | Decimal):
        value = str(value)  # as the form is read, whatever the language writes
    key = given.pop("id", anchor(name))
    wrong = errors.get(name, [])
    again = getattr(typed.get(name), "name", "") if typed is not None and kind == "file" and not wrong else ""
    described = [f"{key}-hint"] * bool(hint) + [f"{key}-wrong"] * bool(wrong) + [f"{key}-again"] * bool(again)
    return {
        "name": name,
        "id": key,
        "label": label,
        "type": kind,
        "value": "" if value is None else value,
        "options": [(str(code), words, str(code) == str(value)) for code, words in options],
        "hint": hint,
        "wrong": wrong,
        "again": again,
        "described": " ".join(described),
        "attributes": {attribute: shown for attribute, shown in given.items() if shown not in (False, None, "")},
    }


@lru_cache(maxsize=4096)
def _in_words(at: datetime, style: str, _language: str | None) -> str:
    """Said of the same order again and again."""
    return date_format(at, style)


def _span(span: timedelta, depth: int = 1) -> str:
    if span < timedelta(minutes=1):
        return _("less than a minute")
    if span < timedelta(weeks=4):  # shorter than any month, so that it does not matter when it was
        return _span_in_words(span // timedelta(minutes=1), depth, get_language())
    now = clock.now()
    return timesince(now - span, now=now, depth=depth)


@lru_cache(maxsize=4096)
def _span_in_words(minutes: int, depth: int, _language: str | None) -> str:
    now = clock.now()
    return timesince(now - timedelta(minutes=minutes), now=now, depth=depth)
