"""A person who asks to be forgotten is nobody afterwards; orders, money and the record stay, and every promise holds."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any

import pytest
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.core.serializers import serialize
from django.db import models

from aqad.accounts.actions.erasing import NAME
from aqad.accounts.models import FailedSignIn, Membership, TokenFamily, User
from aqad.audit.actions import work_off
from aqad.audit.models import Event, EventOrigin
from aqad.core.invariants import violations
from aqad.core.models import IdempotencyKey
from aqad.notifications.models import Mail, Notification
from catalog.models import ProductImport
from deliveries.models import Delivery
from orders.models import Order
from tests import cast
from tests.accounts.given import ask_with, sign_in, tokens_of
from tests.browsing import browser_of
from tests.cast import Person
from tests.factories.goods import ProductFactory
from tests.factories.people import PASSWORD

pytestmark = [pytest.mark.embedded, pytest.mark.django_db]
EMAIL, PERSON, PHONE, ADDRESS = "noura.almansoori@shop.test", "Noura Al Mansoori", "+971509876543", "203.0.113.77"
# Rows that say by number who did something, and stay; what else points to a person goes.
STAYS = {Order, ProductImport, Delivery, LogEntry}


@pytest.fixture
def noura(retailer: Person) -> Person:
    """A colleague of the shop's owner who has signed in, failed to, ordered, and been told of it."""
    person = cast.member(retailer.of, email=EMAIL, name=PERSON, phone=PHONE)
    assert sign_in(person.user, "Wrong-Password-1", address=ADDRESS).status_code == 401
    tokens_of(person.user)
    browser_of(person)
    order(person, "key-1")
    kind = ContentType.objects.get_for_model(User)
    LogEntry.objects.create(user=person.user, content_type=kind, object_id=str(person.user.pk), object_repr=PERSON, action_flag=2)
    LogEntry.objects.create(user=person.user, object_repr="Order ORD1001", action_flag=2)
    while work_off():
        pass
    assert Mail.objects.filter(recipient=EMAIL).exists()
    return person


def order(person: Person, key: str) -> Any:
    address = person.api.post("/api/addresses", {"label": "Shop", "line1": "Street 1", "emirate": "Dubai"}, format="json").json()["id"]
    product = ProductFactory(vendor=cast.a_vendor("Seller").of)
    body = {"items": [{"product": product.reference, "quantity": 1}], "address": address, "payment_method": "cash_on_delivery"}
    made = person.api.post("/api/orders", body, format="json", headers={"Idempotency-Key": key}, REMOTE_ADDR=ADDRESS)
    assert made.status_code == 201, made.content
    return made


def everything() -> str:
    """The whole database as text."""
    return "".join(serialize("json", model._default_manager.all()) for model in apps.get_models() if model._meta.managed)


def forget(person: str, *options: str) -> str:
    out = StringIO()
    call_command("forget_person", person, *options, stdout=out)
    return out.getvalue()


def test_nothing_that_identifies_the_person_is_left_anywhere(noura: Person) -> None:
    before = everything()
    assert all(word in before for word in (EMAIL, PERSON, PHONE, ADDRESS))
    said = forget(EMAIL.upper())
    after = everything()
    assert [word for word in (EMAIL, PERSON, PHONE, ADDRESS) if word in after] == []
    assert f"user:{noura.user.pk} is erased" in said
    user = User.objects.get(pk=noura.user.pk)
    assert (user.name, user.phone, user.is_active, user.has_usable_password()) == (NAME, "", False, False)
    assert not FailedSignIn.objects.exists()
    assert not TokenFamily.objects.filter(user=user).exists()


def test_the_order_its_history_and_every_promise_stay(noura: Person, retailer: Person) -> None:
    events = list(Event.objects.values_list("pk", "facts"))
    forget(EMAIL)
    assert Order.objects.get().placed_by_id == noura.user.pk
    assert list(Event.objects.values_list("pk", "facts"))[: len(events)] == events
    assert retailer.api.get("/api/orders").json()["pagination"]["total"] == 1
    while work_off():
        pass
    assert {name: rows for name, rows in violations() if rows} == {}


