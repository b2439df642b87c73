"""Somebody puts a second factor on the account and signs in with it, on a phone and at a desk."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyotp

from tests.browser import meanwhile
from tests.browser.site import PASSWORD, Site
from tests.browser.test_every_page import violations

Visit = Callable[..., Any]


def test_sets_a_second_factor_up_and_signs_in_with_it(visit: Visit, site: Site, width: str) -> None:
    shop = meanwhile.shop_opens(site)
    visitor = visit(width=width).sign_in(shop)
    page = visitor.page
    visitor.go("/account")
    visitor.main.get_by_role("link", name="Second factor").click()
    visitor.press("Set it up")
    square = page.locator("svg.square")
    square.wait_for()
    box = square.bounding_box()
    assert box is not None
    assert box["width"] >= 200, "a camera could not read it"
    assert abs(box["width"] - box["height"]) < 1
    assert_well_made(page)

    app = pyotp.TOTP(page.locator("#secret").inner_text().replace(" ", ""))
    page.get_by_label("Present password").fill(PASSWORD)
    page.get_by_label("Code that the app shows now").fill(app.now())
    visitor.press("Turn it on")
    page.get_by_role("heading", name="Your recovery codes").wait_for()
    recovery = page.locator(".codes li").all_inner_texts()
    assert len(set(recovery)) == 10
    assert_well_made(page)
    visitor.main.get_by_role("link", name="I have them").click()

    again = visit(width=width)
    again.go("/sign-in")
    again.page.get_by_label("E-mail").fill(shop)
    again.page.get_by_label("Password").fill(PASSWORD)
    again.press("Sign in")
    otp = again.page.get_by_label("Code of your authenticator app, or a recovery code")
    otp.wait_for()
    assert_well_made(again.page)
    otp.fill("not-a-code")
    again.press("Sign in")
    again.page.get_by_text("This code is not right, or was used already.").wait_for()
    assert_well_made(again.page)
    otp.fill(recovery[0].upper())
    again.press("Sign in")
    again.page.wait_for_url("**/dashboard")

    again.go("/account/second-factor")
    assert "9 recovery codes are left" in again.main.inner_text()
    assert_well_made(again.page)


def test_sees_the_other_device_and_signs_it_out(visit: Visit, site: Site, width: str) -> None:
    shop = meanwhile.shop_opens(site)
    lost, kept = visit(width=width).sign_in(shop), visit(width=width).sign_in(shop)
    kept.go("/account/devices")
    assert kept.page.get_by_text("This device").count() == 1
    assert_well_made(kept.page)
    kept.press("Sign out everywhere else")
    kept.told("signed out")
    lost.go("/account")
    assert "/sign-in" in lost.page.url


def assert_well_made(page: Any) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"], "the page is wider than the screen"
    assert violations(page) == []
