"""What the others do while somebody is at a browser, through the API, and what the post brings."""

from __future__ import annotations

import re
import secrets
from typing import TYPE_CHECKING, Any

from tests.browser.site import PASSWORD, Site
from tests.factories import files

if TYPE_CHECKING:
    from tests.browser.visitor import Visitor

DUBAI = {"label": "Main branch", "line1": "Shop 4, Al Rigga Road", "area": "Deira", "emirate": "Dubai"}


def does(site: Site, who: str, method: str, path: str, **sent: Any) -> Any:
    """Somebody's call of the API, which must succeed; what it answers."""
    answer = site.api(who).request(method, path, **sent)
    assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text[:300]}"
    return answer.json() if answer.content else None


def shop_opens(site: Site) -> str:
    """A new shop in Dubai; the e-mail of its owner."""
    word = secrets.token_hex(3)
    about = {"name": "Huda Saleh", "email": f"huda@{word}.test", "phone": "050 765 4321", "password": PASSWORD}
    does(site, "staff", "POST", "/retailer/register", json={**about, "company_name": f"Huda Stores {word}", "address": DUBAI})
    return about["email"]


def vendor_opens(site: Site) -> str:
    """A new vendor whom staff have approved; the e-mail of its owner."""
    word = secrets.token_hex(3)
    about = {"name": "Nabil Aziz", "email": f"nabil@{word}.test", "phone": "050 246 8101", "password": PASSWORD}
    papers = {kind: (f"{kind}.pdf", files.pdf(), "application/pdf") for kind in ("trade_license", "vat_certificate")}
    made = does(site, "staff", "POST", "/vendor/register", data={**about, "company_name": f"Nabil Trading {word}"}, files=papers)
    does(site, "staff", "POST", f"/vendors/{made['id']}/approve")
    return about["email"]


def product_of(site: Site, vendor: str, **about: Any) -> str:
    """Another product on the vendor's shelf, 500 cartons at AED 48.00 unless told otherwise; its reference."""
    goods = {"name": f"Sidr honey {secrets.token_hex(3)}", "price": "48.00", "quantity": 500, "brand": "langnese", "category": "jams-honey"}
    return str(does(site, vendor, "POST", "/products", json={**goods, **about})["id"])


def order_of(site: Site, shop: str, *, method: str = "cash_on_delivery") -> str:
    """The shop orders 10 cartons of what Ahmed Foods has just received, AED 504.00 with VAT; the order's reference."""
    product = site.things["product"]
    does(site, "vendor", "POST", f"/products/{product}/stock", json={"change": 10, "reason": "Delivery came in"})
    address = site.results(shop, "/addresses")[0]["id"]
    body = {"items": [{"product": product, "quantity": 10}], "address": address, "payment_method": method}
    return str(does(site, shop, "POST", "/orders", json=body)["id"])


def make_ready(site: Site, vendor: str, order: str) -> None:
    for step in ("accept", "ready"):
        does(site, vendor, "POST", f"/orders/{order}/{step}")


def give_to_fasttrack(site: Site, order: str, driver: str | None = None) -> str:
    """Staff assign the order to FastTrack, and to one of its drivers if told; the delivery's reference."""
    body = {"order": order, "partner": "D3001"} | ({"driver": driver} if driver else {})
    return str(does(site, "staff", "POST", "/deliveries", json=body)["id"])


def link_mailed_to(staff: Visitor, email: str) -> str:
    """The link in the newest mail to somebody, as staff read it in the mail folder of a demo without a mail server."""
    staff.go("/admin/notifications/mail/folder")
    staff.page.get_by_role("row").filter(has_text=email).first.get_by_role("link").click()
    found = re.search(r"https?://\S+", staff.page.locator("pre.letter").inner_text())
    assert found, "there is no link in the mail"
    return found[0]
