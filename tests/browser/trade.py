"""What the people of the story do, each by clicking and typing; with and without JavaScript alike."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from tests.browser.site import PASSWORD
from tests.factories import files

if TYPE_CHECKING:  # a machine without a browser collects these tests too
    from tests.browser.visitor import Visitor

PAPER = {"name": "licence.pdf", "mimeType": "application/pdf", "buffer": files.pdf()}
PHOTO = {"name": "door.jpg", "mimeType": "image/jpeg", "buffer": files.picture("jpeg", size=(640, 480))}


def sign_in(visitor: Visitor, email: str, password: str = PASSWORD) -> None:
    visitor.go("/sign-in")
    visitor.page.fill("#email", email)
    visitor.page.fill("#password", password)
    visitor.press("Sign in")
    visitor.page.wait_for_url(lambda url: "/sign-in" not in url)


def apply_to_sell(vendor: Visitor, email: str, company: str) -> None:
    vendor.go("/sell")
    fill_application(vendor, email, company)
    vendor.press("Send the application")
    vendor.page.wait_for_url("**/vendor/application/**")
    assert company in vendor.main.inner_text()


def fill_application(vendor: Visitor, email: str, company: str) -> None:
    page = vendor.page
    page.fill("#name", "Mona Haddad")
    page.fill("#email", email)
    page.fill("#phone", "050 123 4567")
    page.fill("#password", PASSWORD)
    page.fill("#company_name", company)
    page.set_input_files("#trade_license", PAPER)
    page.set_input_files("#vat_certificate", PAPER)


def find_vendor(staff: Visitor, company: str) -> None:
    """The application's page in the back office."""
    staff.go("/admin/vendors/vendor/?company__status__exact=pending")
    staff.page.fill("#searchbar", company)
    staff.page.keyboard.press("Enter")
    staff.page.locator("#result_list tbody a").first.click()


def approve(staff: Visitor, company: str) -> None:
    find_vendor(staff, company)
    staff.page.get_by_role("button", name="Approve", exact=True).first.click()
    staff.page.get_by_text("Active").first.wait_for()


def put_on_the_shelf(vendor: Visitor, goods: str, *pictures: Any) -> str:
    """500 cartons at AED 48.00; the product's reference."""
    vendor.go("/vendor/products/new")
    page = vendor.page
    page.fill("#name", goods)
    page.select_option("#category", index=3)
    page.fill("#brand", "Mona's")
    page.fill("#price", "48.00")
    page.fill("#quantity", "500")
    page.set_input_files("#images", list(pictures))
    vendor.press("Publish")
    page.wait_for_url(re.compile(r"/vendor/products/P\d+$"))
    assert goods in vendor.main.inner_text()
    return page.url.rpartition("/")[2]


def find(shop: Visitor, goods: str) -> None:
    """While one types, the list follows; without JavaScript once Enter is pressed."""
    box = shop.page.get_by_role("searchbox").last
    box.fill(goods)
    if not shop.javascript:
        box.press("Enter")
    shop.page.wait_for_url("**search=**")


def put_into_the_cart(shop: Visitor, quantity: int) -> None:
    """What the page shows, a product."""
    shop.main.get_by_label("Quantity").first.fill(str(quantity))
    shop.main.get_by_role("button", name="Add to cart").click()
    shop.told()


def check_out(shop: Visitor, method: str) -> None:
    shop.go("/cart")
    shop.main.get_by_role("link", name="Check out").click()
    shop.page.locator(f"input[name=payment_method][value={method}]").check()
    shop.main.get_by_role("button", name=re.compile("^Place order")).click()
    shop.page.wait_for_url("**/payments/PAY*" if method == "card" else "**/orders**")


def pay(shop: Visitor, card: str = "tok_visa") -> None:
    """With one of the practice bank's cards."""
    shop.page.locator(f"input[name=token][value={card}]").check()
    shop.main.get_by_role("button", name=re.compile("^Pay ")).dblclick()  # an impatient finger


def approve_at_the_bank(shop: Visitor) -> None:
    """On the bank's own page, and back."""
    shop.main.get_by_role("link", name="Go to your bank").click()
    shop.page.get_by_role("button", name="Approve the payment").click()
    shop.main.get_by_role("link", name="On to your payment").click()


def buy(shop: Visitor, goods: str, card: str = "tok_visa") -> str:
    """100 cartons by card; the order's reference."""
    page = shop.page
    shop.go("/products")
    find(shop, goods)
    shop.main.get_by_role("link", name=goods, exact=True).first.click()
    page.wait_for_url(re.compile(r"/products/P\d+"))
    put_into_the_cart(shop, 100)
    check_out(shop, "card")
    pay(shop, card)
    if card == "tok_3ds":
        approve_at_the_bank(shop)
    shop.main.get_by_text("It is paid").wait_for()
    return shop.main.get_by_role("link", name=re.compile(r"^ORD\d+$")).first.inner_text()


def take(vendor: Visitor, order: str, step: str) -> None:
    vendor.go(f"/orders/{order}")
    vendor.main.get_by_role("button", name=step).click()
    vendor.told(order)


def give_to_fasttrack(staff: Visitor, order: str) -> None:
    staff.go(f"/admin/orders/order/{order.removeprefix('ORD')}/change/")
    page = staff.page
    page.locator("summary", has_text="Assign a partner").click()
    page.locator("details[open]").get_by_label("Partner").select_option(label="D3001 FastTrack Logistics")
    page.locator("details[open] button[type=submit]").click()
    page.get_by_role("link", name=re.compile(r"^DEL\d+$")).first.wait_for()


def assign(dispatcher: Visitor, driver: str, *deliveries: str) -> None:
    dispatcher.go("/deliveries/board")
    for delivery in deliveries:
        dispatcher.main.get_by_label(re.compile(delivery)).check()
    dispatcher.main.get_by_label("Give the ticked deliveries to").select_option(label=driver)
    dispatcher.press("Assign")
    dispatcher.told()


def set_out(driver: Visitor, delivery: str) -> None:
    """Picked up and on the road."""
    for step in ("Picked up", "Set out"):
        driver.go(f"/deliveries/{delivery}")
        driver.main.get_by_role("button", name=step).dblclick()
        driver.told(delivery)


def hand_over(driver: Visitor, delivery: str) -> None:
    driver.go(f"/deliveries/{delivery}")
    driver.page.fill("#recipient_name", "Fatima")
    driver.page.set_input_files("#proof", PHOTO)
    driver.main.get_by_role("button", name="Delivered").click()
    driver.page.wait_for_url(lambda url: url.endswith("/deliveries"))
