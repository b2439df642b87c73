"""What stands around every page: who is signed in, where one can go, what waits. Template context, read only where it is shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext_lazy as _

from aqad.accounts.models import User
from aqad.core.actor import Actor
from aqad.core.prepared import Prepared
from aqad.core.views import visitor_of
from orders.models import CartItem

Words = str | Promise
MANY = 100

unread_of = Prepared(lambda user_id: User(pk=user_id).notifications.filter(read_at=None).order_by().values("pk")[:MANY])
items_in_cart_of = Prepared(lambda company_id: CartItem.objects.filter(cart__retailer__company_id=company_id).order_by().values("pk"))

# Role and position → where one can go: name of the route, words, icon. Staff work in the admin.
NAVIGATION: dict[str, list[tuple[str, Words, str]]] = {
    "retailer": [
        ("dashboard:dashboard", _("Overview"), "chart"),
        ("catalog:products", _("Products"), "search"),
        ("orders:quick_order", _("Quick order"), "list"),
        ("orders:cart", _("Cart"), "cart"),
        ("orders:orders", _("Orders"), "orders"),
        ("retailers:addresses", _("Addresses"), "pin"),
    ],
    "vendor": [
        ("dashboard:dashboard", _("Overview"), "chart"),
        ("orders:queue", _("Queue"), "clock"),
        ("orders:orders", _("Orders"), "orders"),
        ("catalog:own_products", _("Products"), "box"),
        ("catalog:imports", _("Imports"), "upload"),
        ("vendors:documents", _("Documents"), "document"),
    ],
    "driver": [("deliveries:deliveries", _("Deliveries"), "truck")],
    "dispatcher": [("deliveries:board", _("Board"), "list"), ("deliveries:deliveries", _("Deliveries"), "truck")],
    "staff": [("admin:index", _("Back office"), "building")],
}
FOR_MANAGERS: list[tuple[str, Words, str]] = [
    ("accounts:team", _("People"), "people"),
    ("dashboard:company", _("Company"), "building"),
]
# What stands at the top of every page instead, for everybody.
OWN_PAGES: list[tuple[str, Words, str]] = [
    ("notifications:notifications", _("Notifications"), "bell"),
    ("accounts:account", _("Your account"), "person"),
    ("accounts:change_password", _("Change your password"), "lock"),
]


@dataclass(frozen=True, slots=True)
class Entry:
    url: str
    label: Words
    icon: str
    current: str  # "page" for where one is, "true" for what that belongs to, as aria-current says it


class Shell:
    """Lazy, so that a page that shows none of it asks the database nothing."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @cached_property
    def actor(self) -> Actor:
        user = getattr(self.request, "user", None)
        visitor = visitor_of(self.request)
        return visitor.as_person(user) if getattr(user, "is_authenticated", False) else visitor

    @property
    def person(self) -> Any:
        return self.actor.user

    @property
    def company(self) -> Any:
        return self.actor.company

    @property
    def is_retailer(self) -> bool:
        return self.actor.role == "retailer"

    @cached_property
    def unread(self) -> int:
        """Notifications not read yet, counted no further than a hundred."""
        return unread_of.count(self.actor.user.pk) if self.actor.user else 0

    @cached_property
    def cart_lines(self) -> int:
        return items_in_cart_of.count(self.actor.company_id) if self.is_retailer else 0

    @cached_property
    def navigation(self) -> list[Entry]:
        actor = self.actor
        entries = list(NAVIGATION.get(actor.position if actor.role == "delivery" else actor.role, []))
        if actor.position in {"owner", "dispatcher"}:
            entries += FOR_MANAGERS
        return self._entries(entries)

    @property
    def own_pages(self) -> list[Entry]:
        return self._entries(OWN_PAGES)

    def _entries(self, places: list[tuple[str, Words, str]]) -> list[Entry]:
        here = self.request.path
        urls = [reverse(name) for name, _label, _icon in places]
        nearest = max((url for url in urls if here == url or here.startswith(f"{url}/")), key=len, default="")
        current = {nearest: "page" if here == nearest else "true"}
        return [Entry(url, label, icon, current.get(url, "")) for url, (_name, label, icon) in zip(urls, places, strict=True)]


def shell(request: HttpRequest) -> dict[str, Any]:
    """The context processor."""
    return {"shell": Shell(request)}
