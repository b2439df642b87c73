"""POST /api/retailer/register: a shop may order at once."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.test import APIClient

from aqad.accounts.models import Company, Membership, User
from aqad.audit.models import Event
from aqad.retailers.models import Address, Retailer
from tests.accounts.given import sign_in, together
from tests.cast import Person
from tests.factories.people import PASSWORD

pytestmark = [pytest.mark.embedded, pytest.mark.django_db]
REGISTER = "/api/retailer/register"
FATIMA = {
    "name": "Fatima Noor",
    "email": "fatima@freshmart.test",
    "phone": "+971502223344",
    "password": PASSWORD,
    "company_name": "Fresh Mart Supermarket",
}
STORE = {"label": "Main store", "line1": "Al Wasl Road 12", "area": "Al Wasl", "emirate": "Dubai"}


def register(body: Any = None, **changes: Any) -> Any:
    return APIClient().post(REGISTER, {**FATIMA, **changes} if body is None else body, format="json")


def nothing_was_made() -> bool:
    return not any(model.objects.exists() for model in (User, Company, Retailer, Membership, Address, Event))


def test_a_registered_shop_signs_in_at_once() -> None:
    answer = register(address=STORE, trn="100123456700003")
    retailer = Retailer.objects.select_related("company").get()
    assert answer.status_code == 201
    assert answer.json() == {"id": retailer.reference, "company_name": "Fresh Mart Supermarket", "status": "active"}
    assert retailer.pk >= 2001
    assert (retailer.company.phone, retailer.company.trn) == ("+971502223344", "100123456700003")
    user = sign_in("fatima@freshmart.test").json()["user"]
    assert (user["role"], user["position"], user["company"]["id"]) == ("retailer", "owner", retailer.reference)
    address = retailer.addresses.get()
    assert {name: getattr(address, name) for name in STORE} == STORE


def test_it_is_on_record_without_names() -> None:
    register(address=STORE)
    retailer = Retailer.objects.get()
    events = list(Event.objects.order_by("pk"))
    assert [event.verb for event in events] == ["accounts.member_joined", "retailers.registered", "retailers.address_added"]
    assert events[1].text == f"Retailer {retailer.reference} registered Retailer {retailer.reference}"
    assert "Fatima" not in str(list(Event.objects.values()))
    assert "Wasl" not in str(list(Event.objects.values()))


IN_PARTS = {f"address.{name}": value for name, value in STORE.items()}
AS_JSON = {"address": '{"label": "A", "line1": "B", "emirate": "Ajman"}'}


@pytest.mark.parametrize("address", [IN_PARTS, AS_JSON])
def test_a_form_will_do(address: dict[str, str]) -> None:
    assert APIClient().post(REGISTER, {**FATIMA, **address}, format="multipart").status_code == 201
    assert Address.objects.count() == 1


@pytest.mark.parametrize("field", FATIMA)
def test_names_what_is_missing(field: str) -> None:
    answer = register({name: value for name, value in FATIMA.items() if name != field})
    label = field.replace("_", " ").capitalize()
    assert (answer.status_code, answer.json()["message"]) == (422, f"{label} is required.")
    assert answer.json()["errors"] == {field: [f"{label} is required."]}
    assert nothing_was_made()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *(("is_staff", True), ("role", "staff"), ("status", "active"), ("id", "R1"), ("kind", "vendor"), ("company", "V1001")),
        *(("email", "abc"), ("email", "a@b.test\r\nBcc: c@d.test"), ("email", f"{'a' * 250}@b.test"), ("email", None), ("email", 5)),
        *(("phone", "12"), ("phone", "٠٥٠١٢٣٤٥٦٧"), ("phone", "+9715012345678901"), ("trn", "12"), ("trn", 100123456700003)),
        *(("password", "short1A"), ("password", "alllowercase1"), ("password", "Password1"), ("name", "\u202eevil"), ("name", "x" * 121)),
        *(("company_name", "\u200b\u200b"), ("company_name", "a\x00b"), ("company_name", ["x"]), ("company_name", "x" * 1_000_000)),
        *(("address", "nowhere"), ("address", []), ("address", 5)),
    ],
)
def test_refuses_a_field_that_is_wrong(field: str, value: Any) -> None:
    answer = register(**{field: value})
    assert (answer.status_code, answer.json()["code"]) == (422, "validation_error")
    assert list(answer.json()["errors"]) == [field]
    assert nothing_was_made()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"emirate": "Muscat"}, "address.emirate"),
        ({"line1": None}, "address.line1"),
        ({"postal_code": "12345"}, "address.postal_code"),
        ({"id": 1}, "address.id"),
        ({"latitude": 91, "longitude": 55}, "address.latitude"),
    ],
)
def test_refuses_an_address_that_is_wrong(changes: dict[str, Any], field: str) -> None:
    answer = register(address={**STORE, **changes})
    assert (answer.status_code, list(answer.json()["errors"])) == (422, [field])
    assert nothing_was_made()


def test_an_email_in_use_is_refused_in_any_case(vendor: Person) -> None:
    answer = register(email=vendor.user.email.upper())
    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["email"])
    assert not Retailer.objects.exists()


def test_names_and_phones_need_not_be_unique() -> None:
    assert [register(email=f"fatima{n}@freshmart.test").status_code for n in range(2)] == [201, 201]


def test_text_is_kept_as_it_was_written() -> None:
    name = "<script>{{7*7}}</script> & Söhne بقالة"
    assert register(company_name=name).json()["company_name"] == name


def test_a_stale_token_does_not_matter() -> None:
    answer = APIClient().post(REGISTER, FATIMA, format="json", headers={"Authorization": "Bearer stale"})
    assert answer.status_code == 201


def test_twenty_an_hour_per_address() -> None:
    answers = [register({}) for _ in range(21)]
    assert [answer.status_code for answer in answers] == [422] * 20 + [429]
    assert answers[-1].headers["RateLimit-Limit"] == "20"
    elsewhere = APIClient().post(REGISTER, FATIMA, format="json", REMOTE_ADDR="203.0.113.9")
    assert elsewhere.status_code == 201


@pytest.mark.django_db(transaction=True)
def test_one_email_registers_once_at_the_same_moment() -> None:
    answers = together(6, lambda: register().status_code)
    assert sorted(answers) == [201] + [422] * 5
    assert (User.objects.count(), Company.objects.count(), Retailer.objects.count()) == (1, 1, 1)
