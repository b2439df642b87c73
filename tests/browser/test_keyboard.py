"""The main jobs by keyboard alone: what has the focus can be seen, and nothing needs a mouse."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from tests.browser.site import PASSWORD, PEOPLE, Site

VisitorMaker = Callable[..., Any]
OUTLINE = "getComputedStyle(document.activeElement).outlineStyle"


def test_signs_in_by_keyboard(visit: VisitorMaker) -> None:
    visitor = visit()
    page = visitor.page
    visitor.go("/sign-in")
    tab_to(page, "#email")
    page.keyboard.type(PEOPLE["retailer"])
    tab_to(page, "#password")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/dashboard")


def test_the_first_tab_offers_to_skip_to_the_content(visit: VisitorMaker) -> None:
    page = visit("retailer").page
    page.goto("/orders")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_puts_into_the_cart_and_checks_out_by_keyboard(visit: VisitorMaker, site: Site) -> None:
    visitor = visit("reem@cornichemart.test")
    page = visitor.page
    visitor.go(f"/products/{site.things['product']}")
    tab_to(page, "main input[name=quantity]")
    page.keyboard.press("Control+a")
    page.keyboard.type("6")
    page.keyboard.press("Enter")
    page.get_by_role("status").first.wait_for()
    visitor.go("/checkout")
    tab_to(page, "input[name=payment_method]:checked")
    page.keyboard.press("ArrowDown")
    tab_to(page, "main form button[type=submit]")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/(orders|payments)"))


def test_every_stop_of_the_tab_key_can_be_seen(visit: VisitorMaker) -> None:
    page = visit("vendor").page
    page.goto("/vendor/products")
    for _ in range(25):
        page.keyboard.press("Tab")
        assert page.evaluate(OUTLINE) != "none", page.evaluate("document.activeElement.outerHTML.slice(0, 200)")


def tab_to(page: Any, selector: str) -> None:
    """Press Tab until the focus is on it, sixty times at most."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            assert page.evaluate(OUTLINE) != "none"
            return
    raise AssertionError(f"the tab key does not reach {selector}")
