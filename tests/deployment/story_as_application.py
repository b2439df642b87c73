"""A day's trade by the application's own role: run as a process of its own, with DATABASE_URL naming that role."""

from __future__ import annotations

import os

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "aqad.settings"
django.setup()

from aqad.audit.actions import work_off  # noqa: E402
from aqad.audit.models import Event, Outbox  # noqa: E402
from aqad.core.invariants import violations  # noqa: E402
from catalog.models import Product  # noqa: E402
from payments.actions import sending  # noqa: E402
from payments.models import Payment  # noqa: E402
from tests import cast  # noqa: E402
from tests.factories.goods import BrandFactory, CategoryFactory  # noqa: E402
from tests.journeys.trade import Carrier, Facts, Shop, an_approved_vendor, said_yes  # noqa: E402
from vendors.models import Vendor  # noqa: E402


def main() -> None:
    staff = cast.a_member_of_staff()
    vendor = an_approved_vendor(staff)
    facts = {"name": "Pepsi 330ml", "category": CategoryFactory().slug, "brand": BrandFactory().slug, "price": "48.00", "quantity": 50}
    product = said_yes(vendor.post("/api/products", facts, format="json"))["id"]
    shop = Shop.registered(1, {"name": "Fresh Mart", "area": "Deira", "emirate": "Dubai"})
    carrier = Carrier.registered(staff)

    delivered = shop.order(product, 3, "card")
    assert said_yes(shop.pay(delivered, "tok_visa"), 200)["status"] == "paid"
    said_yes(vendor.post(f"/api/orders/{delivered['id']}/accept"))
    said_yes(vendor.post(f"/api/orders/{delivered['id']}/ready"))
    delivery = carrier.assigned(delivered)
    for step in ("picked_up", "out_for_delivery"):
        carrier.report(delivery, step)
    carrier.report(delivery, "delivered", recipient_name="Yusuf")

    cancelled: Facts = shop.order(product, 2, "card")
    assert said_yes(shop.pay(cancelled, "tok_visa"), 200)["status"] == "paid"
    said_yes(shop.api.post(f"/api/orders/{cancelled['id']}/cancel", {"reason": "Ordered twice"}, format="json"))
    sending.send_waiting()
    while work_off():
        pass

    assert shop.look(delivered)["status"] == "completed"
    assert Payment.objects.filter(status="refunded").count() == 1
    assert Product.objects.get().stock.on_hand == 47
    assert not Outbox.objects.exists()
    assert {name: rows for name, rows in violations() if rows} == {}
    assert Vendor.objects.get().company.status == "active"
    assert said_yes(shop.api.post("/api/notifications/read", {"all": True}, format="json"))["read"] > 0
    print(Event.objects.count())


main()
