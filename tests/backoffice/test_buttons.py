"""Buttons run the same actions as the API, say what was done, and say why when they refuse; then nothing has changed."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from aqad.accounts.models import User
from aqad.audit.models import Event
from aqad.core.invariants import violations
from catalog.models import Brand, Category
from deliveries.models import Delivery
from payments.models import CashCollection, Refund
from tests import cast
from tests.backoffice.given import browser_of, words
from tests.cast import Person
from tests.factories.goods import BrandFactory, CategoryFactory, ProductFactory
from tests.factories.people import UserFactory
from tests.factories.trade import DeliveryFactory, OrderFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.embedded]


def press(browser: Client, path: str, **body: Any) -> str:
    answer = browser.post(f"/admin/{path}", body, follow=True)
    assert answer.status_code == 200
    return words(answer)


def verbs() -> set[str]:
    return set(Event.objects.values_list("verb", flat=True))


def test_a_person_is_shut_out_and_let_in_again(browser: Client, retailer: Person) -> None:
    path = f"accounts/user/{retailer.user.pk}/do/"
    assert "shut out" in press(browser, f"{path}deactivate")
    assert not User.objects.get(pk=retailer.user.pk).is_active
    press(browser, f"{path}reactivate")
    assert User.objects.get(pk=retailer.user.pk).is_active
    assert {"accounts.user_deactivated", "accounts.user_reactivated"} <= verbs()


def test_nobody_shuts_themselves_out(browser: Client, staff: Person) -> None:
    assert "ask a colleague" in press(browser, f"accounts/user/{staff.user.pk}/do/deactivate")
    assert User.objects.get(pk=staff.user.pk).is_active


def test_a_superuser_takes_a_colleague_on_who_chooses_the_password(browser: Client) -> None:
    press(browser, "accounts/user/do/hire", name="Omar", email="Omar@AQAD.test", phone="", group="", is_superuser="0")
    omar = User.objects.get(email="omar@aqad.test")
    assert (omar.is_staff, omar.is_superuser, omar.has_usable_password()) == (True, False, False)
    assert {"accounts.staff_hired", "accounts.password_reset_requested"} <= verbs()


def test_an_email_that_is_taken_is_refused(browser: Client, retailer: Person) -> None:
    assert "already in use" in press(browser, "accounts/user/do/hire", name="Omar", email=retailer.user.email)
    assert not User.objects.filter(name="Omar").exists()


def test_others_take_nobody_on(retailer: Person) -> None:
    from django.contrib.auth.models import Permission

    colleague = UserFactory(is_staff=True)
    colleague.user_permissions.set(Permission.objects.all())
    answer = browser_of(Person(colleague)).post("/admin/accounts/user/do/hire", {"name": "Omar", "email": "omar@aqad.test"})
    assert answer.status_code == 403
    assert not User.objects.filter(name="Omar").exists()


@pytest.mark.parametrize("kind", ["vendor", "retailer", "delivery"])
def test_each_kind_of_company_is_suspended_and_reinstated(
    browser: Client, vendor: Person, retailer: Person, dispatcher: Person, kind: str
) -> None:
    company = {"vendor": vendor, "retailer": retailer, "delivery": dispatcher}[kind].company
    assert company is not None
    path = f"accounts/company/{company.pk}/do/"
    press(browser, f"{path}suspend-{kind}", reason="Complaints")
    company.refresh_from_db()
    assert (company.status, company.reason) == ("suspended", "Complaints")
    press(browser, f"{path}reinstate-{kind}")
    company.refresh_from_db()
    assert company.status == "active"


@pytest.mark.parametrize(("path", "who"), [("retailers/retailer", "retailer"), ("deliveries/deliverypartner", "dispatcher")])
def test_the_own_pages_suspend_and_reinstate_too(browser: Client, request: pytest.FixtureRequest, path: str, who: str) -> None:
    person = request.getfixturevalue(who)
    press(browser, f"{path}/{person.of.pk}/do/suspend", reason="Complaints")
    person.company.refresh_from_db()
    assert person.company.status == "suspended"
    press(browser, f"{path}/{person.of.pk}/do/reinstate")
    person.company.refresh_from_db()
    assert person.company.status == "active"


def test_categories_are_added_moved_and_deleted(browser: Client) -> None:
    press(browser, "catalog/category/do/add", name="Drinks", parent="")
    press(browser, "catalog/category/do/add", name="Water", parent="drinks")
    water = Category.objects.get(slug="water")
    assert water.parent == Category.objects.get(slug="drinks")
    press(browser, f"catalog/category/{water.pk}/do/change", name="Still water", parent="")
    water.refresh_from_db()
    assert (water.name, water.slug, water.parent) == ("Still water", "water", None)
    assert "Deleted." in press(browser, f"catalog/category/{water.pk}/do/delete")
    assert not Category.objects.filter(slug="water").exists()
    assert {"catalog.category_created", "catalog.category_changed", "catalog.category_deleted"} <= verbs()


def test_a_category_in_use_stays(browser: Client, vendor: Person) -> None:
    category = ProductFactory(vendor=vendor.of).category
    page = press(browser, f"catalog/category/{category.pk}/do/delete")
    assert 'class="error"' in page
    assert Category.objects.filter(pk=category.pk).exists()


def test_a_category_never_stands_below_itself(browser: Client) -> None:
    top = CategoryFactory(name="Top", slug="top")
    below = CategoryFactory(name="Below", slug="below", parent=top)
    assert "below itself" in press(browser, f"catalog/category/{top.pk}/do/change", name="Top", parent=below.slug)
    top.refresh_from_db()
    assert top.parent is None


def test_brands_are_added_renamed_and_deleted(browser: Client) -> None:
    press(browser, "catalog/brand/do/add", name="Masafi")
    brand = Brand.objects.get(slug="masafi")
    press(browser, f"catalog/brand/{brand.pk}/do/change", name="Masafi Water")
    brand.refresh_from_db()
    assert (brand.name, brand.slug) == ("Masafi Water", "masafi")
    press(browser, f"catalog/brand/{brand.pk}/do/delete")
    assert not Brand.objects.filter(slug="masafi").exists()
    BrandFactory()
    assert 'class="error"' in press(browser, "catalog/brand/do/add", name="Pepsi")


def test_a_product_is_taken_down_and_restored(browser: Client, vendor: Person) -> None:
    product = ProductFactory(vendor=vendor.of)
    path = f"catalog/product/{product.pk}/do/"
    press(browser, f"{path}take-down", reason="Recalled")
    product.refresh_from_db()
    assert product.taken_down_at is not None
    assert product.takedown_reason == "Recalled"
    press(browser, f"{path}restore")
    product.refresh_from_db()
    assert product.taken_down_at is None


def test_an_order_is_called_off_with_a_reason(browser: Client, vendor: Person, retailer: Person) -> None:
    order = OrderFactory(vendor=vendor.of, retailer=retailer.of)
    assert "Reason is required." in press(browser, f"orders/order/{order.pk}/do/cancel")
    order.refresh_from_db()
    assert order.status == "ready"
    press(browser, f"orders/order/{order.pk}/do/cancel", reason="The vendor closed")
    order.refresh_from_db()
    assert (order.status, order.reason) == ("cancelled", "The vendor closed")
    assert order.lines.get().product.stock.reserved == 0
    assert 'class="error"' in press(browser, f"orders/order/{order.pk}/do/cancel", reason="Again")
    assert order.lines.get().product.stock.reserved == 0


def test_an_order_is_given_to_a_partner_and_its_driver(browser: Client, vendor: Person, retailer: Person, driver: Person) -> None:
    order = OrderFactory(vendor=vendor.of, retailer=retailer.of)
    page = words(browser.get(f"/admin/orders/order/{order.pk}/change/"))
    assert f'<option value="{driver.of.pk}"' in page
    press(browser, f"orders/order/{order.pk}/do/assign", partner=driver.of.pk, driver=driver.user.pk)
    delivery = Delivery.objects.get(order=order)
    assert (delivery.partner, delivery.driver) == (driver.of, driver.user)
    assert "do/assign" not in words(browser.get(f"/admin/orders/order/{order.pk}/change/"))


def test_another_partners_driver_is_refused(browser: Client, vendor: Person, retailer: Person, driver: Person) -> None:
    rival = cast.a_partner("Desert Express")
    order = OrderFactory(vendor=vendor.of, retailer=retailer.of)
    assert "no active driver" in press(browser, f"orders/order/{order.pk}/do/assign", partner=rival.of.pk, driver=driver.user.pk)
    assert not Delivery.objects.exists()


def test_a_delivery_gets_another_partner(browser: Client, vendor: Person, retailer: Person, driver: Person) -> None:
    rival = cast.a_partner("Desert Express")
    delivery = DeliveryFactory(order=OrderFactory(vendor=vendor.of, retailer=retailer.of), partner=driver.of, driver=driver.user)
    press(browser, f"deliveries/delivery/{delivery.pk}/do/reassign", partner=rival.of.pk, driver="")
    delivery.refresh_from_db()
    assert (delivery.partner, delivery.driver) == (rival.of, None)


def test_a_card_payment_is_refunded_in_part(browser: Client, vendor: Person, retailer: Person) -> None:
    payment = OrderFactory(vendor=vendor.of, retailer=retailer.of).payment
    press(browser, f"payments/payment/{payment.pk}/do/refund", amount="40.00", reason="Two cartons were damaged")
    refund = Refund.objects.get()
    assert (refund.amount, refund.reason, refund.payment) == (Decimal("40.00"), "Two cartons were damaged", payment)


@pytest.mark.parametrize("amount", ["5040.01", "0", "-1", "many"])
def test_a_refund_that_cannot_be_is_refused(browser: Client, vendor: Person, retailer: Person, amount: str) -> None:
    payment = OrderFactory(vendor=vendor.of, retailer=retailer.of).payment
    assert 'class="error"' in press(browser, f"payments/payment/{payment.pk}/do/refund", amount=amount, reason="x")
    assert not Refund.objects.exists()


def test_cash_given_back_is_recorded_once(browser: Client, vendor: Person, retailer: Person) -> None:
    order = OrderFactory(vendor=vendor.of, retailer=retailer.of, method="cash_on_delivery")
    payment = order.payment
    CashCollection.objects.create(payment=payment, part=order.reference, amount=payment.amount, collected_by="User 1")
    payment.status, payment.amount_paid = "paid", payment.amount
    payment.save()
    refund = Refund.objects.create(payment=payment, amount="40.00", status="manual", reason="Damaged")
    page = press(browser, f"payments/refund/{refund.pk}/do/record")
    assert "on record" in page
    refund.refresh_from_db()
    payment.refresh_from_db()
    assert (refund.status, payment.amount_refunded, payment.status) == ("done", Decimal("40.00"), "partially_refunded")
    assert 'class="error"' in press(browser, f"payments/refund/{refund.pk}/do/record")
    payment.refresh_from_db()
    assert payment.amount_refunded == Decimal("40.00")
    assert not [name for name, rows in violations() if rows and name.startswith("payments")]
