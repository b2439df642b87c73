"""The whole story by clicking and typing, from registration to the door, with five browsers open at the same time."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tests.browser.site import PASSWORD, Site
from tests.factories import files

if TYPE_CHECKING:  # a machine without a browser collects these tests too
    from tests.browser.visitor import Visitor

VisitorMaker = Callable[..., Any]
PAPER = {"name": "licence.pdf", "mimeType": "application/pdf", "buffer": files.pdf()}
SOON = 20_000  # milliseconds


def test_from_registration_to_the_door(visit: VisitorMaker, site: Site) -> None:
    word = secrets.token_hex(3)
    email, company, goods = f"mona@{word}.test", f"Mona Beverages {word}", f"Karkadeh {word} 250ml"

    vendor, staff, shop = visit(), visit("staff"), visit("retailer", width="phone")
    dispatcher, driver = visit("dispatcher"), visit("driver", width="phone")

    apply_to_sell(vendor, email, company)
    approve(staff, company)
    vendor.go("/sign-in")
    vendor.page.fill("#email", email)
    vendor.page.fill("#password", PASSWORD)
    vendor.press("Sign in")
    vendor.page.wait_for_url("**/dashboard")
    put_on_the_shelf(vendor, goods)

    order = buy(shop, goods)
    vendor.go("/orders/queue")
    vendor.page.get_by_role("main").get_by_text(order).first.wait_for()
    take(vendor, order, "Accept")
    take(vendor, order, "Goods are ready")

    give_to_fasttrack(staff, order)
    delivery = site.api("staff").get(f"/orders/{order}").json()["delivery"]["id"]
    dispatcher.go("/deliveries/board")
    assign(dispatcher, delivery)

    shop.go(f"/orders/{order}")
    carry(driver, delivery)
    shop.page.get_by_role("main").get_by_text("Delivered").first.wait_for(timeout=SOON)  # by itself
    shop.go("/notifications")
    assert order in shop.page.get_by_role("main").inner_text()
    ended = site.api("staff").get(f"/orders/{order}").json()
    assert (ended["status"], ended["payment"]["status"], ended["delivery"]["status"]) == ("completed", "paid", "delivered")
    assert site.api("staff").get(f"/products/{ended['items'][0]['product']}").json()["quantity"] == 400


def apply_to_sell(vendor: Visitor, email: str, company: str) -> None:
    vendor.go("/sell")
    page = vendor.page
    page.fill("#name", "Mona Haddad")
    page.fill("#email", email)
    page.fill("#phone", "050 123 4567")
    page.fill("#password", PASSWORD)
    page.fill("#company_name", company)
    page.set_input_files("#trade_license", PAPER)
    page.set_input_files("#vat_certificate", PAPER)
    page.locator("main form button[type=submit]").last.click()
    page.wait_for_url("**/vendor/application/**")
    assert company in page.get_by_role("main").inner_text()


def approve(staff: Visitor, company: str) -> None:
    staff.go("/admin/vendors/vendor/?company__status__exact=pending")
    staff.page.fill("#searchbar", company)
    staff.page.keyboard.press("Enter")
    staff.page.locator("#result_list tbody a").first.click()
    staff.page.get_by_role("button", name="Approve", exact=True).first.click()
    staff.page.get_by_text("Active").first.wait_for()


def put_on_the_shelf(vendor: Visitor, goods: str) -> None:
    vendor.go("/vendor/products/new")
    page = vendor.page
    page.fill("#name", goods)
    page.select_option("#category", index=3)
    page.fill("#brand", "Mona's")
    page.fill("#price", "48.00")
    page.fill("#quantity", "500")
    vendor.press("Publish")
    page.wait_for_url(re.compile(r"/vendor/products(/P\d+)?$"))
    assert goods in page.content()


def buy(shop: Visitor, goods: str) -> str:
    """100 cartons by card; the order's reference."""
    page = shop.page
    shop.go("/products")
    page.get_by_role("searchbox").last.fill(goods)  # found while one types
    page.wait_for_url("**search=**")
    page.get_by_role("main").get_by_role("link", name=goods, exact=True).first.click()
    page.wait_for_url(re.compile(r"/products/P\d+"))
    page.get_by_role("main").get_by_label(re.compile("Quantity", re.I)).first.fill("100")
    page.get_by_role("main").get_by_role("button", name=re.compile("Add to", re.I)).first.click()
    shop.go("/cart")
    page.get_by_role("link", name="Check out").click()
    page.locator("input[name=payment_method][value=card]").check()
    page.locator("main form button[type=submit]").last.click()
    page.wait_for_url("**/payments/PAY*")
    page.get_by_role("button", name=re.compile("^Pay ")).dblclick()  # an impatient finger
    page.get_by_role("main").get_by_text(re.compile("paid", re.I)).first.wait_for()
    found = re.search(r"ORD\d+", page.get_by_role("main").inner_text())
    assert found
    return found[0]


def take(vendor: Visitor, order: str, step: str) -> None:
    vendor.go(f"/orders/{order}")
    vendor.page.get_by_role("main").get_by_role("button", name=re.compile(f"^{step}")).first.click()
    vendor.page.get_by_role("status").first.wait_for()


def give_to_fasttrack(staff: Visitor, order: str) -> None:
    staff.go(f"/admin/orders/order/{order.removeprefix('ORD')}/change/")
    page = staff.page
    page.locator("summary", has_text="Assign a partner").click()
    page.locator("details[open]").get_by_label("Partner").select_option(label="D3001 FastTrack Logistics")
    page.locator("details[open] button[type=submit]").click()
    page.get_by_text("DEL").first.wait_for()


def assign(dispatcher: Visitor, delivery: str) -> None:
    page = dispatcher.page
    page.get_by_role("main").get_by_label(re.compile(delivery)).first.check()
    page.get_by_role("main").get_by_role("combobox").last.select_option(label="Bilal Hussain")
    dispatcher.press("Assign")
    page.get_by_role("status").first.wait_for()


def carry(driver: Visitor, delivery: str) -> None:
    page = driver.page
    for step in ("Picked up", "Set out"):
        driver.go(f"/deliveries/{delivery}")
        page.get_by_role("main").get_by_role("button", name=re.compile(f"^{step}")).first.dblclick()
        page.get_by_role("status").first.wait_for()
        page.wait_for_load_state()
    driver.go(f"/deliveries/{delivery}")
    page.fill("#recipient_name", "Fatima")
    page.get_by_role("main").get_by_role("button", name=re.compile("^Delivered")).first.click()
    page.wait_for_url(lambda url: url.endswith("/deliveries"))


def test_a_shop_buys_without_javascript(visit: Callable[..., Any], site: Site) -> None:
    shop = visit("retailer", javascript=False)
    page = shop.page
    product = site.things["product"]
    before = site.api("retailer").get(f"/products/{product}").json()["quantity"]
    shop.go(f"/products/{product}")
    page.get_by_role("main").get_by_label(re.compile("Quantity", re.I)).first.fill("10")
    page.get_by_role("main").get_by_role("button", name=re.compile("Add to", re.I)).first.click()
    shop.go("/cart")
    page.get_by_role("link", name="Check out").click()
    page.locator("input[name=payment_method][value=cash_on_delivery]").check()
    page.locator("main form button[type=submit]").last.click()
    page.wait_for_url("**/orders**")
    assert site.api("retailer").get(f"/products/{product}").json()["quantity"] == before - 10
