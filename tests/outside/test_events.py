"""The events exchange against a real broker that is killed, frozen and full: what was committed arrives, and nobody waits for it."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import kombu
import pytest
from django.db import connection, transaction
from django.db.models import Q

from aqad.audit import consumers, exchange, leasing, publishing
from aqad.audit.actions import record, record_many, work_off
from aqad.audit.models import Event, Outbox
from aqad.audit.tasks import publish_events, sweep_events
from aqad.core import clock
from aqad.core.actor import Actor
from tests.cast import Person
from tests.factories.people import UserFactory
from tests.outside.processes import until
from tests.outside.rabbit import Rabbit

pytestmark = [pytest.mark.production, pytest.mark.alone, pytest.mark.django_db(transaction=True)]
VERB = "accounts.user_changed"


class Listener:
    """The other system: a durable queue bound to everything."""

    def __init__(self, url: str, name: str = "other-system", **limits: Any) -> None:
        self.url = url
        self.queue = kombu.Queue(name, exchange.EXCHANGE, routing_key="#", durable=True, queue_arguments=limits)
        self.declare()

    def declare(self) -> None:
        """As each listener does whenever it connects (docs/events.md): a broker that was killed may have forgotten a young binding."""
        with kombu.Connection(self.url) as broker:
            self.queue(broker.default_channel).declare()

    def heard(self) -> list[kombu.Message]:
        """Everything that lies in the queue, taken out of it."""
        messages = []
        with kombu.Connection(self.url) as broker:
            queue = self.queue(broker.default_channel)
            while (message := queue.get()) is not None:
                message.ack()
                messages.append(message)
        return messages

    def ids(self) -> list[int]:
        return [int(message.properties["message_id"]) for message in self.heard()]

    def leave(self) -> None:
        with kombu.Connection(self.url) as broker:
            self.queue(broker.default_channel).delete()


@pytest.fixture
def registered(rabbit: Rabbit, settings: Any) -> Iterator[None]:
    """As with EVENTS_BROKER_URL in the environment."""
    settings.EVENTS_BROKER_URL = rabbit.url
    exchange.breaker.reset()
    exchange.register()
    yield
    consumers.unregister(exchange.CONSUMER)
    exchange.breaker.reset()


@pytest.fixture
def held(registered: None) -> Iterator[None]:
    """Nobody publishes but the test itself."""
    with publishing.held() as run_held:
        yield
        consumers.unregister(exchange.CONSUMER)
        run_held("")


@pytest.fixture
def listener(rabbit: Rabbit, held: None) -> Iterator[Listener]:
    other = Listener(rabbit.url)
    yield other
    other.leave()


def happened(subject: Any = None, **facts: Any) -> Event:
    with transaction.atomic():
        return record(VERB, subject or UserFactory(), Actor.system("tests", request_id="request-1"), **facts)


def waiting() -> list[int]:
    return list(Outbox.objects.filter(consumer=exchange.CONSUMER).order_by("event_id").values_list("event_id", flat=True))


@contextmanager
def in_a_thread(work: Callable[[], Any]) -> Iterator[None]:
    """`work` happens at the same time, with a connection of its own."""

    def run() -> None:
        try:
            work()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        thread.join()


def first_times(ids: list[int]) -> list[int]:
    return list(dict.fromkeys(ids))


def test_an_event_arrives_as_it_was_recorded(listener: Listener) -> None:
    user = UserFactory()
    event = happened(user, before="a", amount="48.00")
    assert exchange.publish_waiting() == 1
    [message] = listener.heard()
    assert message.delivery_info["exchange"] == "aqad.events"
    assert message.delivery_info["routing_key"] == VERB
    known = {name: message.properties[name] for name in ("message_id", "type", "app_id", "delivery_mode")}
    assert known == {"message_id": str(event.pk), "type": VERB, "app_id": "aqad", "delivery_mode": 2}
    body = json.loads(message.body)
    assert datetime.fromisoformat(body.pop("timestamp")) == event.at
    assert body == {
        "id": event.pk,
        "eventType": VERB,
        "serviceId": "aqad",
        "requestId": "request-1",
        "data": {
            "subject": f"user:{user.pk}",
            "about": "",
            "actor": "System tests",
            "actorRole": "system",
            "via": "task",
            "facts": {"before": "a", "amount": "48.00"},
        },
    }
    assert (exchange.publish_waiting(), waiting(), listener.heard()) == (0, [], [])


def test_nothing_of_a_transaction_that_failed_arrives(listener: Listener) -> None:
    def fail() -> None:
        with transaction.atomic():
            record(VERB, UserFactory(), Actor.system("tests"))
            raise RuntimeError("undone")

    with pytest.raises(RuntimeError, match="undone"):
        fail()
    event = happened()
    assert sweep_events() == 1
    assert listener.ids() == [event.pk]


def test_each_transaction_asks_for_a_publisher_once_and_for_the_other_consumers_as_before(listener: Listener) -> None:
    with transaction.atomic():
        user = UserFactory()
        record(VERB, user, Actor.system("tests"))
        record("accounts.password_changed", user, Actor.system("tests"))
        asked = [function.args for _, function, *_ in connection.run_on_commit]
    assert asked.count(("audit.publish_events",)) == 1
    assert len(asked) == len(set(asked))
    work_off()
    assert len(waiting()) == 2
    assert sweep_events() == 2


def test_one_message_to_a_worker_publishes_all_that_one_change_made(listener: Listener) -> None:
    users, number = [UserFactory() for _ in range(5)], 2 * leasing.BATCH + 1
    with transaction.atomic():
        record_many(VERB, [users[i % 5] for i in range(number)], Actor.system("tests"))
    events = waiting()
    assert (len(events), publish_events(), waiting()) == (number, number, [])
    assert listener.ids() == events


def test_everything_arrives_in_order_though_the_broker_is_killed_again_and_again(rabbit: Rabbit, listener: Listener) -> None:
    """Killed between events, and killed while they are being published; its port is closed for a while each time."""
    users = [UserFactory() for _ in range(5)]

    def many(number: int) -> None:
        with transaction.atomic():
            record_many(VERB, [users[i % 5] for i in range(number)], Actor.system("tests"))

    def bring_back() -> None:
        rabbit.start()
        listener.declare()
        exchange.breaker.reset()

    many(30)
    assert exchange.publish_waiting() == 30
    rabbit.kill()
    many(30)
    assert exchange.publish_waiting() == 0
    assert exchange.breaker.is_open
    many(30)
    assert len(waiting()) == 60
    bring_back()
    many(400)
    with in_a_thread(lambda: (until(lambda: len(waiting()) <= 300), rabbit.kill())):
        sweep_events()
    left = len(waiting())
    bring_back()
    while waiting():
        sweep_events()
    ids = listener.ids()
    events = Event.objects.filter(verb=VERB)
    assert left > 0
    assert set(ids) == set(events.values_list("pk", flat=True))
    for user in users:
        of_this = list(events.filter(subject=f"user:{user.pk}").order_by("pk").values_list("pk", flat=True))
        assert [pk for pk in first_times(ids) if pk in of_this] == of_this


def test_a_worker_that_dies_before_it_noted_what_it_published_repeats_it(listener: Listener, monkeypatch: pytest.MonkeyPatch) -> None:
    publish = kombu.Producer.publish

    def publish_and_die(*args: Any, **more: Any) -> None:
        publish(*args, **more)
        os._exit(9)

    event = happened()
    monkeypatch.setattr(kombu.Producer, "publish", publish_and_die)
    connection.close()
    if (worker := os.fork()) == 0:
        exchange.publish_waiting()
    assert os.waitstatus_to_exitcode(os.waitpid(worker, 0)[1]) == 9
    monkeypatch.undo()
    assert (exchange.publish_waiting(), waiting()) == (0, [event.pk])
    with clock.living_at(clock.now() + leasing.LEASE + timedelta(seconds=1)):
        assert exchange.publish_waiting() == 1
    assert listener.ids() == [event.pk, event.pk]


def test_an_event_waits_for_the_earlier_one_of_its_subject_that_another_worker_has(listener: Listener) -> None:
    ours, theirs = UserFactory(), UserFactory()
    first = happened(theirs)
    [leased] = leasing.lease(Q(consumer=exchange.CONSUMER), 1)
    later, free = happened(theirs), happened(ours)
    assert exchange.publish_waiting() == 1
    assert (listener.ids(), waiting()) == ([free.pk], [first.pk, later.pk])
    assert leased.event_id == first.pk
    with clock.living_at(clock.now() + leasing.LEASE + timedelta(seconds=1)):
        assert exchange.publish_waiting() == 2
    assert listener.ids() == [first.pk, later.pk]


def test_speaks_in_secret_only_with_the_broker_that_a_trusted_certificate_names(
    rabbit: Rabbit, listener: Listener, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def publish(host: str) -> int:
        settings.EVENTS_BROKER_URL = f"amqps://guest:guest@{host}:{rabbit.secret_port}//"
        exchange.breaker.reset()
        return exchange.publish_waiting()

    event = happened()
    assert publish("localhost") == 0
    monkeypatch.setenv("SSL_CERT_FILE", str(rabbit.trusted))
    assert publish("127.0.0.1") == 0
    assert listener.ids() == []
    assert publish("localhost") == 1
    assert listener.ids() == [event.pk]


def test_four_publishers_at_once_keep_the_order_of_each_subject(listener: Listener) -> None:
    users = [UserFactory() for _ in range(4)]
    with transaction.atomic():
        record_many(VERB, [users[i % 4] for i in range(250)], Actor.system("tests"))
    start = threading.Barrier(4)

    def publish() -> None:
        start.wait()
        deadline = time.monotonic() + 60
        while waiting() and time.monotonic() < deadline:
            sweep_events()

    with in_a_thread(publish), in_a_thread(publish), in_a_thread(publish):
        publish()
    ids = listener.ids()
    assert len(ids) == len(set(ids)) == 250
    events = dict(Event.objects.filter(verb=VERB).values_list("pk", "subject"))
    for user in users:
        of_this = [pk for pk in ids if events[pk] == f"user:{user.pk}"]
        assert of_this == sorted(of_this)


def test_many_events_that_must_wait_for_one_keep_no_other_from_going(listener: Listener) -> None:
    """More of them than a batch holds."""
    user, other = UserFactory(), UserFactory()
    first = happened(user)
    leasing.lease(Q(consumer=exchange.CONSUMER), 1)
    with transaction.atomic():
        record_many(VERB, [user] * 150, Actor.system("tests"))
    free = happened(other)
    assert sweep_events() == 1
    assert listener.ids() == [free.pk]
    with clock.living_at(clock.now() + leasing.LEASE + timedelta(seconds=3)):
        assert sweep_events() == 151
    assert listener.ids() == [first.pk, *range(first.pk + 1, free.pk)]


def test_a_full_queue_of_one_listener_holds_up_only_what_it_should_hear(rabbit: Rabbit, listener: Listener) -> None:
    """It refuses what would overflow: that event and the later ones of its subject wait, the others go on."""
    narrow = kombu.Queue("narrow", exchange.EXCHANGE, VERB, queue_arguments={"x-max-length": 1, "x-overflow": "reject-publish"})
    with kombu.Connection(rabbit.url) as broker:
        narrow(broker.default_channel).declare()
        user, other = UserFactory(), UserFactory()
        first, refused = happened(user), happened(user)
        with transaction.atomic():
            after = record("accounts.password_changed", user, Actor.system("tests"))
            free = record("accounts.password_changed", other, Actor.system("tests"))
        assert exchange.publish_waiting() == 2
        assert waiting() == [refused.pk, after.pk]
        assert not exchange.breaker.is_open
        assert Outbox.objects.get(consumer=exchange.CONSUMER, event=refused).attempts == 1
        narrow(broker.default_channel).purge()
        with clock.living_at(clock.now() + timedelta(seconds=5)):
            assert exchange.publish_waiting() == 2
        narrow(broker.default_channel).delete()
    assert listener.ids() == [first.pk, refused.pk, free.pk, refused.pk, after.pk]


def test_a_frozen_broker_costs_one_bounded_wait(rabbit: Rabbit, listener: Listener) -> None:
    """It accepts the connection and says nothing: the first publisher gives up, the next do not even ask."""
    happened()
    rabbit.freeze()
    try:
        begun = time.monotonic()
        assert exchange.publish_waiting() == 0
        first = time.monotonic() - begun
        assert [exchange.publish_waiting() for _ in range(200)] == [0] * 200
        rest = time.monotonic() - begun - first
    finally:
        rabbit.thaw()
    assert first < 10
    assert rest < 20
    exchange.breaker.reset()
    until(lambda: exchange.publish_waiting() == 1)
    assert len(listener.ids()) == 1


def test_a_broker_that_freezes_in_the_middle_of_a_batch_is_given_up(rabbit: Rabbit, listener: Listener) -> None:
    user = UserFactory()
    with transaction.atomic():
        record_many(VERB, [user] * 400, Actor.system("tests"))
    with in_a_thread(lambda: (until(lambda: len(waiting()) <= 300), rabbit.freeze())):
        begun = time.monotonic()
        sweep_events()
        lasted = time.monotonic() - begun
    rabbit.thaw()
    left = len(waiting())
    assert left > 0
    assert lasted < 20
    exchange.breaker.reset()
    while waiting():
        sweep_events()
    events = list(Event.objects.filter(verb=VERB).order_by("pk").values_list("pk", flat=True))
    assert first_times(listener.ids()) == events


def test_requests_wait_for_a_frozen_broker_once_even_without_a_worker(rabbit: Rabbit, registered: None, retailer: Person) -> None:
    """Tasks run in the request's own process here, which is the worst case: twenty waits would take twenty seconds and more."""
    listener = Listener(rabbit.url)
    rabbit.freeze()
    try:
        begun = time.monotonic()
        for number in range(20):
            assert retailer.api.patch("/api/auth/me", {"name": f"Name {number}"}, format="json").status_code == 200
        lasted = time.monotonic() - begun
    finally:
        rabbit.thaw()
    assert lasted < 12
    assert len(waiting()) == 20
    exchange.breaker.reset()
    while waiting():
        sweep_events()
    assert len(set(listener.ids())) == 20
    listener.leave()
