"""Some minutes of trade after `story_as_application`, by the application's own role: an order is paid, and money given back.

Prints what happened as one line of JSON.
"""

from __future__ import annotations

import json
import os

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "aqad.settings"
django.setup()

from aqad.accounts.models import User  # noqa: E402
from aqad.audit.actions import work_off  # noqa: E402
from aqad.retailers.models import Address, Retailer  # noqa: E402
from catalog.models import Product  # noqa: E402
from orders.models import Order  # noqa: E402
from payments.actions import sending  # noqa: E402
from payments.models import BankCharge, BankRefund  # noqa: E402
from tests.cast import Person  # noqa: E402
from tests.journeys.trade import Shop, said_yes  # noqa: E402


def main() -> None:
    retailer = Retailer.objects.get()
    buyer = Person(User.objects.get(membership__company=retailer.company), retailer, "owner")
    shop = Shop(buyer.api, Address.objects.get(retailer=retailer).pk)
    staff = Person(User.objects.get(is_staff=True))
    earlier = Order.objects.filter(status="completed").earliest("pk")

    order = shop.order(Product.objects.get().reference, 4, "card")
    assert said_yes(shop.pay(order, "tok_visa"), 200)["status"] == "paid"
    amends = {"amount": "10.00", "reason": "A carton was crushed"}
    said_yes(staff.api.post(f"/api/payments/{earlier.payment.reference}/refund", amends, format="json"), 200)
    sending.send_waiting()
    while work_off():
        pass
    charge, refund = BankCharge.objects.latest("pk"), BankRefund.objects.latest("pk")
    facts = {"order": order["id"], "total": order["total"], "charge": charge.reference, "refund": refund.reference}
    print(json.dumps({**facts, "payment": earlier.payment.reference}))


main()
