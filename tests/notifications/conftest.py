"""A trade in which everybody who might be told has a colleague who may not sign in and a rival who must hear nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from django.db import models

from aqad.accounts.models import EmailChange
from catalog.models import Product, ProductImport
from deliveries.models import Delivery
from orders.models import Order
from payments.models import Payment
from tests import cast
from tests.cast import Person
from tests.factories.deals import an_order
from tests.factories.goods import ProductFactory
from tests.factories.people import UserFactory
from tests.factories.trade import DeliveryFactory
from vendors.models import VendorDocument

NEW_EMAIL = "ahmed@new.test"


@dataclass
class Scene:
    """People by what they are, and the things that events are about."""

    people: dict[str, Person]
    product: Product

    def order(self, **fields: Any) -> Order:
        return an_order(self.people["retailer"].of, self.product, **fields)

    def card_order(self) -> Order:
        return self.order()

    def unpaid_order(self) -> Order:
        return self.order(status="pending_payment")

    def cash_order(self) -> Order:
        return self.order(method="cash_on_delivery")

    def payment(self) -> Payment:
        return self.order().payment

    def delivery(self) -> Delivery:
        driver = self.people["driver"]
        return DeliveryFactory(order=self.order(status="ready"), partner=driver.of, driver=driver.user)

    def vendor(self) -> models.Model:
        return self.people["vendor"].of

    def retailer(self) -> models.Model:
        return self.people["retailer"].of

    def vendor_user(self) -> models.Model:
        return self.people["vendor"].user

    def moving_user(self) -> models.Model:
        """Whose new e-mail waits to be confirmed."""
        user = self.people["vendor"].user
        EmailChange.objects.get_or_create(user=user, defaults={"email": NEW_EMAIL})
        return user

    def document(self) -> VendorDocument:
        paper = {"status": "approved", "expires_on": date(2026, 12, 31), "filename": "a.pdf", "size": 1}
        return VendorDocument.objects.get_or_create(vendor=self.people["vendor"].of, type="trade_license", defaults=paper)[0]

    def an_import(self) -> ProductImport:
        vendor = self.people["vendor"]
        return ProductImport.objects.create(vendor=vendor.of, user=vendor.user, filename="prices.csv", file="imports/x", state="done")


@pytest.fixture
def scene(
    vendor: Person, rival_vendor: Person, retailer: Person, rival_retailer: Person, dispatcher: Person, driver: Person, staff: Person
) -> Scene:
    people = {
        "vendor": vendor,
        "retailer": retailer,
        "dispatcher": dispatcher,
        "driver": driver,
        "staff": staff,
        "rival vendor": rival_vendor,
        "rival retailer": rival_retailer,
        "rival dispatcher": cast.a_partner("SlowTrack"),
        "colleague driver": cast.a_driver(dispatcher.of),
        "nobody's user": Person(UserFactory()),
        "former staff": Person(UserFactory(is_staff=True, is_active=False)),
        **{f"former {who}": cast.member(of.of, is_active=False) for who, of in (("vendor", vendor), ("retailer", retailer))},
        "former dispatcher": cast.member(dispatcher.of, "dispatcher", is_active=False),
    }
    return Scene(people, ProductFactory(vendor=vendor.of))
