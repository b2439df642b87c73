"""A shop's journey: from the open account over a cart of two vendors to the order that moves, and everything around it."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from typing import Any

from tests.browser import meanwhile, trade
from tests.browser.site import PASSWORD, Site

Visit = Callable[..., Any]
LATER, LAST = "Karama-Carton-25", "Deira-Carton-26"


def test_opens_an_account_and_buys_from_two_vendors(visit: Visit, site: Site, width: str) -> None:
    word = secrets.token_hex(3)
    email, other = f"huda@{word}.test", meanwhile.vendor_opens(site)
    honey = meanwhile.product_of(site, other, name=f"Sidr honey {word}")
    shop = visit(width=width)
    page, main = shop.page, shop.main
    page.clock.install()

    shop.go("/join")
    main.get_by_label("Your name").fill("Huda Saleh")
    main.get_by_label("E-mail").fill(email)
    main.get_by_label("Phone").fill("050")
    main.get_by_label("Password").fill(PASSWORD)
    main.get_by_label("Name of the company").fill(f"Huda Stores {word}")
    shop.press("Open the account")
    main.get_by_role("alert").wait_for()
    assert main.get_by_label("E-mail").input_value() == email
    main.get_by_label("Phone").fill("050 765 4321")
    main.get_by_label("Password").fill(PASSWORD)
    shop.press("Open the account")
    page.wait_for_url("**/dashboard")
    shop.told("Welcome to AQAD")

    # What she looks for stands in the address, and the back button leads back to it.
    shop.go("/products")
    trade.find(shop, "pepsi 330ml")
    main.get_by_role("link", name="Pepsi 330ml", exact=True).wait_for()
    if width == "phone":
        main.locator("summary", has_text="Filters").click()
    main.get_by_label("Up to").fill("40")
    main.get_by_label("Up to").press("Tab")
    page.wait_for_url("**max_price=40**")
    main.get_by_role("link", name="Pepsi 330ml", exact=True).wait_for(state="detached")
    page.go_back()
    main.get_by_role("link", name="Pepsi 330ml", exact=True).wait_for()
    assert "max_price" not in page.url
    main.get_by_role("link", name="Pepsi 330ml", exact=True).click()
    trade.put_into_the_cart(shop, 2)

    # Ahmed Foods takes no order below AED 250.00.
    shop.go(f"/products/{honey}")
    trade.put_into_the_cart(shop, 3)
    shop.go("/cart")
    main.get_by_text("Before you can check out:").wait_for()
    assert re.search(r"AED\s154\.00 more to order from Ahmed Foods LLC", main.inner_text())
    main.get_by_label("Quantity of Pepsi 330ml").fill("5")
    main.get_by_label("Quantity of Pepsi 330ml").press("Tab")
    main.get_by_text(re.compile(r"AED\s10\.00")).first.wait_for()
    main.get_by_role("button", name="More of Pepsi 330ml").click()
    main.get_by_role("link", name="Check out").click()

    main.get_by_text("You have no address yet.").wait_for()
    main.get_by_role("link", name="Add an address").click()
    main.get_by_label("What you call this place").fill("Main store")
    main.get_by_label("Street and building").fill("Shop 4, Al Rigga Road")
    main.get_by_label("Emirate").select_option(label="Dubai")
    shop.press("Add the address")
    page.wait_for_url("**/checkout")

    # The bank refuses; one click, and everything is back.
    main.get_by_role("button", name=re.compile("^Place order")).click()
    page.wait_for_url("**/payments/PAY*")
    trade.pay(shop, "tok_declined")
    shop.press("Put everything back into the cart")
    page.wait_for_url("**/cart")
    assert main.get_by_label("Quantity of Pepsi 330ml").input_value() == "6"
    assert main.get_by_label(f"Quantity of Sidr honey {word}").input_value() == "3"
    trade.check_out(shop, "card")
    trade.pay(shop, "tok_3ds")
    trade.approve_at_the_bank(shop)
    main.get_by_text("The 2 vendors have your orders.").wait_for()

    # Her order moves under her eyes.
    order = next(one["id"] for one in site.results(email, "/orders?status=pending") if one["vendor"]["name"] == "Ahmed Foods LLC")
    main.get_by_role("link", name=order).click()
    main.get_by_text("Waiting for the vendor").wait_for()
    meanwhile.make_ready(site, "vendor", order)
    page.clock.fast_forward("00:06")
    main.get_by_text("Ready for pick-up").wait_for()
    main.get_by_role("link", name="Delivery note").click()
    page.get_by_role("heading", name="Delivery note").wait_for()
    page.emulate_media(media="print")
    assert not page.get_by_role("button", name="Print").is_visible()
    assert order in main.inner_text()


def test_orders_from_a_list_cancels_and_orders_again(visit: Visit, site: Site, width: str) -> None:
    shop = visit(meanwhile.shop_opens(site), width=width)
    page, main = shop.page, shop.main
    product = site.things["product"]
    before = meanwhile.does(site, "staff", "GET", f"/products/{product}")["quantity"]
    listed = meanwhile.does(site, "vendor", "GET", "/vendor/products?status=published&limit=100")["results"]
    first = next(one["sku"] for one in listed if one["id"] == product)
    second = next(
        one["sku"]
        for one in listed
        if one["id"] != product and one["quantity"] > 40 and one["min_order_quantity"] == 1 == one["order_multiple"]
    )

    shop.go("/quick-order")
    main.get_by_label("One product a line").fill(f"{first} 6\nno such code 4\n{second}, many")
    shop.press("Check the list")
    main.get_by_role("heading", name="2 lines were not understood").wait_for()
    main.get_by_role("heading", name="1 line was understood").wait_for()
    main.get_by_label("One product a line").fill(f"{first} 6\n{second}, 4")
    shop.press("Check again")
    main.get_by_role("heading", name="2 lines were understood").wait_for()
    shop.press("Put into the cart")
    page.wait_for_url("**/cart")
    trade.check_out(shop, "cash_on_delivery")
    shop.told()
    assert meanwhile.does(site, "staff", "GET", f"/products/{product}")["quantity"] < before

    order = re.search(r"ORD\d+", main.inner_text())[0]  # type: ignore[index]
    shop.go(f"/orders/{order}")
    main.locator("summary", has_text="Cancel").click()
    main.get_by_text("This cannot be undone.").wait_for()
    main.get_by_label("Why? (optional; the vendor reads this)").fill("Ordered twice.")
    shop.press("Yes, cancel it")
    shop.told(f"{order} is cancelled")
    assert meanwhile.does(site, "staff", "GET", f"/products/{product}")["quantity"] == before
    shop.press("Order again")
    page.wait_for_url("**/cart")
    assert main.get_by_label(re.compile("^Quantity of")).count() == 2
    main.locator("summary", has_text="Empty the cart").click()
    main.get_by_text("This cannot be undone.").wait_for()
    shop.press("Yes, empty it")
    main.get_by_text("Your cart is empty", exact=True).wait_for()


def test_changes_the_password_and_forgets_it(visit: Visit, site: Site) -> None:
    email = meanwhile.shop_opens(site)
    shop, staff = visit(width="phone"), visit("staff")
    page, main = shop.page, shop.main
    trade.sign_in(shop, email)
    shop.go("/account/password")
    main.get_by_label("Present password").fill("Not-The-One-1")
    main.get_by_label("New password").fill(LATER)
    shop.press("Change the password")
    main.get_by_role("alert").wait_for()
    main.get_by_label("Present password").fill(PASSWORD)
    main.get_by_label("New password").fill(LATER)
    shop.press("Change the password")
    shop.told("Your password is changed")
    trade.sign_in(shop, email, LATER)

    page.locator("details.menu summary").click()
    page.get_by_role("button", name="Sign out").click()
    shop.go("/sign-in")
    main.get_by_role("link", name="Forgotten your password?").click()
    main.get_by_label("E-mail").fill(email)
    shop.press("Mail me a link")
    page.wait_for_url("**/password/asked")
    link = meanwhile.link_mailed_to(staff, email)
    for expected in ("Your password is set", None):
        shop.go(link)
        main.get_by_label("New password").fill(LAST)
        shop.press("Set the password")
        if expected:
            shop.told(expected)
        else:  # a link serves once
            main.get_by_role("link", name="Ask for a new link").wait_for()
    trade.sign_in(shop, email, LAST)