def test_the_person_is_out_at_once_and_the_email_is_free(noura: Person, retailer: Person) -> None:
    access = tokens_of(noura.user)["access"]
    browser = browser_of(noura)
    forget(EMAIL)
    assert ask_with(access).status_code == 401
    assert browser.get("/account").status_code == 302
    assert sign_in(EMAIL, PASSWORD).status_code == 401
    invited = retailer.api.post("/api/team", {"name": "Noura", "email": EMAIL, "role": "member", "phone": PHONE}, format="json")
    assert invited.status_code == 201


def test_it_is_on_record_by_number_only(noura: Person) -> None:
    forget(EMAIL)
    event = Event.objects.get(verb="accounts.person_erased")
    assert (event.subject, event.actor) == (f"user:{noura.user.pk}", "System forget_person")
    assert event.facts["rows"]["accounts.TokenFamily"] >= 1
    assert event.facts["rows"]["sessions"] == 1
    assert EMAIL not in json.dumps(event.facts)


def test_others_keep_what_is_theirs(noura: Person, retailer: Person) -> None:
    browser_of(retailer)
    order(retailer, "key-2")
    while work_off():
        pass

    def theirs() -> list[int]:
        return [
            Session.objects.count(),
            Mail.objects.filter(user=retailer.user).count(),
            Notification.objects.filter(user=retailer.user).count(),
            IdempotencyKey.objects.filter(user=retailer.user).count(),
            EventOrigin.objects.filter(event__actor_user_id=retailer.user.pk).count(),
        ]

    before = theirs()
    assert all(before)
    forget(EMAIL)
    assert theirs() == [before[0] - 1, *before[1:]]


def test_a_dry_run_changes_nothing(noura: Person) -> None:
    before = everything()
    assert "would be erased" in forget(EMAIL, "--dry-run")
    assert everything() == before


def test_one_who_has_left_is_found_by_number(noura: Person) -> None:
    membership = Membership.objects.get(user=noura.user)
    User.objects.filter(pk=noura.user.pk).update(email="removed-1@people.invalid", is_active=False)
    membership.delete()
    forget(f"user:{noura.user.pk}")
    assert PERSON not in everything()
    forget(str(noura.user.pk))  # harmless when repeated


@pytest.mark.parametrize("nobody", ["nobody@shop.test", "user:999999", ""])
def test_nobody_is_no_one_else(noura: Person, nobody: str) -> None:
    with pytest.raises(CommandError, match="nobody under"):
        forget(nobody)
    assert PERSON in everything()


def test_refuses_to_leave_an_active_company_without_anybody_in_charge(vendor: Person) -> None:
    before = everything()
    with pytest.raises(CommandError):
        forget(vendor.user.email)
    assert everything() == before
    vendor.company.status = "suspended"
    vendor.company.save()
    forget(vendor.user.email)
    assert vendor.user.email not in everything()


def test_refuses_to_erase_the_last_person_with_every_right(staff: Person) -> None:
    User.objects.filter(pk=staff.user.pk).update(is_superuser=True)
    with pytest.raises(CommandError, match="last person with every right"):
        forget(staff.user.email)
    cast.a_member_of_staff()
    User.objects.exclude(pk=staff.user.pk).filter(is_staff=True).update(is_superuser=True)
    forget(staff.user.email)


def test_every_row_that_points_to_a_person_goes_or_is_known_to_stay(noura: Person) -> None:
    relations = [one for one in User._meta.get_fields(include_hidden=True) if isinstance(one, models.ManyToOneRel)]
    assert {one.related_model for one in relations} >= {TokenFamily, IdempotencyKey, Notification, Mail, Membership} | STAYS
    forget(EMAIL)
    left = {one.related_model for one in relations if one.related_model._default_manager.filter(**{one.field.name: noura.user}).exists()}
    assert left == {Order, LogEntry}
    assert {one.related_model for one in relations if one.on_delete is not models.CASCADE} | {LogEntry} == STAYS
