"""Who is told of what: exactly the people whom it concerns, in the app once and by mail, and nobody else."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from aqad.audit import verbs
from aqad.audit.actions import record, work_off
from aqad.audit.models import Event, Outbox
from aqad.core import clock
from aqad.core.actor import Actor
from aqad.notifications.actions import tell
from aqad.notifications.models import Mail, Notification
from aqad.notifications.table import TOLD
from catalog.models import Product, Stock
from tests import cast
from tests.cast import Person
from tests.notifications.conftest import NEW_EMAIL, Scene
from vendors.actions.reviewing import reject_document
from vendors.models import VendorDocument

pytestmark = pytest.mark.django_db
BOTH, APP, MAIL = "in the app and by mail", "in the app", "by mail"

# What happened, to which thing of the scene: who is told how, under which kind.
EXPECTED: dict[tuple[str, str], dict[str, tuple[str, str]]] = {
    ("orders.placed", "unpaid_order"): {"retailer": ("order_placed", BOTH)},
    ("orders.placed", "cash_order"): {"retailer": ("order_placed", BOTH), "vendor": ("order_placed", BOTH)},
    ("orders.paid", "card_order"): {"vendor": ("order_placed", BOTH), "retailer": ("payment_paid", BOTH)},
    ("orders.acceptance_due", "card_order"): {"vendor": ("acceptance_due", BOTH)},
    ("orders.accepted", "card_order"): {"retailer": ("order_accepted", BOTH), "vendor": ("order_accepted", APP)},
    ("orders.rejected", "card_order"): {"retailer": ("order_rejected", BOTH), "vendor": ("order_rejected", APP)},
    ("orders.ready", "card_order"): {"retailer": ("order_ready", BOTH), "vendor": ("order_ready", APP)},
    ("orders.picked_up", "card_order"): {"retailer": ("order_picked_up", BOTH), "vendor": ("order_picked_up", BOTH)},
    ("orders.out_for_delivery", "card_order"): {
        "retailer": ("order_out_for_delivery", BOTH),
        "vendor": ("order_out_for_delivery", BOTH),
    },
    ("orders.completed", "card_order"): {"retailer": ("order_completed", BOTH), "vendor": ("order_completed", BOTH)},
    ("orders.failed", "unpaid_order"): {"retailer": ("order_failed", BOTH)},
    ("orders.cancelled", "card_order"): {"retailer": ("order_cancelled", BOTH), "vendor": ("order_cancelled", BOTH)},
    ("orders.cancelled", "unpaid_order"): {"retailer": ("order_cancelled", BOTH)},
    ("orders.returned", "card_order"): {"retailer": ("order_returned", BOTH), "vendor": ("order_returned", BOTH)},
    ("payments.failed", "payment"): {"retailer": ("payment_failed", APP)},
    ("payments.refunded", "payment"): {"retailer": ("payment_refunded", BOTH)},
    ("payments.money_alert", "payment"): {"staff": ("money_alert", BOTH)},
    ("deliveries.assigned", "delivery"): {"dispatcher": ("delivery_assigned", BOTH), "driver": ("delivery_assigned", BOTH)},
    ("deliveries.reassigned", "delivery"): {"dispatcher": ("delivery_assigned", BOTH), "driver": ("delivery_assigned", BOTH)},
    ("deliveries.cancelled", "delivery"): {"dispatcher": ("order_cancelled", BOTH), "driver": ("order_cancelled", BOTH)},
    ("deliveries.attempt_failed", "delivery"): {
        "retailer": ("delivery_attempt_failed", BOTH),
        "vendor": ("delivery_attempt_failed", BOTH),
    },
    ("vendors.registered", "vendor"): {"staff": ("vendor_registered", BOTH), "vendor": ("welcome", MAIL)},
    ("vendors.resubmitted", "vendor"): {"staff": ("vendor_registered", BOTH)},
    ("vendors.approved", "vendor"): {"vendor": ("vendor_approved", BOTH)},
    ("vendors.rejected", "vendor"): {"vendor": ("vendor_rejected", BOTH)},
    ("vendors.document_rejected", "document"): {"vendor": ("document_rejected", BOTH)},
    ("vendors.document_expiring", "document"): {"vendor": ("document_expiring", BOTH)},
    ("retailers.registered", "retailer"): {"retailer": ("welcome", BOTH)},
    ("accounts.company_suspended", "retailer"): {"retailer": ("company_suspended", BOTH)},
    ("accounts.company_reinstated", "vendor"): {"vendor": ("company_reinstated", BOTH)},
    ("accounts.member_invited", "vendor_user"): {"vendor": ("welcome", MAIL)},
    ("accounts.password_reset_requested", "vendor_user"): {"vendor": ("password_reset", MAIL)},
    ("accounts.new_device", "vendor_user"): {"vendor": ("security_alert", BOTH)},
    ("accounts.password_changed", "vendor_user"): {"vendor": ("security_alert", BOTH)},
    ("accounts.second_factor_on", "vendor_user"): {"vendor": ("security_alert", BOTH)},
    ("accounts.second_factor_off", "vendor_user"): {"vendor": ("security_alert", BOTH)},
    ("accounts.second_factor_removed", "vendor_user"): {"vendor": ("security_alert", BOTH)},
    ("accounts.recovery_codes_renewed", "vendor_user"): {"vendor": ("security_alert", BOTH)},
    ("accounts.recovery_code_used", "vendor_user"): {"vendor": ("security_alert", BOTH)},
    ("accounts.email_change_requested", "moving_user"): {"vendor": ("security_alert", BOTH)},
    ("accounts.email_confirmation_requested", "moving_user"): {"vendor": ("email_confirmation", MAIL)},
    ("accounts.email_changed", "vendor_user"): {"vendor": ("security_alert", BOTH)},
    ("catalog.stock_low", "product"): {"vendor": ("stock_low", BOTH)},
    ("catalog.import_finished", "an_import"): {"vendor": ("import_finished", BOTH)},
}
KINDS = {
    *("order_placed", "payment_paid", "payment_failed", "payment_refunded", "order_accepted", "order_rejected", "order_ready"),
    *("order_picked_up", "order_out_for_delivery", "delivery_attempt_failed", "order_completed", "order_cancelled", "order_failed"),
    *("order_returned", "acceptance_due", "delivery_assigned", "vendor_registered", "vendor_approved", "vendor_rejected"),
    *("company_suspended", "company_reinstated", "document_expiring", "stock_low", "import_finished", "welcome", "money_alert"),
}

# Of these something is mailed, and they bear a number that people read out.
NUMBERED = [
    (verb, subject)
    for (verb, subject), told in EXPECTED.items()
    if subject not in {"vendor_user", "moving_user", "document", "an_import"} and any(way != APP for _kind, way in told.values())
]


def happens(verb: str, subject: Any, **facts: Any) -> Event:
    with transaction.atomic():
        event = record(verb, subject, Actor.system("tests"), **facts)
    work_off()
    return event


def undone(verb: str, subject: Any) -> None:
    """Something happens, and then its transaction fails."""
    with transaction.atomic():
        record(verb, subject, Actor.system("tests"))
        raise RuntimeError("undone")


def told_of(event: Event, scene: Scene) -> dict[str, tuple[str, str]]:
    """By the scene's names; a second word of the same way to the same person would show as one more row than people."""
    names = {person.user.pk: name for name, person in scene.people.items()}
    notes = {names[one.user_id]: one.kind for one in Notification.objects.filter(event=event)}
    mails = {names[one.user_id]: one.kind for one in Mail.objects.filter(event=event)}
    assert Notification.objects.filter(event=event).count() == len(notes)
    assert Mail.objects.filter(event=event).count() == len(mails)
    ways = {name: BOTH if name in notes and name in mails else APP if name in notes else MAIL for name in {*notes, *mails}}
    return {name: (notes.get(name) or mails[name], way) for name, way in ways.items()}


