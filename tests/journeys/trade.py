"""A day's trade over HTTP: who does what, through which door. Each step asserts that its door said yes."""

from __future__ import annotations

import csv
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
from django.conf import settings
from rest_framework.test import APIClient

from aqad.core import clock
from payments.gateways import signing
from payments.gateways.sandbox import SIGNATURE_HEADER
from payments.models import BankWebhook
from tests.cast import Person
from tests.factories import files
from tests.factories.people import PASSWORD

SHARED = Path(settings.BASE_DIR).parent / "shared" / "data"
EMIRATES = ["Abu Dhabi", "Dubai", "Sharjah", "Ajman", "Umm Al Quwain", "Ras Al Khaimah", "Fujairah"]
Facts = dict[str, Any]


def groceries() -> tuple[bytes, int]:
    """The file of real products and how many it holds; where it is not, one of the same columns, and a warning that says so."""
    path = SHARED / "uae-groceries.csv"
    if path.exists():
        return path.read_bytes(), 12_948
    warnings.warn(f"NO REAL DATA: {path} is not there, so 300 made-up products are imported instead of 12,948 real ones.", stacklevel=2)
    rows = [f'"Tea No. {n}, loose & fine",{n % 9 + 1}00g,Tea,Black,{n % 40 + 5}.{n % 10}5,' for n in range(300)]
    return "\n".join(["name,pack_size,category,subcategory,price_aed,barcode", *rows]).encode(), 300


def shops(count: int) -> list[Facts]:
    """Real shops from all over the list, of different names; Al Ain is a city of Abu Dhabi, not an emirate."""
    path = SHARED / "uae-stores.csv"
    if path.exists():
        with path.open(encoding="utf-8", newline="") as file:
            rows = list({row["name"]: row for row in csv.DictReader(file) if row["emirate"] in EMIRATES}.values())
    else:
        warnings.warn(f"NO REAL DATA: {path} is not there, so the shops are made up.", stacklevel=2)
        rows = [{"name": f"Corner Shop No. {n} & Sons", "area": f"Block {n}", "emirate": EMIRATES[n % 7]} for n in range(count)]
    return rows[:: len(rows) // count][:count]


def said_yes(answer: Any, *statuses: int) -> Facts:
    assert answer.status_code in (statuses or (200, 201)), (answer.status_code, answer.content[:500])
    return answer.json() if answer.content else {}


def signed_in(email: str, address: str = "10.0.0.1") -> APIClient:
    client = APIClient(REMOTE_ADDR=address)
    access = said_yes(client.post("/api/auth/login", {"email": email, "password": PASSWORD}, format="json"))["access"]
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {access}")
    return client


def an_approved_vendor(staff: Person) -> APIClient:
    """Registers with its papers, is approved by staff, signs in."""
    papers = {"trade_license": files.upload(), "vat_certificate": files.upload(name="vat.pdf")}
    owner = {"name": "Ahmed", "email": "ahmed@foods.test", "phone": "+971501234567", "password": PASSWORD}
    body = {**owner, "company_name": "Ahmed Foods LLC", **papers}
    vendor = said_yes(APIClient().post("/api/vendor/register", body, format="multipart"))
    said_yes(staff.api.post(f"/api/vendors/{vendor['id']}/approve"))
    return signed_in("ahmed@foods.test")


@dataclass
class Shop:
    """A registered retailer with the address to which it orders."""

    api: APIClient
    address: int

    @classmethod
    def registered(cls, number: int, row: Facts) -> Shop:
        owner = {"name": f"Owner {number}", "email": f"shop{number}@stores.test", "phone": "+971501112233", "password": PASSWORD}
        place = {"label": "Shop", "line1": row["area"], "area": row["area"], "emirate": row["emirate"]}
        client = APIClient(REMOTE_ADDR=f"10.0.1.{number}")
        said_yes(client.post("/api/retailer/register", {**owner, "company_name": row["name"], "address": place}, format="json"))
        api = signed_in(owner["email"], f"10.0.1.{number}")
        return cls(api, said_yes(api.get("/api/addresses"))["results"][0]["id"])

    def order(self, product: str, quantity: int, method: str) -> Facts:
        body = {"items": [{"product": product, "quantity": quantity}], "address": self.address, "payment_method": method}
        return said_yes(self.api.post("/api/orders", body, format="json"))

    def pay(self, order: Facts, token: str) -> Any:
        return self.api.post(f"/api/payments/{order['payment']['id']}/confirm", {"token": token}, format="json")

    def payment_of(self, order: Facts) -> Facts:
        return said_yes(self.api.get(f"/api/payments/{order['payment']['id']}"))

    def look(self, order: Facts) -> Facts:
        return said_yes(self.api.get(f"/api/orders/{order['id']}"))


@dataclass
class Carrier:
    """A delivery partner: staff assign it, its driver reports."""

    reference: str
    staff: APIClient
    driver: APIClient

    @classmethod
    def registered(cls, staff: Person) -> Carrier:
        people = [
            {"name": name, "email": f"{role}@fasttrack.test", "phone": "+971502223344", "password": PASSWORD, "role": role}
            for name, role in (("Imran", "driver"), ("Dana", "dispatcher"))
        ]
        body = {"company_name": "FastTrack Logistics", "phone": "+97142223344", "emirates": EMIRATES, "users": people}
        partner = said_yes(staff.api.post("/api/delivery-partners", body, format="json"))
        return cls(partner["id"], staff.api, signed_in("driver@fasttrack.test"))

    def assigned(self, order: Facts) -> str:
        body = {"order": order["id"], "partner": self.reference, "driver": "driver@fasttrack.test"}
        return str(said_yes(self.staff.post("/api/deliveries", body, format="json"))["id"])

    def report(self, delivery: str, status: str, **more: Any) -> None:
        said_yes(self.driver.post(f"/api/deliveries/{delivery}/status", {"status": status, **more}, format="json"))


def post_webhooks() -> None:
    """The sandbox bank's messages arrive at our door, signed, as its post room would send them."""
    for message in BankWebhook.objects.filter(sent_at=None, send_at__lte=clock.now()).select_related("charge"):
        facts = {"id": message.message_id, "kind": message.kind, "charge": message.charge.reference, "key": message.charge.key}
        raw = orjson.dumps(facts)
        signature = signing.sign(raw, secret=settings.SANDBOX_WEBHOOK_SECRET, at=int(clock.now().timestamp()))
        headers = {SIGNATURE_HEADER: signature}
        said_yes(APIClient().post("/api/payments/webhooks/sandbox", raw, content_type="application/json", headers=headers))
        message.sent_at = clock.now()
        message.save(update_fields=["sent_at"])
