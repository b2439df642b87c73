"""What search engines read beside the page, and the sizes of a picture that browsers choose from."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from aqad.core.rendering import dump
from catalog.models import ProductImage

register = template.Library()
# What could end the script, or begin a comment in it, as JSON writes it too.
ESCAPES = {ord(character): f"\\u{ord(character):04x}" for character in "<>&\u2028\u2029"}


@register.simple_tag(takes_context=True)
def linked_data(context: template.Context, data: Any) -> SafeString:
    """`data` as JSON-LD, in a script that bears the nonce of this answer; only for pages that are not stored."""
    body = mark_safe(dump(data).decode().translate(ESCAPES))  # noqa: S308
    return format_html('<script type="application/ld+json" nonce="{}">{}</script>', context["CSP_NONCE"], body)


@register.filter
def srcset(image: dict[str, Any]) -> str:
    """The addresses of a picture of `catalog.showing` with their widths, the smallest first; the picture alone where it has no others."""
    width, longer = image["width"], max(image["width"], image["height"])
    # A smaller one that is missing bears the address of the next larger.
    widths = {image[name]: round(edge * width / longer) for name, edge in ProductImage.SMALLER.items() if longer > edge}
    sizes = sorted((across, url) for url, across in {**widths, image["url"]: width}.items())
    return ", ".join(f"{url} {across}w" for across, url in sizes if across)