@pytest.mark.parametrize(("verb", "subject"), EXPECTED, ids=lambda word: word.replace(".", " "))
def test_exactly_these_are_told(scene: Scene, verb: str, subject: str) -> None:
    thing = scene.product if subject == "product" else getattr(scene, subject)()
    event = happens(verb, thing, amount="48.00")
    assert told_of(event, scene) == EXPECTED[verb, subject]
    assert not Outbox.objects.filter(event=event).exists()
    for mail in Mail.objects.filter(event=event):
        assert mail.recipient == (NEW_EMAIL if verb == "accounts.email_confirmation_requested" else mail.user.email)
        assert not re.search(r"[{}]", mail.subject + mail.text)
    for note in Notification.objects.filter(event=event):
        assert note.message
        assert not re.search(r"[{}]", note.message)


def test_every_row_of_the_table_is_held_to_by_this_test() -> None:
    assert {verb for verb, _ in EXPECTED} == set(TOLD)


def test_every_event_of_the_table_is_one_that_can_be_recorded() -> None:
    assert [verb for verb in TOLD if not verbs.is_declared(verb)] == []


def test_every_event_of_the_table_is_recorded_somewhere() -> None:
    """By its whole name, or put together from a state of the same word."""
    root = Path(settings.BASE_DIR)
    code = "".join(
        path.read_text()
        for app in ("aqad", "vendors", "catalog", "orders", "payments", "deliveries")
        for path in (root / app).rglob("*.py")
        if path.name != "events.py" and not path.name.startswith("table")
    )
    assert [verb for verb in TOLD if f'"{verb}"' not in code and not verb.startswith("deliveries.")] == []


