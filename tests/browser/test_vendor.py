"""A vendor's journey: the application, the company and its people, goods and their stock, the queue, price lists as files."""

from __future__ import annotations

import csv
import re
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.browser import meanwhile, trade
from tests.browser.site import PASSWORD, Site
from tests.factories import files

Visit = Callable[..., Any]
PICTURES = [
    {"name": f"{name}.png", "mimeType": "image/png", "buffer": files.picture(size=size)}
    for name, size in (("front", (96, 96)), ("back", (64, 96)))
]
HEADINGS = ["sku", "name", "category", "brand", "price", "quantity"]
SECOND_FILE = {**trade.PAPER, "name": "licence-2027.pdf"}
LONG = 12_000  # rows of a file that is worked at for some seconds
AT_WORK = re.compile("waits for its turn|is being read|rows are dealt with")


def test_applies_is_turned_down_once_and_then_sets_up_the_company(visit: Visit, site: Site, width: str) -> None:
    word = secrets.token_hex(3)
    email, company = f"mona@{word}.test", f"Mona Beverages {word}"
    vendor, staff = visit(width=width), visit("staff")
    page, main = vendor.page, vendor.main

    vendor.go("/sell")
    trade.fill_application(vendor, email, company)
    page.fill("#password", "too simple")
    vendor.press("Send the application")
    main.get_by_role("alert").wait_for()
    assert (page.input_value("#email"), page.input_value("#company_name")) == (email, company)
    assert [chosen(page, field) for field in ("#trade_license", "#vat_certificate")] == ["licence.pdf", "licence.pdf"]

    page.fill("#password", PASSWORD)
    with held(page, "**/sell") as on_its_way:
        vendor.press("Send the application")
        main.get_by_role("progressbar", name="Sent so far").wait_for()
        main.get_by_text("Sending your files").wait_for()
        assert len(once_on_its_way(page, on_its_way)) == 1
    page.wait_for_url("**/vendor/application/**")
    main.get_by_text("Being looked at").wait_for()
    reference = main.locator(".reference").first.inner_text()
    vendor.go("/sign-in")
    page.fill("#email", email)
    page.fill("#password", PASSWORD)
    vendor.press("Sign in")
    main.get_by_text("Your account is pending approval").wait_for()

    paper = next(
        one for one in meanwhile.does(site, "staff", "GET", f"/vendors/{reference}")["documents"] if one["type"] == "trade_license"
    )
    reason = {"reason": "The licence cannot be read."}
    meanwhile.does(site, "staff", "POST", f"/vendors/{reference}/documents/{paper['id']}/reject", json=reason)
    meanwhile.does(site, "staff", "POST", f"/vendors/{reference}/reject", json=reason)
    vendor.go(meanwhile.link_mailed_to(staff, email))
    main.get_by_text("The licence cannot be read.").first.wait_for()
    page.set_input_files("#trade_license", SECOND_FILE)
    vendor.press("Send documents")
    vendor.told("We will look at your documents")
    main.get_by_text("Being looked at").wait_for()
    assert "licence-2027.pdf" in main.inner_text()
    meanwhile.does(site, "staff", "POST", f"/vendors/{reference}/approve")
    page.reload()
    main.get_by_role("link", name="Sign in").click()

    page.fill("#email", email)
    page.fill("#password", PASSWORD)
    vendor.press("Sign in")
    page.wait_for_url("**/dashboard")
    vendor.go("/company")
    page.fill("#minimum_order_value", "plenty")
    main.get_by_label("Street and building").fill("Shed 4, Street 11")
    main.get_by_label("Emirate", exact=True).select_option(label="Sharjah")
    vendor.press("Save")
    main.get_by_role("alert").wait_for()
    assert main.get_by_label("Street and building").input_value() == "Shed 4, Street 11"
    page.fill("#minimum_order_value", "150.00")
    page.set_input_files("#logo", PICTURES[0])
    vendor.press("Save")
    vendor.told()
    main.get_by_role("img", name="Your logo now").wait_for()
    assert meanwhile.does(site, email, "GET", "/company")["minimum_order_value"] == "150.00"

    helper = f"sami@{word}.test"
    vendor.go("/team")
    page.fill("#name", "Sami Khoury")
    page.fill("#email", helper)
    vendor.press("Invite")
    vendor.told()
    main.get_by_text("Invited", exact=True).wait_for()
    colleague = visit(width=width)
    colleague.go(meanwhile.link_mailed_to(staff, helper))
    colleague.page.fill("#password", PASSWORD)
    colleague.press("Set the password")
    colleague.told("Your password is set")
    trade.sign_in(colleague, helper)
    colleague.go("/orders/queue")
    vendor.go("/team")
    row = main.get_by_role("row").filter(has_text=helper)
    row.locator("summary").click()
    row.get_by_text("would have to invite Sami Khoury anew").wait_for()
    row.get_by_role("button", name="Remove Sami Khoury").click()
    vendor.told()
    assert helper not in main.inner_text()
    colleague.go("/orders/queue")
    colleague.page.wait_for_url("**/sign-in**")


