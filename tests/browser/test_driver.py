"""A driver's round with a poor connection, and the dispatcher who gives it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.browser import meanwhile, trade
from tests.browser.site import PEOPLE, Site

Visit = Callable[..., Any]
NO_CONNECTION = "net::ERR_INTERNET_DISCONNECTED"
LOST = "net::ERR_FAILED"


@pytest.mark.parametrize("width", ["phone", "desktop"])
def test_a_driver_reports_each_step_once_however_poor_the_connection(visit: Visit, site: Site, width: str) -> None:
    shop = meanwhile.shop_opens(site)
    order = meanwhile.order_of(site, shop)
    meanwhile.make_ready(site, "vendor", order)
    delivery = meanwhile.give_to_fasttrack(site, order, PEOPLE["driver"])
    driver = visit("driver", width=width, expected=[NO_CONNECTION, LOST])
    page, main = driver.page, driver.main

    driver.go("/deliveries")
    stop = main.get_by_role("article").filter(has_text=delivery)
    stop.get_by_text(re.compile(r"AED\s504\.00")).wait_for()
    stop.get_by_role("button", name="Picked up").dblclick()  # a nervous thumb
    driver.told(delivery)
    assert steps(site, delivery) == ["assigned", "picked_up"]

    # No connection: the report is kept, and goes out by itself as soon as there is one.
    driver.context.set_offline(True)
    stop.get_by_role("button", name="Set out").click()
    main.get_by_role("status").get_by_text("Your report is kept").wait_for()
    stop.get_by_role("button", name="Set out").click(force=True)  # tapped again, though it says that it waits
    assert steps(site, delivery) == ["assigned", "picked_up"]
    driver.context.set_offline(False)
    driver.told("Out for delivery")
    assert steps(site, delivery) == ["assigned", "picked_up", "out_for_delivery"]

    # The shop is closed. The report arrives but its answer is lost, so it is sent again, and counts once.
    driver.go(f"/deliveries/{delivery}")
    answers = lose_first_answer(page, f"**/deliveries/{delivery}")
    main.locator("summary", has_text="Could not deliver").click()
    main.get_by_role("radio").first.check()
    main.get_by_role("button", name="Report it").first.click()
    driver.told("Attempt failed")
    assert len(answers) == 2
    assert steps(site, delivery) == ["assigned", "picked_up", "out_for_delivery", "attempt_failed"]
    main.get_by_role("article").filter(has_text=delivery).get_by_role("button", name="Try again").click()
    driver.told("Out for delivery")

    # At the door: who takes it, the cash, a photo from the camera.
    main.get_by_role("article").filter(has_text=delivery).get_by_role("link", name="Hand over").click()
    driver.press("Delivered")
    assert page.evaluate("document.activeElement.id") == "recipient_name"  # the browser points at what is missing
    main.get_by_label("Who receives the goods?").fill("Huda Saleh")
    main.get_by_label(re.compile("in cash")).check()
    with page.expect_file_chooser() as opened:
        main.get_by_label("Photo of the goods at the door").click()
    opened.value.set_files(trade.PHOTO)
    page.locator(".preview").wait_for()
    driver.press("Delivered")
    driver.told("Delivered")
    main.locator("summary", has_text="done today").click()
    main.get_by_role("link", name=re.compile("Huda Stores")).last.wait_for()

    buyer = visit(shop, width="phone")
    buyer.go(f"/deliveries/{delivery}")
    buyer.main.locator("summary", has_text="Photo at the door").click()
    photo = buyer.main.get_by_role("img", name=re.compile(f"The goods of {delivery}"))
    photo.scroll_into_view_if_needed()
    buyer.page.wait_for_function("image => image.complete && image.naturalWidth > 0", arg=photo.element_handle())
    assert "AED\xa0504.00" in buyer.main.inner_text()
    assert "Huda Saleh" in buyer.main.inner_text()


def test_a_dispatcher_gives_out_deliveries_and_changes_her_mind(visit: Visit, site: Site, width: str) -> None:
    shop = meanwhile.shop_opens(site)
    orders = [meanwhile.order_of(site, shop) for _ in range(2)]
    for order in orders:
        meanwhile.make_ready(site, "vendor", order)
    first, second = (meanwhile.give_to_fasttrack(site, order) for order in orders)
    dispatcher = visit("dispatcher", width=width)
    page, main = dispatcher.page, dispatcher.main
    page.clock.install()

    trade.assign(dispatcher, "Samuel Okoro", first, second)
    column = main.get_by_role("region", name=re.compile("Samuel Okoro"))
    for delivery in (first, second):
        column.get_by_text(delivery).wait_for()
    assert driver_of(site, first) == "Samuel Okoro"

    column.get_by_role("article").filter(has_text=second).get_by_role("link").click()
    main.get_by_label("Driver", exact=True).select_option(label="Omar Farouk")
    dispatcher.press("Save")
    dispatcher.told()
    assert driver_of(site, second) == "Omar Farouk"
    trade.assign(dispatcher, "Nobody yet", first)
    main.get_by_role("region", name=re.compile("Nobody yet")).get_by_text(first).wait_for()

    later = meanwhile.order_of(site, shop)
    meanwhile.make_ready(site, "vendor", later)
    new = meanwhile.give_to_fasttrack(site, later)
    main.get_by_role("heading", name="Board").click()
    page.clock.fast_forward("00:11")
    main.get_by_role("region", name=re.compile("Nobody yet")).get_by_text(new).wait_for()  # by itself

    dispatcher.go("/deliveries")
    main.get_by_label("Driver").select_option(label="Nobody yet")
    dispatcher.press("Filter")
    page.wait_for_url("**driver=nobody**")
    assert {first, new} <= set(re.findall(r"DEL\d+", main.inner_text()))
    assert second not in main.inner_text()


def steps(site: Site, delivery: str) -> list[str]:
    return [event["status"] for event in meanwhile.does(site, "staff", "GET", f"/deliveries/{delivery}")["events"]]


def driver_of(site: Site, delivery: str) -> str:
    return str(meanwhile.does(site, "staff", "GET", f"/deliveries/{delivery}")["driver"]["name"])


def lose_first_answer(page: Any, address: str) -> list[int]:
    """What is posted arrives, but its first answer does not; the statuses of the answers, as they come."""
    statuses: list[int] = []

    def carry(route: Any) -> None:
        if route.request.method != "POST":
            route.continue_()
            return
        answer = route.fetch(max_redirects=0)
        statuses.append(answer.status)
        if len(statuses) == 1:
            route.abort()
        else:
            route.fulfill(response=answer)

    page.route(address, carry)
    return statuses