def test_the_kinds_are_those_of_the_contract_and_four_more() -> None:
    told = {row.kind for rows in TOLD.values() for row in rows}
    assert told == KINDS | {"password_reset", "document_rejected", "security_alert", "email_confirmation"}


def test_the_same_event_handed_over_again_tells_nobody_twice(scene: Scene) -> None:
    event = happens("orders.completed", scene.card_order())
    before = told_of(event, scene), Notification.objects.count(), Mail.objects.count()
    tell([event])
    tell([event, event])
    assert (told_of(event, scene), Notification.objects.count(), Mail.objects.count()) == before


def test_what_was_rolled_back_is_told_to_nobody(scene: Scene) -> None:
    order = scene.card_order()
    with pytest.raises(RuntimeError, match="undone"):
        undone("orders.completed", order)
    work_off()
    assert not Outbox.objects.exists()
    assert not Notification.objects.exists()
    assert not Mail.objects.exists()


def test_the_texts_name_what_they_speak_of(scene: Scene) -> None:
    order = scene.cash_order()
    event = happens("orders.placed", order)
    words = {mail.user.pk: (mail.subject, mail.text) for mail in Mail.objects.filter(event=event)}
    subject, text = words[scene.people["vendor"].user.pk]
    assert subject == f"New Order Received · {order.reference}"
    assert order.reference in text
    assert "Fresh Mart Supermarket" in text
    assert "AED 504.00" in text
    assert words[scene.people["retailer"].user.pk][0] == f"Order Successfully Created · {order.reference}"
    note = Notification.objects.filter(event=event).first()
    assert note is not None
    assert (note.subject, note.url) == (order.reference, f"/orders/{order.reference}")


def test_a_vendor_that_sells_reads_why_its_paper_was_refused(scene: Scene, staff: Person) -> None:
    paper = scene.document()
    VendorDocument.objects.filter(pk=paper.pk).update(status="pending")
    reject_document(paper, reason="The second page is missing.", actor=staff.actor)
    work_off()
    note, mail = Notification.objects.get(), Mail.objects.get()
    assert note.message == "Trade licence of Ahmed Foods LLC was not accepted: The second page is missing."
    assert (note.user_id, note.kind, note.url) == (scene.people["vendor"].user.pk, "document_rejected", "/vendor/documents")
    assert mail.subject.startswith("Trade licence was not accepted")
    assert "The second page is missing." in mail.text


def test_a_vendor_that_still_applies_is_told_of_the_decision_alone(scene: Scene) -> None:
    scene.people["vendor"].of.company.status = "pending"
    scene.people["vendor"].of.company.save()
    assert told_of(happens("vendors.document_rejected", scene.document()), scene) == {}


@pytest.mark.parametrize(("verb", "subject"), NUMBERED, ids=lambda word: word.replace(".", " "))
def test_every_mail_names_the_reference_of_its_thing_once_in_its_subject(scene: Scene, verb: str, subject: str) -> None:
    thing = scene.product if subject == "product" else getattr(scene, subject)()
    names = {thing.reference, getattr(thing, "order", thing).reference}
    subjects = Mail.objects.filter(event=happens(verb, thing, amount="48.00")).values_list("subject", flat=True)
    assert subjects
    assert [sum(words.count(name) for name in names) for words in subjects] == [1] * len(subjects)


