"""What stands around every page: the palette, the bell, messages, questions before the end of something, pages that refuse."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from tests.browser import meanwhile
from tests.browser.site import Site

Visit = Callable[..., Any]


def test_the_palette_finds_from_anywhere(visit: Visit, site: Site) -> None:
    shop = visit("retailer")
    page = shop.page
    shop.go("/addresses")
    page.keyboard.press("Control+k")
    palette = page.get_by_role("dialog", name="Find")
    box = palette.get_by_role("combobox")
    box.fill("pepsi")
    palette.get_by_role("option", name=re.compile("Pepsi 330ml")).wait_for()
    assert palette.get_by_role("option", selected=True).count() == 1
    page.keyboard.press("Escape")
    palette.wait_for(state="hidden")
    page.keyboard.press("Control+k")
    box.fill(site.things["order"])
    palette.get_by_role("option", name=re.compile(f"^{site.things['order']}")).wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/orders/{site.things['order']}")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "top-search"


def test_on_a_phone_the_foot_of_the_page_opens_it(visit: Visit) -> None:
    driver = visit("driver", width="phone")
    driver.go("/deliveries")
    driver.page.get_by_role("link", name="Find an order, a product or a page").click()
    driver.page.get_by_role("dialog", name="Find").get_by_role("combobox").fill("account")
    driver.page.get_by_role("option", name=re.compile("^Your account")).click()
    driver.page.wait_for_url("**/account")


def test_the_bell_rings_by_itself_and_is_emptied(visit: Visit, site: Site) -> None:
    email = meanwhile.shop_opens(site)
    shop = visit(email)
    page = shop.page
    page.clock.install()
    shop.go("/notifications")
    shop.press("Mark all as read")
    page.wait_for_load_state()
    bell = page.get_by_role("link", name="Notifications")
    assert not re.search(r"\d", bell.inner_text())
    order = meanwhile.order_of(site, email)
    page.clock.fast_forward("00:21")
    bell.get_by_text(re.compile(r"\d")).first.wait_for()
    bell.click()
    shop.main.get_by_role("link", name=re.compile(order)).first.click()
    page.wait_for_url(f"**/orders/{order}")


def test_what_cannot_be_undone_is_asked_before(visit: Visit, site: Site) -> None:
    email = meanwhile.shop_opens(site)
    order = meanwhile.order_of(site, email)
    shop = visit(email, width="phone")
    page, main = shop.page, shop.main
    shop.go("/addresses")
    main.locator("summary", has_text="Remove").click()
    question = main.get_by_role("button", name="Remove Main branch")
    question.wait_for()
    page.keyboard.press("Escape")
    question.wait_for(state="hidden")
    shop.go(f"/orders/{order}")
    main.locator("summary", has_text="Cancel").click()
    main.get_by_role("button", name="Yes, cancel it").wait_for()
    page.keyboard.press("Escape")
    assert len(site.results(email, "/addresses")) == 1
    assert meanwhile.does(site, email, "GET", f"/orders/{order}")["status"] == "pending"


def test_pages_that_refuse_lead_on(visit: Visit, site: Site) -> None:
    driver = visit("driver", width="phone")
    assert driver.go("/vendor/products").status == 403
    driver.main.get_by_role("link", name="Go to your overview").click()
    driver.page.wait_for_url(re.compile("/deliveries"))
    assert driver.go(f"/orders/{site.things['order']}").status in {403, 404}
    assert driver.go("/nothing-here").status == 404
    driver.main.get_by_role("searchbox").fill("pepsi")
    driver.main.get_by_role("button", name="Search").click()
    driver.page.wait_for_url("**/products?search=pepsi")
