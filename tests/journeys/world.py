"""Everybody of the cast, and of each kind a thing that belongs to somebody."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Model
from django.test import Client
from rest_framework.test import APIClient

from aqad.accounts.actions.email import token_for
from aqad.accounts.actions.passwords import reset_token_for
from aqad.accounts.models import EmailChange, TokenFamily
from aqad.audit.models import Event
from aqad.core import clock
from aqad.notifications.models import Notification
from catalog.models import ProductImage, ProductImport
from payments.models import BankCharge
from tests import cast
from tests.cast import Person
from tests.factories import files
from tests.factories.deals import an_order
from tests.factories.goods import ProductFactory
from tests.factories.people import AddressFactory, TokenFamilyFactory
from tests.factories.trade import DeliveryFactory, OrderFactory
from tests.vendors.given import document
from vendors.actions.registering import application_url

PROJECT = ("accounts", "retailers", "vendors", "catalog", "orders", "payments", "deliveries", "notifications", "audit")
UNKNOWN = "9999999"
NO_SESSION = "00000000-0000-4000-8000-000000000000"
PICTURES = r"^media/(?P<name>[a-z]+/[0-9a-f]{32}\.webp)$"
Thing = dict[str, str]  # the values of a route's parameters


class World:
    """`people` by name, `things` by name: the parameters under which each is reached, and those of one that is not there."""

    def __init__(self) -> None:
        self.people = _everybody()
        self.things: dict[str, Thing] = {}
        self.unknown: dict[str, Thing] = {}
        self._trade()
        self._companies()
        self._told()
        self._pages()
        self._sessions: dict[str, str] = {}
        for name in self.people:
            self.sign_in(name)

    def sign_in(self, name: str) -> None:
        """Before anything is counted: for the API and in the browser."""
        person, client = self.people[name], Client()
        _ = person.api
        client.force_login(person.user)
        self._sessions[name] = client.cookies[settings.SESSION_COOKIE_NAME].value

    def api(self, name: str) -> APIClient:
        return APIClient() if name == "anonymous" else self.people[name].api

    def browser(self, name: str, **options: Any) -> Client:
        client = Client(**options)
        if name != "anonymous":
            client.cookies[settings.SESSION_COOKIE_NAME] = self._sessions[name]
        return client

    def _add(self, name: str, thing: Thing, **unknown: str) -> None:
        """`unknown` replaces one parameter; else the number of the only one is replaced by one that nothing has."""
        self.things[name] = thing
        self.unknown[name] = {**thing, **unknown} if unknown else {key: _unknown_like(value) for key, value in thing.items()}

    def _trade(self) -> None:
        vendor, retailer, driver = (self.people[name] for name in ("vendor", "retailer", "driver"))
        product = ProductFactory(vendor=vendor.of)
        draft = ProductFactory(vendor=vendor.of, status="draft", name="Pepsi Max 330ml", slug="pepsi-max")
        picture = ContentFile(files.picture("webp"), name=f"{secrets.token_hex(16)}.webp")
        image = ProductImage.objects.create(product=product, file=picture)
        foreign = ProductFactory(vendor=self.people["rival_vendor"].of, name="Cola 330ml", slug="cola")
        self.rival_draft = ProductFactory(vendor=self.people["rival_vendor"].of, status="draft", name="Cola Zero", slug="cola-zero")
        unpaid = an_order(retailer.of, product, status="pending_payment")
        released = OrderFactory(vendor=vendor.of, retailer=retailer.of, status="pending")
        packed = OrderFactory(vendor=vendor.of, retailer=retailer.of, status="ready")
        delivery = DeliveryFactory(order=packed, partner=driver.of, driver=driver.user, proof_content_type="image/webp")
        delivery.proof.save("door.webp", ContentFile(files.picture("webp")))
        self.address = AddressFactory(retailer=retailer.of)
        self.rival_address = AddressFactory(retailer=self.people["rival_retailer"].of)
        self.product, self.packed = product, packed
        for name, row in {"product": product, "draft": draft, "order": released, "packed": packed, "unpaid": unpaid}.items():
            self._add(name, {"reference": row.reference})
        self._add("payment", {"reference": unpaid.payment.reference})
        self._add("taken", {"reference": packed.payment.reference})
        self._add("delivery", {"reference": delivery.reference})
        self._add("address", {"address_id": str(self.address.pk)})
        self._add("image", {"reference": product.reference, "image": str(image.pk)}, image=UNKNOWN)
        self._add("image of another product", {"reference": foreign.reference, "image": str(image.pk)}, image=UNKNOWN)
        self._add("import", {"id": str(ProductImport.objects.create(vendor=vendor.of, user=vendor.user, filename="shelf.csv").pk)})
        self._add("category", {"slug": product.category.slug}, slug="nothing-there")
        self._add("brand", {"slug": product.brand.slug}, slug="nothing-there")

    def _companies(self) -> None:
        vendor, rival = self.people["vendor"].of, self.people["rival_vendor"].of
        # An order's factory looks for the one person of its shop, so that the second comes after it.
        self.people["helper"] = cast.member(self.people["retailer"].of, "member")
        paper, _other = document(vendor), document(rival)
        self._add("document", {"reference": vendor.reference, "document": str(paper.pk)}, document=UNKNOWN)
        self._add("document of another vendor", {"reference": rival.reference, "document": str(paper.pk)}, document=UNKNOWN)
        self._add("vendor", {"reference": vendor.reference})
        self._add("retailer", {"reference": self.people["retailer"].of.reference})
        self._add("partner", {"reference": self.people["dispatcher"].of.reference})
        for name in ("clerk", "helper", "colleague"):
            self._add(name, {"user_id": str(self.people[name].user.pk)})
        self._add("application", {"token": application_url(vendor).rsplit("/", 1)[-1]}, token="forged")
        self._add("reset", {"token": reset_token_for(self.people["vendor"].user)}, token="forged")
        self._add("session", {"session_id": str(TokenFamilyFactory(user=self.people["vendor"].user).pk)}, session_id=NO_SESSION)
        mover = self.people["clerk"].user
        change = EmailChange.objects.create(user=mover, email="clerk@new.test")
        self._add("email", {"token": token_for(mover, change)}, token="forged")
        self._add("gateway", {"gateway": "sandbox"}, gateway="nobody")

    def _told(self) -> None:
        event = Event.objects.create(verb="orders.accepted", subject=self.packed.reference, at=clock.now())
        # A number that stands nowhere else on a page, so that it can be blanked out.
        told = {
            "pk": 7654321,
            "user": self.people["retailer"].user,
            "event": event,
            "kind": "order_accepted",
            "subject": self.packed.reference,
        }
        self._add("notification", {"number": str(Notification.objects.create(url="/orders", message="It was accepted.", **told).pk)})

    def _pages(self) -> None:
        payment, attempt = self.packed.payment, self.packed.payment.attempts.get()
        BankCharge.objects.create(
            key=str(attempt.pk),
            reference="ch_walk",
            token="tok_3ds",
            amount=payment.amount,
            status="requires_action",
            return_url="http://127.0.0.1:8000/",
        )
        self.addresses = {
            "sandbox-bank/<str:reference>": "sandbox-bank/ch_walk",
            "payments/return/<str:reference>": f"payments/return/{payment.reference}?attempt={attempt.pk}",
            "sitemap-products-<int:part>.xml": "sitemap-products-0.xml",
            PICTURES: f"media/{self.product.images.get().file.name}",
        }

    def snapshot(self) -> dict[str, list[Any]]:
        """Every stored row of the project."""
        return {model.__name__: rows_of(model) for label in PROJECT for model in apps.get_app_config(label).get_models()}


def rows_of(model: type[Model]) -> list[Any]:
    """All of them, without when a device was last seen: that is noted every few minutes, whatever is asked for."""
    names = [field.attname for field in model._meta.concrete_fields if (model, field.attname) != (TokenFamily, "seen_at")]
    return list(model._default_manager.order_by("pk").values_list(*names))


@contextmanager
def undone() -> Iterator[None]:
    """What happens inside is rolled back. The doors' durable transactions are allowed in it, as in a test."""
    block: Any = transaction.atomic()
    block._from_testcase = True
    with block:
        yield
        transaction.set_rollback(True)


def _everybody() -> dict[str, Person]:
    vendor, rival_vendor = cast.a_vendor(), cast.a_vendor("Al Noor Trading")
    retailer, rival_retailer = cast.a_retailer(), cast.a_retailer("Corner Grocery")
    dispatcher, rival_dispatcher = cast.a_partner(), cast.a_partner("Desert Express")
    return {
        "vendor": vendor,
        "clerk": cast.member(vendor.of, "member"),
        "rival_vendor": rival_vendor,
        "retailer": retailer,
        "rival_retailer": rival_retailer,
        "driver": cast.a_driver(dispatcher.of),
        "colleague": cast.a_driver(dispatcher.of),
        "dispatcher": dispatcher,
        "rival_dispatcher": rival_dispatcher,
        "staff": cast.a_member_of_staff(),
    }


def _unknown_like(value: str) -> str:
    """`ORD1001` → `ORD9999999`"""
    return value.rstrip("0123456789") + UNKNOWN