def test_lists_goods_keeps_their_stock_and_imports_a_price_list(visit: Visit, site: Site, width: str, tmp_path: Path) -> None:
    goods = f"Sidr honey {secrets.token_hex(3)}"
    vendor = visit("vendor", width=width)
    page, main = vendor.page, vendor.main
    reference = trade.put_on_the_shelf(vendor, goods, *PICTURES)

    shown = main.locator("#pictures li img")
    before = [one.get_attribute("src") for one in shown.all()]
    main.get_by_role("button", name="Show it later").click()
    page.locator(f"#pictures li:first-child img[src='{before[1]}']").wait_for()
    assert [one.get_attribute("src") for one in shown.all()] == before[::-1]
    main.locator("summary", has_text="Remove picture 2").click()
    main.get_by_role("button", name="Yes, remove it").click()
    page.locator(f"#pictures img[src='{before[0]}']").wait_for(state="detached")
    assert shown.count() == 1

    vendor.go(f"/vendor/products?search={goods.replace(' ', '+')}")
    price = main.get_by_label(f"price of {goods}")
    price.fill("a lot")
    price.press("Enter")
    main.locator(".wrong").wait_for()
    price.fill("52.50")
    price.press("Enter")
    main.get_by_text("Saved", exact=True).wait_for()
    main.get_by_role("link", name=f"correct the stock of {goods}").click()
    page.locator("input[name=change]:focus").wait_for()  # one can type at once
    main.get_by_label("Change by").fill("-20")
    main.get_by_label("Reason").fill("Damaged")
    vendor.press("Correct the stock")
    main.get_by_text("Corrected", exact=True).wait_for()
    now = meanwhile.does(site, "vendor", "GET", f"/products/{reference}")
    assert (now["price"], now["quantity"]) == ("52.50", 480)

    vendor.go(f"/vendor/products/{reference}")
    main.get_by_role("link", name="Change the stock").click()
    count = main.locator("form").filter(has_text="Counted on the shelf")
    count.get_by_label("Units counted").fill("479")
    count.get_by_label("Reason").fill("Stocktake")
    count.get_by_role("button", name="Save").click()
    vendor.told()
    ledger = [line.inner_text() for line in main.get_by_role("table").locator("tbody tr").all()]
    assert [re.search(r"[+−]\d+", line)[0] for line in ledger] == ["−1", "−20", "+500"]  # type: ignore[index]
    assert "Stocktake" in ledger[0]
    assert "Damaged" in ledger[1]

    code = secrets.token_hex(3)
    rows = [[f"{code}-{n}", f"Dates {code} {n}", "Beverages", "Mona's", "31.00", "40"] for n in range(4)]
    rows[2][4] = "cheap"
    send_list(vendor, tmp_path, rows)
    main.get_by_text("All 4 rows are dealt with.").wait_for()
    assert [figure.inner_text() for figure in main.locator(".figure").all()] == ["3", "0", "0", "1"]
    with page.expect_download() as coming:
        main.get_by_role("link", name="All of them as CSV").click()
    with Path(coming.value.path()).open(encoding="utf-8-sig", newline="") as file:
        headings, failed = list(csv.reader(file))
    assert (headings[:-1], failed[:-1]) == (HEADINGS, rows[2])
    assert "price" in failed[-1].lower()
    send_list(vendor, tmp_path, [[*failed[:4], "29.50", failed[5]]])
    main.get_by_text("1 row is dealt with.").wait_for()
    assert main.locator(".figure").first.inner_text() == "1"

    vendor.go(f"/vendor/products/{reference}")
    main.locator("summary", has_text="Archive").click()
    main.get_by_text("nobody can order it any more").wait_for()
    vendor.press("Yes, archive it")
    main.get_by_role("button", name="Sell it again").wait_for()


