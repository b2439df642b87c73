"""What the tests of the back office start from."""

from __future__ import annotations

import re
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from aqad.audit.actions import record
from aqad.audit.models import Event
from aqad.core import clock
from aqad.notifications.models import Mail, Notification
from catalog.models import FailedRow, ProductImage, ProductImport
from payments.models import GatewayMessage, PaymentAttempt, Refund
from tests import cast
from tests.cast import Person
from tests.factories.goods import BrandFactory, CategoryFactory, ProductFactory
from tests.factories.people import AddressFactory
from tests.factories.trade import DeliveryFactory, OrderFactory


def browser_of(person: Person, *, checks_csrf: bool = False) -> Client:
    client = Client(enforce_csrf_checks=checks_csrf)
    client.force_login(person.user)
    return client


def words(response: Any) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


def a_trade(number: int) -> dict[str, Any]:
    """One of everything that the back office lists; the rows of one trade belong together."""
    vendor, retailer = cast.a_vendor(f"Vendor {number}"), cast.a_retailer(f"Retailer {number}")
    dispatcher = cast.a_partner(f"Partner {number}")
    driver = cast.a_driver(dispatcher.of)
    address = AddressFactory(retailer=retailer.of)
    category = CategoryFactory(name=f"Category {number}", slug=f"category-{number}", parent=CategoryFactory(name="Top", slug="top"))
    brand = BrandFactory(name=f"Brand {number}", slug=f"brand-{number}")
    product = ProductFactory(vendor=vendor.of, category=category, brand=brand, name=f"Product {number}")
    order = OrderFactory(vendor=vendor.of, retailer=retailer.of, placed_by=retailer.user)
    delivery = DeliveryFactory(order=order, partner=dispatcher.of, driver=driver.user)
    attempt = order.payment.attempts.get()
    refund = Refund.objects.create(payment=order.payment, attempt=attempt, amount="10.00", reason="Damaged", part=order.reference)
    imported = ProductImport.objects.create(vendor=vendor.of, user=vendor.user, filename=f"list-{number}.csv")
    message = GatewayMessage.objects.create(gateway="sandbox", message_id=f"evt_{number}", kind="charge.succeeded")
    record("orders.placed", order, retailer.actor, lines=1)
    event = Event.objects.latest("pk")
    told = {"user": retailer.user, "event": event, "kind": "order_placed"}
    notification = Notification.objects.create(subject=order.reference, message="Your order was placed.", **told)
    mail = a_mail(retailer, event=event, message_id=f"<event-{number}@aqad.test>")
    rows = {"vendor": vendor.of, "retailer": retailer.of, "partner": dispatcher.of, "address": address, "category": category}
    rows |= {"brand": brand, "product": product, "order": order, "payment": order.payment, "delivery": delivery, "refund": refund}
    rows |= {"import": imported, "message": message, "event": event, "notification": notification, "mail": mail}
    return {**rows, "company": vendor.company, "user": retailer.user}


def more_of(rows: dict[str, Any], number: int) -> None:
    """More children of a trade's rows."""
    paying = rows["payment"].attempts.get(status="succeeded")
    PaymentAttempt.objects.create(payment=rows["payment"], status="failed", amount="5.00", token="tok_visa", gateway="sandbox")
    Refund.objects.create(payment=rows["payment"], attempt=paying, amount="1.00", reason="Short")
    AddressFactory(retailer=rows["retailer"])
    FailedRow.objects.create(product_import=rows["import"], number=number, cells={}, reason="No price")
    ProductImage.objects.bulk_create(
        [ProductImage(product=rows["product"], file=f"products/{number}.webp", position=number, width=1, height=1)]
    )
    rows["delivery"].steps.create(status="assigned", at=clock.now())
    CategoryFactory(name=f"Below {number}", slug=f"below-{number}", parent=rows["category"])
    for owner, position in (("vendor", "member"), ("retailer", "member"), ("partner", "driver")):
        cast.member(rows[owner], position)
    line = rows["order"].lines.first()
    line.pk, line.product = None, ProductFactory(vendor=rows["vendor"], category=rows["category"], brand=rows["brand"])
    line.save()
    record("orders.paid", rows["order"], cast.Person(rows["user"]).actor)


def a_mail(person: Person, **fields: Any) -> Mail:
    given = {"kind": "order_placed", "subject": "Order placed", "text": "Your order was placed.", "message_id": "<one@aqad.test>"}
    return Mail.objects.create(user=person.user, recipient=person.user.email, **{**given, **fields})


def queries_of(browser: Client, path: str) -> int:
    browser.get(path)
    with CaptureQueriesContext(
        connection,
    ) as captured:
        answer = browser.get(path)
    assert answer.status_code == 200, path
    return len(captured)
