"""Server and worker processes with the broker apart from the cache: RabbitMQ, and a second Redis. Each dies and comes back."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator

import httpx
import pytest
import redis
from django.conf import settings

from aqad.audit.models import Event, Outbox
from aqad.audit.tasks import sweep_outbox
from aqad.notifications.models import Mail
from tests.cast import Person
from tests.outside.processes import until
from tests.outside.rabbit import Rabbit
from tests.outside.redis_server import OwnRedis
from tests.outside.test_events import Listener
from tests.outside.workers import working
from tests.races.servers import serving

pytestmark = [pytest.mark.production, pytest.mark.alone, pytest.mark.django_db(transaction=True)]
CHANGED = "accounts.user_changed"


def rename(client: httpx.Client, name: str) -> None:
    answer = client.patch("/api/auth/me", json={"name": name})
    assert answer.status_code == 200, answer.text


def forget(client: httpx.Client, person: Person) -> None:
    assert client.post("/api/auth/password/reset", json={"email": person.user.email}).status_code == 202


def ten_renames(client: httpx.Client) -> float:
    """Seconds for ten requests. A time-out of a second for each of their two tasks would make twenty."""
    begun = time.monotonic()
    for number in range(10):
        rename(client, f"Name {number} of {begun}")
    return time.monotonic() - begun


def changes() -> set[int]:
    return set(Event.objects.filter(verb=CHANGED).values_list("pk", flat=True))


def is_all_done() -> bool:
    return not Outbox.objects.exists() and not Mail.objects.filter(sent_at=None).exists()


def test_rabbitmq_carries_tasks_and_events_and_both_survive_its_death(rabbit: Rabbit, retailer: Person) -> None:
    """Nobody but the worker publishes events or writes mails here; beat's part is played by the next request after the broker is back."""
    listener = Listener(rabbit.url)
    apart = {"CELERY_BROKER_URL": rabbit.url, "EVENTS_BROKER_URL": rabbit.url}
    with serving(workers=1, **apart) as server, working(**apart):
        client = server.client(retailer)
        forget(client, retailer)
        rename(client, "Before")
        until(lambda: is_all_done() and Mail.objects.count() == 1)
        heard = listener.ids()
        assert changes() < set(heard)

        assert client.get("/readyz").status_code == 200
        rabbit.freeze()
        assert ten_renames(client) < 10
        rabbit.thaw()
        until(is_all_done)

        rabbit.kill()
        answer = client.get("/readyz")
        assert answer.status_code == 503
        assert [name for name, part in answer.json()["parts"].items() if not part["ok"]] == ["broker"]
        assert ten_renames(client) < 10
        assert Outbox.objects.filter(consumer="exchange").count() == 10

        rabbit.start()

        def next_request() -> bool:
            rename(client, f"Back {time.monotonic()}")
            time.sleep(1)
            return is_all_done()

        until(next_request, seconds=60)
        heard += listener.ids()
    assert changes() <= set(heard)
    listener.leave()


@pytest.fixture
def broker() -> Iterator[OwnRedis]:
    server = OwnRedis()
    try:
        yield server.start()
    finally:
        server.kill()


def test_tasks_outlive_a_flushed_cache_and_the_cache_outlives_a_dead_broker(broker: OwnRedis, retailer: Person) -> None:
    apart, cache = {"CELERY_BROKER_URL": broker.url}, redis.Redis.from_url(settings.REDIS_URL)
    with serving(workers=1, **apart) as server:
        client = server.client(retailer)
        forget(client, retailer)
        assert redis.Redis.from_url(broker.url).llen("default") == 1
        cache.flushdb()
        assert not Mail.objects.exists()
        with working(**apart):
            until(lambda: is_all_done() and Mail.objects.count() == 1)

        broker.kill()
        assert client.get("/api/products").status_code == 200
        assert cache.dbsize() > 0
        forget(client, retailer)
    assert Outbox.objects.count() == 1
    sweep_outbox()
    assert (Mail.objects.count(), Outbox.objects.count()) == (2, 0)


def test_a_worker_outlives_a_broker_that_is_full(broker: OwnRedis, retailer: Person) -> None:
    """It is handed a task that it cannot put on its list of what is under way, since nothing more can be written."""
    apart, server = {"CELERY_BROKER_URL": broker.url}, redis.Redis.from_url(broker.url)
    with serving(workers=1, **apart) as web, working(**apart) as worker:
        client = web.client(retailer)
        os.kill(worker.child.pid, signal.SIGSTOP)
        forget(client, retailer)
        server.config_set("maxmemory", "1")
        os.kill(worker.child.pid, signal.SIGCONT)
        until(lambda: "OutOfMemoryError" in worker.log.read_text(errors="replace"))
        time.sleep(3)
        server.config_set("maxmemory", "0")
        forget(client, retailer)
        until(lambda: is_all_done() and Mail.objects.count() == 2, seconds=60)
        assert worker.child.poll() is None