def test_watches_a_long_file_being_worked_at(visit: Visit, tmp_path: Path) -> None:
    vendor = visit("vendor")
    code = secrets.token_hex(3)
    write_list(vendor, tmp_path, [[f"{code}-{n}", f"Dates {code} {n}", "Beverages", "Mona's", "31.00", "40"] for n in range(LONG)])
    vendor.main.get_by_label("Dry run").check()
    second = vendor.context.new_page()  # where no worker is, the first window waits for the answer
    watched = second.get_by_role("main")
    vendor.press("Import")
    state = watched.get_by_role("table", name="Files you have sent").locator("tbody tr").first
    for _look in range(20):
        second.goto("/vendor/imports")
        if re.search("Queued|Running", state.inner_text()):
            break
    state.get_by_role("link").click()
    assert "All" not in watched.get_by_text(AT_WORK).first.inner_text()
    watched.get_by_text(f"All {LONG} rows are dealt with.").wait_for(timeout=60_000)  # by itself
    vendor.main.get_by_text(f"All {LONG} rows are dealt with.").wait_for()
    second.close()


def test_works_off_the_queue(visit: Visit, site: Site, width: str) -> None:
    shop = meanwhile.shop_opens(site)
    first, second, third = (meanwhile.order_of(site, shop) for _ in range(3))
    vendor = visit("vendor", width=width)
    page, main = vendor.page, vendor.main
    page.clock.install()
    vendor.go("/orders/queue")

    main.get_by_role("link", name=f"Reject {first}").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_text("This cannot be undone.").wait_for()
    dialog.get_by_role("link", name="Keep the order").click()
    dialog.wait_for(state="hidden")
    main.get_by_role("link", name=f"Reject {first}").click()
    dialog.get_by_label("Why can you not deliver this order?").fill("Out of stock until Monday.")
    dialog.get_by_role("button", name=f"Reject {first}").click()
    vendor.told(first)
    row(page, first).wait_for(state="detached")
    assert state(site, shop, first) == "rejected"

    new = meanwhile.order_of(site, shop)
    page.clock.fast_forward("00:11")
    page.get_by_role("button", name="Show what is new").click()  # since the focus is on an order, nothing moves under it
    row(page, new).wait_for()

    for order in (second, third):
        main.get_by_label(f"Select {order}").check()
    main.get_by_role("button", name=re.compile(r"^Accept selected \(2\)")).click()
    for order in (second, third):
        row(page, order).get_by_role("button", name=f"Ready {order}").wait_for()
    row(page, new).get_by_role("button", name=f"Accept {new}").click()
    row(page, new).get_by_role("button", name=f"Ready {new}").click()
    row(page, new).get_by_text("No carrier yet").wait_for()
    vendor.told(f"{new} is ready")
    assert [state(site, shop, order) for order in (second, third, new)] == ["processing", "processing", "ready"]

    main.get_by_role("link", name=new, exact=True).click()
    main.get_by_role("link", name="Packing slip").click()
    page.get_by_role("heading", name="Packing slip").wait_for()
    assert new in main.inner_text()


def row(page: Any, order: str) -> Any:
    return page.locator(f"#row-{order}")


def state(site: Site, shop: str, order: str) -> str:
    return str(meanwhile.does(site, shop, "GET", f"/orders/{order}")["status"])


def chosen(page: Any, field: str) -> str:
    """The name of the file that a field will send."""
    return str(page.locator(field).evaluate("input => input.files[0]?.name"))


@contextmanager
def held(page: Any, address: str) -> Iterator[list[Any]]:
    """While it lasts, what is posted to `address` is on its way and does not arrive."""
    on_its_way: list[Any] = []
    page.route(address, lambda route: on_its_way.append(route) if route.request.method == "POST" else route.continue_())
    yield on_its_way
    for route in on_its_way:
        route.continue_()
    page.unroute(address)


def once_on_its_way(page: Any, on_its_way: list[Any]) -> list[Any]:
    """Chromium tells of a request some time after the page shows that it sends: what is `held` once that is told."""
    deadline = time.monotonic() + 10
    while not on_its_way and time.monotonic() < deadline:
        page.wait_for_timeout(50)
    return on_its_way


def write_list(vendor: Any, folder: Path, rows: list[list[str]]) -> None:
    """A price list into the form, not sent yet."""
    path = folder / "list.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([HEADINGS, *rows])
    vendor.go("/vendor/imports")
    vendor.page.set_input_files("#file", path)


def send_list(vendor: Any, folder: Path, rows: list[list[str]]) -> None:
    write_list(vendor, folder, rows)
    vendor.press("Import")
    vendor.page.wait_for_url("**/vendor/imports/*")
