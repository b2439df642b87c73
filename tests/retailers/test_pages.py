"""Joining, and where a shop wants its cartons, on pages."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from aqad.accounts.models import User
from aqad.audit.models import Event
from aqad.core import limits
from aqad.retailers.models import Address, Retailer
from tests.browsing import browser_of, queries_of, text_of
from tests.cast import Person
from tests.factories.people import AddressFactory

pytestmark = [pytest.mark.embedded, pytest.mark.django_db]
JOIN, ADDRESSES = "/join", "/addresses"
SIGN_UP = {
    "name": "Layla Haddad",
    "email": "layla@freshmart.test",
    "phone": "050 123 4567",
    "password": "Carton-330ml-Pepsi",
    "company_name": "Fresh Mart Supermarket",
    "trn": "",
    "address.label": "",
    "address.line1": "",
    "address.area": "",
    "address.emirate": "",
}
PLACE = {
    "label": "Second store",
    "line1": "Al Wasl Road 14",
    "area": "",
    "emirate": "Dubai",
    "landmark": "Blue mosque",
    "phone": "",
    "latitude": "25.2048",
    "longitude": "55.2708",
}


def join(browser: Client | None = None, **form: str) -> Any:
    return (browser or Client()).post(JOIN, {**SIGN_UP, **form})


class TestJoining:
    def test_opens_an_account_signs_in_and_leads_to_the_overview(self, db: None) -> None:
        browser = Client()
        answer = join(browser)
        assert (answer.status_code, answer.headers["Location"]) == (302, "/dashboard")
        retailer = Retailer.objects.select_related("company").get()
        assert (retailer.company.name, retailer.company.status, retailer.company.phone) == (
            "Fresh Mart Supermarket",
            "active",
            "+971501234567",
        )
        assert browser.get("/api/auth/me").json()["company"]["id"] == retailer.reference
        assert "Welcome to AQAD, Layla Haddad." in text_of(browser.get("/account"))
        assert Event.objects.filter(verb__in=["retailers.registered", "accounts.signed_in"]).count() == 2

    def test_takes_a_first_address_along(self, db: None) -> None:
        place = {"address.label": "Main store", "address.line1": "Al Wasl Road 12", "address.emirate": "Dubai"}
        assert join(**place).status_code == 302
        address = Address.objects.get()
        assert (address.label, address.line1, address.emirate, address.area) == ("Main store", "Al Wasl Road 12", "Dubai", "")

    def test_a_refusal_keeps_what_was_typed_but_the_password(self, db: None) -> None:
        answer = join(email="layla", **{"address.line1": "Al Wasl Road 12"})
        assert answer.status_code == 422
        page = text_of(answer)
        assert all(words in page for words in ("Invalid email", "Label is required.", "Emirate is required."))
        assert 'href="#address-emirate"' in page
        assert all(f'value="{kept}"' in page for kept in ("layla", "Layla Haddad", "Al Wasl Road 12"))
        assert SIGN_UP["password"] not in page
        assert not User.objects.exists()

    def test_an_email_that_is_taken_is_refused(self, retailer: Person) -> None:
        answer = join(email=retailer.user.email.upper())
        assert answer.status_code == 422
        assert "This e-mail is already in use." in text_of(answer)
        assert Retailer.objects.count() == 1

    def test_a_limit_keeps_what_was_typed_too(self, db: None) -> None:
        for _ in range(limits.REGISTRATION.scaled):
            Client().post("/api/retailer/register", {})
        answer = join()
        assert answer.status_code == 429
        assert "Please wait" in text_of(answer)
        assert 'value="Layla Haddad"' in text_of(answer)
        assert not User.objects.exists()

    def test_whoever_has_an_account_is_led_to_it(self, vendor: Person) -> None:
        browser = browser_of(vendor)
        for answer in (browser.get(JOIN), join(browser)):
            assert (answer.status_code, answer.headers["Location"]) == (302, "/dashboard")
        assert not Retailer.objects.exists()


class TestAddresses:
    def test_adds_one_and_shows_it(self, retailer: Person) -> None:
        answer = browser_of(retailer).post(f"{ADDRESSES}/new", PLACE, follow=True)
        assert answer.redirect_chain == [(ADDRESSES, 302)]
        page = text_of(answer)
        assert "The address is added." in page
        assert "Second store" in page
        address = Address.objects.get()
        assert (address.retailer, address.latitude, address.longitude) == (retailer.of, 25.2048, 55.2708)

    def test_leads_back_to_the_page_that_asked_for_one(self, retailer: Person) -> None:
        browser = browser_of(retailer)
        assert 'name="next" value="/checkout"' in text_of(browser.get(f"{ADDRESSES}/new", {"next": "/checkout"}))
        assert browser.post(f"{ADDRESSES}/new", {**PLACE, "next": "/checkout"}).headers["Location"] == "/checkout"
        assert browser.post(f"{ADDRESSES}/new", {**PLACE, "next": "//evil.test"}).headers["Location"] == ADDRESSES

    def test_sent_twice_it_is_added_once(self, retailer: Person) -> None:
        browser = browser_of(retailer)
        for _ in range(2):
            assert browser.post(f"{ADDRESSES}/new", {**PLACE, "idempotency_key": "the-same"}).status_code == 302
        assert Address.objects.count() == 1

    def test_a_refusal_keeps_what_was_typed(self, retailer: Person) -> None:
        answer = browser_of(retailer).post(f"{ADDRESSES}/new", {**PLACE, "line1": "", "longitude": ""})
        assert answer.status_code == 422
        assert "Street and building is required." in text_of(answer)
        assert 'value="Blue mosque"' in text_of(answer)
        answer = browser_of(retailer).post(f"{ADDRESSES}/new", {**PLACE, "longitude": ""})
        assert answer.status_code == 422
        assert "Give latitude and longitude together, or neither." in text_of(answer)
        assert not Address.objects.exists()

    def test_changes_one_and_takes_away_what_was_emptied(self, retailer: Person) -> None:
        address = AddressFactory(retailer=retailer.of, landmark="Old mill", latitude=25.1, longitude=55.1)
        browser, url = browser_of(retailer), f"{ADDRESSES}/{address.pk}"
        page = text_of(browser.get(url))
        assert all(f'value="{shown}"' in page for shown in ("Main store", "Old mill", "25.1", "55.1"))
        answer = browser.post(url, {**PLACE, "landmark": "", "latitude": "", "longitude": ""})
        assert (answer.status_code, answer.headers["Location"]) == (302, ADDRESSES)
        address.refresh_from_db()
        assert (address.label, address.area, address.landmark) == ("Second store", "", "")
        assert (address.latitude, address.longitude) == (None, None)

    def test_removes_one_for_good(self, retailer: Person) -> None:
        address = AddressFactory(retailer=retailer.of)
        browser, url = browser_of(retailer), f"{ADDRESSES}/{address.pk}"
        answer = browser.post(f"{url}/remove", follow=True)
        assert "Main store is removed." in text_of(answer)
        assert "No address yet" in text_of(answer)
        assert [browser.get(url).status_code, browser.post(f"{url}/remove").status_code] == [404, 404]

    def test_another_shops_address_is_not_there(self, retailer: Person, rival_retailer: Person) -> None:
        address = AddressFactory(retailer=retailer.of)
        rival, url = browser_of(rival_retailer), f"{ADDRESSES}/{address.pk}"
        answers = [rival.get(url), rival.post(url, PLACE), rival.post(f"{url}/remove")]
        assert [answer.status_code for answer in answers] == [404, 404, 404]
        assert "Main store" not in text_of(rival.get(ADDRESSES))
        address.refresh_from_db()
        assert (address.label, address.removed_at) == ("Main store", None)

    def test_others_may_not_see_the_page(self, vendor: Person) -> None:
        assert browser_of(vendor).get(ADDRESSES).status_code == 403

    def test_the_list_costs_the_same_for_three_and_for_twenty(self, retailer: Person) -> None:
        browser = browser_of(retailer)
        AddressFactory.create_batch(3, retailer=retailer.of)
        few = queries_of(browser, ADDRESSES)
        AddressFactory.create_batch(17, retailer=retailer.of)
        assert queries_of(browser, ADDRESSES) == few
