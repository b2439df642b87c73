"""Where a shop wants its cartons."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from aqad.audit.models import Event
from aqad.retailers.actions.addresses import MOST
from aqad.retailers.models import Address
from tests import cast
from tests.cast import Person
from tests.factories.people import AddressFactory

pytestmark = [pytest.mark.embedded, pytest.mark.django_db]
ADDRESSES = "/api/addresses"
STORE = {"label": "Main store", "line1": "Al Wasl Road 12", "emirate": "dubai"}


def add(person: Person, **changes: Any) -> Any:
    return person.api.post(ADDRESSES, {name: value for name, value in {**STORE, **changes}.items() if value != "away"}, format="json")


def test_adds_one_and_lists_the_newest_first(retailer: Person) -> None:
    first = add(retailer)
    full = {"area": "Al Wasl", "landmark": "Opposite the park", "phone": "04 222 3344", "latitude": "25.2048", "longitude": 55.2708123456}
    second = add(retailer, **full)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == {
        **{"id": first.json()["id"], "label": "Main store", "line1": "Al Wasl Road 12", "area": "", "emirate": "Dubai"},
        **{"landmark": "", "phone": "", "latitude": None, "longitude": None},
    }
    assert (second.json()["phone"], second.json()["latitude"], second.json()["longitude"]) == ("+97142223344", 25.2048, 55.270812)
    assert retailer.api.get(ADDRESSES).json()["results"] == [second.json(), first.json()]
    event = Event.objects.order_by("pk").first()
    assert (event.verb, event.subject, event.about) == ("retailers.address_added", f"address:{first.json()['id']}", retailer.of.reference)


def test_changes_one(retailer: Person) -> None:
    address = add(retailer).json()["id"]
    answer = retailer.api.patch(f"{ADDRESSES}/{address}", {"landmark": "Blue door", "emirate": "Ajman"}, format="json")
    assert answer.status_code == 200
    assert (answer.json()["landmark"], answer.json()["emirate"], answer.json()["line1"]) == ("Blue door", "Ajman", "Al Wasl Road 12")
    assert Event.objects.latest("pk").facts == {"fields": ["emirate", "landmark"]}
    assert retailer.api.get(f"{ADDRESSES}/{address}").json() == answer.json()


def test_a_removed_one_is_gone_but_its_row_stays(retailer: Person) -> None:
    address = add(retailer).json()["id"]
    answer = retailer.api.delete(f"{ADDRESSES}/{address}")
    assert (answer.status_code, answer.content) == (204, b"")
    assert retailer.api.get(ADDRESSES).json()["results"] == []
    assert retailer.api.delete(f"{ADDRESSES}/{address}").status_code == 404
    assert retailer.api.patch(f"{ADDRESSES}/{address}", {"label": "x"}, format="json").status_code == 404
    assert Address.objects.get(pk=address).removed_at is not None
    assert Event.objects.filter(verb="retailers.address_removed").count() == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        *(({"label": "away"}, "label"), ({"line1": "away"}, "line1"), ({"emirate": "away"}, "emirate"), ({"emirate": "Oman"}, "emirate")),
        *(({"label": ""}, "label"), ({"line1": "x" * 201}, "line1"), ({"line1": "a\nb"}, "line1"), ({"landmark": 5}, "landmark")),
        *(({"phone": "x"}, "phone"), ({"latitude": 25.2}, "longitude"), ({"longitude": 55.2}, "latitude"), ({"area": None}, "area")),
        *(({"latitude": "nan", "longitude": 1}, "latitude"), ({"latitude": True, "longitude": 1}, "latitude")),
        *(({"latitude": 1, "longitude": 181}, "longitude"), ({"latitude": "1e1", "longitude": 1}, "latitude")),
        *(({"retailer": 2001}, "retailer"), ({"id": 7}, "id"), ({"removed_at": None}, "removed_at"), ({"postal_code": "1"}, "postal_code")),
    ],
)
def test_refuses_what_is_wrong(retailer: Person, changes: dict[str, Any], field: str) -> None:
    answer = add(retailer, **changes)
    assert (answer.status_code, list(answer.json()["errors"])) == (422, [field])
    assert not Address.objects.exists()


def test_a_place_is_two_coordinates_or_none(retailer: Person) -> None:
    address = add(retailer, latitude=25.2, longitude=55.3).json()["id"]
    assert retailer.api.patch(f"{ADDRESSES}/{address}", {"latitude": None}, format="json").status_code == 422
    both = retailer.api.patch(f"{ADDRESSES}/{address}", {"latitude": None, "longitude": None}, format="json")
    assert (both.json()["latitude"], both.json()["longitude"]) == (None, None)


def test_another_shop_finds_nothing(retailer: Person, rival_retailer: Person) -> None:
    address = AddressFactory(retailer=retailer.of)
    for call in (rival_retailer.api.get, rival_retailer.api.patch, rival_retailer.api.delete):
        known, unknown = call(f"{ADDRESSES}/{address.pk}"), call(f"{ADDRESSES}/999999")
        assert (known.status_code, known.json()) == (unknown.status_code, unknown.json())
        assert known.status_code == 404
    assert rival_retailer.api.get(ADDRESSES).json()["results"] == []
    address.refresh_from_db()
    assert (address.label, address.removed_at) == ("Main store", None)


def test_only_retailers_have_addresses(vendor: Person, dispatcher: Person, staff: Person, stranger: APIClient) -> None:
    for api, status in ((vendor.api, 403), (dispatcher.api, 403), (staff.api, 403), (stranger, 401)):
        assert api.get(ADDRESSES).status_code == status
        assert api.post(ADDRESSES, STORE, format="json").status_code == status
    assert not Address.objects.exists()


def test_every_member_of_the_shop_may(retailer: Person) -> None:
    colleague = cast.member(retailer.of, "member")
    assert add(colleague).status_code == 201
    assert len(retailer.api.get(ADDRESSES).json()["results"]) == 1


def test_a_shop_keeps_a_hundred_at_most(retailer: Person) -> None:
    Address.objects.bulk_create(Address(retailer=retailer.of, label="x", line1="y", emirate="Dubai") for _ in range(MOST))
    answer = add(retailer)
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
    assert Address.objects.count() == MOST
    retailer.api.delete(f"{ADDRESSES}/{Address.objects.first().pk}")
    assert add(retailer).status_code == 201


def test_a_repeated_request_with_a_key_adds_one(retailer: Person) -> None:
    answers = [retailer.api.post(ADDRESSES, STORE, format="json", headers={"Idempotency-Key": "one"}) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert answers[1].headers["Idempotency-Replayed"] == "true"
    assert Address.objects.count() == 1


def test_the_number_of_queries_does_not_grow(retailer: Person) -> None:
    retailer.api.get(ADDRESSES)
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            retailer.api.get(ADDRESSES)
        counts.append(len(queries))
        for _ in range(5):
            AddressFactory(retailer=retailer.of)
    assert counts[0] == counts[1]
