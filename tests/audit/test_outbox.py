"""The outbox: nothing that was committed is lost, nothing that was not is told, and no worker waits for another or for a broker."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, connections, transaction

from aqad.accounts.models import User
from aqad.audit import actions, consumers, leasing, publishing, tasks
from aqad.audit.actions import record, record_many, work_off
from aqad.audit.models import Event, Outbox
from aqad.core import clock
from aqad.core.actor import Actor
from aqad.core.transactions import InsideTransaction
from tests.factories.people import UserFactory

pytestmark = pytest.mark.django_db
VERB = "accounts.user_changed"
Listener = Callable[[Event], None]


@pytest.fixture
def listen() -> Iterator[Callable[[Listener], None]]:
    """`listen(handler)` registers one more consumer for the test, that is called with one event after the other."""
    before = dict(consumers._consumers)

    def register(handler: Listener, **more: Any) -> None:
        def hear(events: Sequence[Event]) -> None:
            for event in events:
                handler(event)

        consumers.register("tests", hear, [VERB], **more)

    yield register
    consumers._consumers.clear()
    consumers._consumers.update(before)


@pytest.fixture
def user(db: None) -> User:
    return UserFactory()


def happened(user: User, **facts: Any) -> Event:
    with transaction.atomic():
        return record(VERB, user, Actor.system("tests"), **facts)


def undone(verb: str, subject: Any) -> None:
    """Something happens, and then its transaction fails."""
    with transaction.atomic():
        record(verb, subject, Actor.system("tests"))
        raise RuntimeError("undone")


def ours() -> list[Outbox]:
    return list(Outbox.objects.filter(consumer="tests").order_by("pk"))


@pytest.mark.embedded
def test_a_consumer_hears_each_event_once_and_in_order(user: User, listen: Any) -> None:
    heard: list[int] = []
    listen(lambda event: heard.append(event.pk))
    events = [happened(user).pk for _ in range(3)]
    assert work_off() == 3
    assert work_off() == 0
    assert heard == events
    assert ours() == []


@pytest.mark.embedded
def test_one_message_is_enough_for_all_that_one_change_made(user: User, listen: Any) -> None:
    heard: list[int] = []
    listen(lambda event: heard.append(event.pk))
    events = [happened(user).pk for _ in range(2 * leasing.BATCH + 1)]
    assert tasks.work_off() == len(events)
    assert heard == events
    assert ours() == []


@pytest.mark.embedded
def test_nothing_is_handed_over_of_what_was_rolled_back(user: User, listen: Any) -> None:
    heard: list[int] = []
    listen(lambda event: heard.append(event.pk))
    with pytest.raises(RuntimeError, match="undone"):
        undone(VERB, user)
    assert (work_off(), heard, ours()) == (0, [], [])


@pytest.mark.embedded
def test_a_consumer_that_fails_is_tried_again_less_and_less_often(user: User, listen: Any) -> None:
    def fail(_event: Event) -> None:
        UserFactory(email="half-done@shop.test")
        raise RuntimeError("away")

    listen(fail)
    happened(user)
    moment, pauses = clock.now() + timedelta(seconds=1), []
    for attempts in range(1, 16):
        with clock.living_at(moment):
            assert work_off() == 0
            assert work_off() == 0
        [row] = ours()
        assert (row.attempts, row.leased_until) == (attempts, None)
        pauses.append(round((row.next_try_at - moment).total_seconds()))
        moment = row.next_try_at + timedelta(seconds=1)
    assert pauses[:5] == [1, 2, 4, 8, 16]
    assert pauses[-1] == 3600
    assert not User.objects.filter(email="half-done@shop.test").exists()
    heard: list[int] = []
    listen(lambda event: heard.append(event.pk))
    with clock.living_at(moment):
        assert work_off() == 1
    assert (len(heard), ours()) == (1, [])


@pytest.mark.embedded
def test_a_consumer_that_fails_stops_no_other_event(user: User, listen: Any) -> None:
    heard: list[int] = []

    def choosy(event: Event) -> None:
        if event.facts.get("bad"):
            raise RuntimeError("not this one")
        heard.append(event.pk)

    listen(choosy)
    happened(user, bad=True)
    good = happened(user)
    assert work_off() == 1
    assert heard == [good.pk]
    assert [row.attempts for row in ours()] == [1]


@pytest.mark.embedded
@pytest.mark.parametrize("bad", [0, 7, 19])
def test_one_bad_event_among_many_stops_neither_the_others_nor_another_consumer(user: User, listen: Any, bad: int) -> None:
    heard: list[int] = []

    def write(event: Event) -> None:
        UserFactory(email=f"{event.facts['number']}@heard.test")
        if event.facts["number"] == bad:
            raise RuntimeError("not this one")

    listen(write)
    consumers.register("tests too", lambda events: heard.extend(event.facts["number"] for event in events), [VERB])
    with transaction.atomic():
        record_many(VERB, [user] * 20, Actor.system("tests"), [{"number": number} for number in range(20)])
    assert work_off() == 20 + 19
    assert heard == list(range(20))
    [row] = Outbox.objects.filter(consumer__startswith="tests")
    assert (row.consumer, row.event.facts, row.attempts, row.leased_until) == ("tests", {"number": bad}, 1, None)
    written = sorted(User.objects.filter(email__endswith="@heard.test").values_list("email", flat=True))
    assert written == sorted(f"{number}@heard.test" for number in range(20) if number != bad)


@pytest.mark.embedded
def test_many_events_need_no_more_queries_than_few(user: User, listen: Any, django_assert_num_queries: Any) -> None:
    consumers.register("tests", lambda events: None, [VERB])
    consumers.register("tests too", lambda events: None, [VERB])
    with transaction.atomic():
        record_many(VERB, [user] * 50, Actor.system("tests"))
    per_consumer, claiming = 3, 4  # a savepoint around the deletion; a savepoint around reading and leasing
    with django_assert_num_queries(claiming + 2 * per_consumer):
        assert work_off() == 100
    assert not Outbox.objects.filter(consumer__startswith="tests").exists()


@pytest.mark.embedded
def test_what_a_worker_did_before_it_died_is_done_again_as_if_it_had_never_been(user: User, listen: Any) -> None:
    def write(event: Event) -> None:
        if event.facts["number"] == 3 and dying:
            raise KeyboardInterrupt
        UserFactory(email=f"{event.facts['number']}@heard.test")

    dying = True
    listen(write)
    with transaction.atomic():
        record_many(VERB, [user] * 5, Actor.system("tests"), [{"number": number} for number in range(5)])
    with pytest.raises(KeyboardInterrupt):
        work_off()
    assert (User.objects.filter(email__endswith="@heard.test").count(), len(ours())) == (0, 5)
    dying = False
    with clock.living_at(clock.now() + leasing.LEASE + timedelta(seconds=1)):
        assert work_off() == 5
    assert (User.objects.filter(email__endswith="@heard.test").count(), ours()) == (5, [])


@pytest.mark.embedded
def test_the_lease_of_a_dead_worker_runs_out(user: User, listen: Any) -> None:
    heard: list[int] = []

    def die(_event: Event) -> None:
        raise KeyboardInterrupt

    listen(die)
    event = happened(user)
    with pytest.raises(KeyboardInterrupt):
        work_off()
    listen(lambda event: heard.append(event.pk))
    assert (work_off(), heard) == (0, [])
    with clock.living_at(clock.now() + leasing.LEASE + timedelta(seconds=1)):
        assert work_off() == 1
    assert (heard, ours()) == ([event.pk], [])


@pytest.mark.embedded
def test_rows_of_a_consumer_that_is_gone_are_cleared_away(user: User, listen: Any) -> None:
    listen(lambda event: None)
    happened(user)
    del consumers._consumers["tests"]
    assert work_off() == 1
    assert ours() == []


@pytest.mark.embedded
def test_events_recorded_together_are_heard_once_where_that_is_enough(user: User, listen: Any) -> None:
    heard: list[int] = []
    listen(lambda event: heard.append(event.pk), once_per_batch=True)
    with transaction.atomic():
        record_many(VERB, [user, UserFactory(), UserFactory()], Actor.system("tests"))
    work_off()
    assert heard == [Event.objects.latest("pk").pk]


@pytest.mark.embedded
def test_is_not_worked_off_inside_a_transaction(user: User) -> None:
    with pytest.raises(InsideTransaction), transaction.atomic():
        work_off()


@pytest.mark.embedded
@pytest.mark.django_db(transaction=True)
def test_a_transaction_asks_for_a_worker_once_and_only_when_it_commits(user: User, listen: Any) -> None:
    listen(lambda event: None)
    with publishing.held() as run_held:
        with pytest.raises(RuntimeError, match="undone"):
            undone(VERB, user)
        assert publishing._held == {}
        with transaction.atomic():
            record(VERB, user, Actor.system("tests"))
            record(VERB, user, Actor.system("tests"))
            assert len(connection.run_on_commit) == 1
            assert publishing._held == {}
        assert publishing._held == {("audit.work_off", ()): None}
        run_held("audit.")
        assert ours() == []


@pytest.mark.embedded
def test_the_sweep_takes_more_than_a_batch(user: User, listen: Any) -> None:
    heard: list[int] = []
    listen(lambda event: heard.append(event.pk))
    with transaction.atomic():
        record_many(VERB, [user] * (actions.BATCH + 5), Actor.system("tests"))
    call_command("run_periodic")
    assert (len(heard), len(set(heard)), ours()) == (actions.BATCH + 5, actions.BATCH + 5, [])


def test_a_silent_broker_costs_one_short_wait(user: User, listen: Any, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The broker accepts nobody; the first publish notices, the next ones do not even ask; the sweep finds the rows."""
    from celery import current_app

    asked: list[str] = []

    def refuse(task: str, **_: Any) -> None:
        asked.append(task)
        raise ConnectionError("broker away")

    monkeypatch.setattr(current_app, "send_task", refuse)
    settings.CELERY_TASK_ALWAYS_EAGER = False
    heard: list[int] = []
    listen(lambda event: heard.append(event.pk))
    publishing.breaker.reset()
    try:
        started = time.monotonic()
        assert [publishing.publish("audit.work_off") for _ in range(50)] == [False] * 50
        assert time.monotonic() - started < 1
        assert asked == ["audit.work_off"]
        event = happened(user)
    finally:
        publishing.breaker.reset()
    call_command("run_periodic")
    assert heard == [event.pk]


