"""People and goods for the stack, made straight in its database: `python -m tests.stack.given '{"shops": 2, "on_hand": 500}'`.

Prints what was made as JSON. Staff is staff@aqad.test with AQAD_DEMO_PASSWORD.
"""

from __future__ import annotations

import json
import os
import sys
import uuid
from typing import Any

import django


def make(*, shops: int = 1, products: int = 1, on_hand: int = 100_000) -> dict[str, Any]:
    """A vendor with its products, shops with an address, each with a token that lives fifteen minutes."""
    from aqad.accounts.models import User
    from aqad.core import stored
    from catalog.freshness import SUBJECT
    from tests import cast
    from tests.factories.goods import BrandFactory, CategoryFactory, ProductFactory
    from tests.factories.people import AddressFactory

    mark = uuid.uuid4().hex[:8]
    if not User.objects.filter(email="staff@aqad.test").exists():
        User.objects.create_superuser(email="staff@aqad.test", password=os.environ["AQAD_DEMO_PASSWORD"], name="Staff")
    vendor = cast.member(cast.VendorFactory(company__name=f"Foods {mark}"), email=f"vendor-{mark}@stack.test")
    shelf = {"category": CategoryFactory(slug=f"drinks-{mark}"), "brand": BrandFactory(slug=f"brand-{mark}")}
    goods = [
        ProductFactory(vendor=vendor.of, name=f"Cola {mark} {n}", slug=f"cola-{mark}-{n}", on_hand=on_hand, **shelf)
        for n in range(products)
    ]
    buyers = [
        cast.member(cast.RetailerFactory(company__name=f"Shop {mark} {n}"), email=f"shop-{mark}-{n}@stack.test") for n in range(shops)
    ]
    addresses = [AddressFactory(retailer=buyer.of) for buyer in buyers]
    stored.renew(SUBJECT)
    return {
        "mark": mark,
        "vendor": {"id": vendor.of.reference, "token": token_of(vendor)},
        "products": [product.reference for product in goods],
        "paths": [f"/products/{product.reference}/{product.slug}" for product in goods],
        "shops": [{"token": token_of(buyer), "address": address.pk} for buyer, address in zip(buyers, addresses, strict=True)],
    }


def token_of(person: Any) -> str:
    return str(person.api._credentials["HTTP_AUTHORIZATION"]).removeprefix("Bearer ")


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aqad.settings")
    django.setup()
    print(json.dumps(make(**json.loads(sys.argv[1] if len(sys.argv) > 1 else "{}"))))