def test_a_long_subject_keeps_its_reference(scene: Scene) -> None:
    Product.objects.filter(pk=scene.product.pk).update(name="Water " * 33)
    mail = Mail.objects.get(event=happens("catalog.stock_low", scene.product, available=12))
    assert mail.subject.startswith("Water Water")
    assert mail.subject.endswith(f" · {scene.product.reference}")
    assert len(mail.subject) <= 200


def test_an_import_says_how_it_went(scene: Scene) -> None:
    good, bad, trial = scene.an_import(), scene.an_import(), scene.an_import()
    good.created, good.failed = 7, 2
    bad.state, bad.problem = "failed", "The file is empty."
    trial.dry_run = True
    said = []
    for row in (good, bad, trial):
        row.save()
        said.append(Notification.objects.get(event=happens("catalog.import_finished", row)).message)
    assert said == [
        "prices.csv: 7 created, 0 updated, 2 failed.",
        "prices.csv: The file is empty.",
        "prices.csv: 0 would be created, 0 updated, 0 fail. Nothing was changed.",
    ]


def test_a_notification_bears_the_time_of_what_it_tells(scene: Scene) -> None:
    """A worker that was away for hours tells of things as late as they are."""
    with transaction.atomic():
        event = record("orders.completed", scene.card_order(), Actor.system("tests"))
    with clock.living_at(event.at + timedelta(hours=5)):
        work_off()
    assert set(Notification.objects.values_list("created_at", flat=True)) == {event.at}


def test_low_stock_is_told_as_it_was(scene: Scene) -> None:
    Stock.objects.filter(product=scene.product).update(on_hand=900)
    event = happens("catalog.stock_low", scene.product, available=12)
    assert Notification.objects.get(event=event).message == f"{scene.product.name} has 12 left to order."


def test_a_driver_who_left_a_delivery_hears_no_more_of_it(scene: Scene) -> None:
    delivery = scene.delivery()
    delivery.driver = scene.people["colleague driver"].user
    delivery.save()
    assert set(told_of(happens("deliveries.reassigned", delivery), scene)) == {"dispatcher", "colleague driver"}


@pytest.mark.parametrize("verb", ["orders.completed", "payments.money_alert", "vendors.registered"])
def test_more_people_need_no_more_queries(scene: Scene, verb: str, django_assert_num_queries: Any) -> None:
    thing = {"orders": scene.card_order, "payments": scene.payment, "vendors": scene.vendor}[verb.partition(".")[0]]()
    with transaction.atomic():
        first, second = (record(verb, thing, Actor.system("tests")) for _ in range(2))
    with CaptureQueriesContext(connection) as few:
        tell([first])
    for _ in range(4):
        cast.member(scene.people["vendor"].of)
        cast.member(scene.people["retailer"].of)
        cast.a_member_of_staff()
    with django_assert_num_queries(len(few)):
        tell([second])
    assert Notification.objects.filter(event=second).count() > Notification.objects.filter(event=first).count()


def test_more_events_need_no_more_reading_and_are_told_as_if_each_were_alone(scene: Scene) -> None:
    """Every kind of event once, then every kind three times. What is written goes in pieces as large as the database takes."""

    def happened_to_all() -> list[Event]:
        things = [(verb, scene.product if subject == "product" else getattr(scene, subject)()) for verb, subject in EXPECTED]
        with transaction.atomic():
            return [record(verb, thing, Actor.system("tests"), amount="48.00") for verb, thing in things]

    def statements(events: list[Event]) -> tuple[int, int]:
        with CaptureQueriesContext(connection) as asked:
            tell(events)
        inserts = sum(query["sql"].startswith("INSERT") for query in asked)
        return len(asked) - inserts, inserts

    Stock.objects.filter(product=scene.product).update(on_hand=10_000)
    once = happened_to_all()
    thrice = [event for _ in range(3) for event in happened_to_all()]
    reads, inserts = statements(once)
    assert inserts == 2
    more_reads, more_inserts = statements(thrice)
    assert more_reads == reads
    assert more_inserts <= 3 * inserts
    assert [told_of(event, scene) for event in (*once, *thrice)] == list(EXPECTED.values()) * 4