def test_a_broker_that_cannot_be_reached_is_given_up_at_once(settings: Any) -> None:
    """For real: the broker's client against an address where nobody listens."""
    from celery import Celery

    app = Celery("away", broker="redis://127.0.0.1:1/0", set_as_current=False)
    app.conf.broker_transport_options = settings.CELERY_BROKER_TRANSPORT_OPTIONS
    started = time.monotonic()
    with pytest.raises(Exception, match=r"(?i)refused|connect"):
        app.send_task("audit.work_off", retry=False, ignore_result=True)
    assert time.monotonic() - started < 2


class Worker(threading.Thread):
    """Works off in a thread with its own connection; `taken` is what it handed over."""

    def __init__(self, work: Callable[[], Any]) -> None:
        super().__init__()
        self.work, self.result = work, None

    def run(self) -> None:
        try:
            self.result = self.work()
        finally:
            connections.close_all()


@pytest.mark.production
@pytest.mark.django_db(transaction=True)
def test_two_workers_never_take_the_same_row(user: User, listen: Any) -> None:
    heard: list[int] = []
    listen(lambda event: heard.append(event.pk))
    with transaction.atomic():
        record_many(VERB, [user] * 300, Actor.system("tests"))
        connection.run_on_commit.clear()
    assert len(ours()) == 300
    start = threading.Barrier(4)

    def work() -> int:
        start.wait()
        done = 0
        while taken := work_off(limit=20):
            done += taken
        return done

    workers = [Worker(work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    while work_off():
        pass
    assert sorted(heard) == sorted(set(heard))
    assert len(heard) == 300
    assert ours() == []


@pytest.mark.production
@pytest.mark.django_db(transaction=True)
def test_a_worker_passes_over_rows_that_another_is_claiming(user: User, listen: Any) -> None:
    """The control for the test above: without SKIP LOCKED the second would wait until the first lets go."""
    heard: list[int] = []
    listen(lambda event: heard.append(event.pk))
    with publishing.held() as run_held:
        first, second = happened(user), happened(user)
        with transaction.atomic():
            list(Outbox.objects.select_for_update().filter(event=first))
            worker = Worker(work_off)
            started = time.monotonic()
            worker.start()
            worker.join()
            assert (worker.result, heard) == (1, [second.pk])
            assert time.monotonic() - started < 2.5
        run_held("audit.")
    assert heard == [second.pk, first.pk]


@pytest.mark.production
@pytest.mark.django_db(transaction=True)
def test_an_event_that_commits_late_is_not_lost(user: User, listen: Any) -> None:
    """Its number is smaller than that of one which was handed over before it could be seen."""
    heard: list[int] = []
    listen(lambda event: heard.append(event.pk))
    written, finish = threading.Event(), threading.Event()

    def slow() -> int:
        with transaction.atomic():
            event = record(VERB, user, Actor.system("tests"))
            written.set()
            assert finish.wait(10)
        return event.pk

    with publishing.held():
        late = Worker(slow)
        late.start()
        assert written.wait(10)
        quick = happened(user).pk
        assert (work_off(), heard) == (1, [quick])
        finish.set()
        late.join()
        assert late.result is not None
        assert late.result < quick
        assert work_off() == 1
    assert heard == [quick, late.result]
