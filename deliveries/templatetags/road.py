"""What pages about the road say again and again: where that is on a map, how much is to be carried."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import template
from django.utils.translation import ngettext

register = template.Library()
MAP = "https://www.google.com/maps/search/"


@register.filter
def map_url(place: dict[str, Any]) -> str:
    """A plain link to the place of a delivery on a map that every phone knows: by coordinates, else by the address in words."""
    if place.get("latitude") is not None and place.get("longitude") is not None:
        wanted = f"{place['latitude']},{place['longitude']}"
    else:
        address = place["address"]
        wanted = ", ".join(part for part in (address["line1"], address["area"], address["emirate"], "United Arab Emirates") if part)
    return f"{MAP}?{urlencode({'api': 1, 'query': wanted})}"


@register.filter
def load(items: list[dict[str, Any]]) -> str:
    """How much is to be carried: `120 cartons`; `units` where not all of it comes in cartons."""
    quantity = sum(item["quantity"] for item in items)
    if all(item["unit"] == "carton" for item in items):
        return ngettext("%(quantity)s carton", "%(quantity)s cartons", quantity) % {"quantity": f"{quantity:,}"}
    return ngettext("%(quantity)s unit", "%(quantity)s units", quantity) % {"quantity": f"{quantity:,}"}
