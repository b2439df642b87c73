"""The whole story by clicking and typing, from registration to the door, with five browsers open at the same time."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

import pytest

from tests.browser import trade
from tests.browser.site import Site

SOON = 20_000  # milliseconds


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without"])
def test_from_registration_to_the_door(visit: Callable[..., Any], site: Site, javascript: bool) -> None:
    word = secrets.token_hex(3)
    email, company, goods = f"mona@{word}.test", f"Mona Beverages {word}", f"Karkadeh {word} 250ml"
    vendor, staff = visit(javascript=javascript), visit("staff", javascript=javascript)
    shop, driver = (visit(who, width="phone", javascript=javascript) for who in ("retailer", "driver"))
    dispatcher = visit("dispatcher", javascript=javascript)

    trade.apply_to_sell(vendor, email, company)
    trade.approve(staff, company)
    trade.sign_in(vendor, email)
    trade.put_on_the_shelf(vendor, goods)

    order = trade.buy(shop, goods, card="tok_visa" if javascript else "tok_3ds")
    vendor.go("/orders/queue")
    vendor.main.get_by_role("link", name=order, exact=True).wait_for()
    trade.take(vendor, order, "Accept")
    trade.take(vendor, order, "Goods are ready")

    trade.give_to_fasttrack(staff, order)
    delivery = site.api("staff").get(f"/orders/{order}").json()["delivery"]["id"]
    trade.assign(dispatcher, "Bilal Hussain", delivery)

    shop.go(f"/orders/{order}")
    trade.set_out(driver, delivery)
    trade.hand_over(driver, delivery)
    if not javascript:
        shop.page.reload()
    shop.main.get_by_text("Delivered", exact=True).first.wait_for(timeout=SOON)  # by itself, where there is JavaScript
    shop.go("/notifications")
    assert order in shop.main.inner_text()
    ended = site.api("staff").get(f"/orders/{order}").json()
    assert (ended["status"], ended["payment"]["status"], ended["delivery"]["status"]) == ("completed", "paid", "delivered")
    assert site.api("staff").get(f"/products/{ended['items'][0]['product']}").json()["quantity"] == 400
