"""AQAD's staff in the back office: applications and their papers, orders without a carrier, money that goes back."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

from tests.browser import meanwhile, trade
from tests.browser.site import Site
from tests.factories import files

Visit = Callable[..., Any]


def test_looks_at_papers_turns_one_down_and_approves_the_next(visit: Visit, site: Site, width: str) -> None:
    word = secrets.token_hex(3)
    company, email = f"Mona Beverages {word}", f"mona@{word}.test"
    scan = ("certificate.png", files.picture(size=(640, 400)), "image/png")
    applicant = {"name": "Mona Haddad", "email": email, "phone": "050 123 4567", "password": "Demo-Carton-24", "company_name": company}
    papers = {"trade_license": ("licence.pdf", files.pdf(), "application/pdf"), "vat_certificate": scan}
    made = meanwhile.does(site, "staff", "POST", "/vendor/register", data=applicant, files=papers)
    staff = visit("staff", width=width)
    page = staff.page

    trade.find_vendor(staff, company)
    picture = page.get_by_role("img", name="VAT certificate")
    picture.scroll_into_view_if_needed()
    page.wait_for_function("image => image.complete && image.naturalWidth === 640", arg=picture.element_handle())
    licence = page.locator("article").filter(has_text="licence.pdf")
    decide(licence, "Reject document", "The licence cannot be read.")
    page.get_by_text("The document was rejected.").wait_for()
    page.get_by_role("button", name="Approve", exact=True).click()  # a slip, with one paper rejected
    page.locator(".messagelist .error").wait_for()
    decide(page, "Reject", "Please send a licence that can be read.")
    page.get_by_text("The vendor was rejected and is told why.").wait_for()
    assert meanwhile.does(site, "staff", "GET", f"/vendors/{made['id']}")["status"] == "rejected"

    link = made["application_url"].partition("/vendor/")[2]
    applicant_at = visit(width=width)
    applicant_at.go(f"/vendor/{link}")
    assert "The licence cannot be read." in applicant_at.main.inner_text()
    applicant_at.page.set_input_files("#trade_license", trade.PAPER)
    applicant_at.press("Send documents")
    applicant_at.told()
    trade.approve(staff, company)
    staff.page.get_by_text("The vendor may sell now.").wait_for()
    now = meanwhile.does(site, "staff", "GET", f"/vendors/{made['id']}")
    assert (now["status"], {one["status"] for one in now["documents"]} - {"replaced"}) == ("active", {"approved"})


def test_finds_an_order_a_carrier_and_gives_money_back(visit: Visit, site: Site, width: str) -> None:
    shop = meanwhile.shop_opens(site)
    order = meanwhile.order_of(site, shop, method="card")
    payment = meanwhile.does(site, shop, "GET", f"/orders/{order}")["payment"]["id"]
    meanwhile.does(site, shop, "POST", f"/payments/{payment}/confirm", json={"token": "tok_visa"})
    meanwhile.make_ready(site, "vendor", order)
    staff = visit("staff", width=width)
    page = staff.page

    staff.go("/admin/")
    page.get_by_role("link", name="ready orders to give to a partner").click()
    page.get_by_role("link", name=order, exact=True).wait_for()
    trade.give_to_fasttrack(staff, order)
    assert meanwhile.does(site, "staff", "GET", f"/orders/{order}")["delivery"]["status"] == "assigned"

    staff.go(f"/admin/payments/payment/{payment.removeprefix('PAY')}/change/")
    page.locator("summary", has_text="Refund").click()
    form = page.locator("details[open]")
    assert form.get_by_label("Amount").input_value() == "504.00"
    form.get_by_label("Amount").fill("600.00")
    form.get_by_label("Reason").fill("Two cartons were dented.")
    form.get_by_role("button", name="Refund").click()
    page.locator(".errornote, .messagelist .error").first.wait_for()
    assert meanwhile.does(site, "staff", "GET", f"/payments/{payment}")["amount_refunded"] == "0.00"
    if not form.count():
        page.locator("summary", has_text="Refund").click()
    form.get_by_label("Amount").fill("96.00")
    form.get_by_label("Reason").fill("Two cartons were dented.")
    form.get_by_role("button", name="Refund").click()
    page.get_by_text("The refund is asked for").wait_for()
    assert meanwhile.does(site, "staff", "GET", f"/payments/{payment}")["amount_refunded"] == "96.00"
    buyer = visit(shop, width=width)
    buyer.go(f"/payments/{payment}")
    buyer.main.get_by_text("Two cartons were dented.").wait_for()


def decide(part: Any, step: str, reason: str) -> None:
    part.locator("summary").filter(has_text=f"{step}…").first.click()
    asked = part.locator("details[open]")
    asked.get_by_label("Reason").fill(reason)
    asked.get_by_role("button", name=step, exact=True).click()
