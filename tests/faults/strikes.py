"""The faults of the promise, each a function that strikes while trade goes on, lets it last, mends it, and says when all was mended."""

from __future__ import annotations

import random
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import psycopg
import redis

from tests.faults import places
from tests.faults.site import Site, reaching, until
from tests.faults.trading import PAUSE, Trade
from tests.races.unguarded import PLACING, TAKING
from tests.stack.parts import Part, children

LASTS = 5.0  # seconds, where a fault is a state
WITHOUT_WORKERS = 60.0
LOCKED = 5.0  # longer than any statement waits for a lock
LATE = 10.0  # the gateway's client waits 8
SLOW_CLIENTS = 100
Strike = Callable[[Site, Trade], float]


@dataclass(frozen=True)
class Fault:
    """`pays`, `works`: recovery is one of payments, of workers, too. `spares`: no call may be left without an answer, but `hurts`.
    `pause` is the seconds between two visits of a shop.
    """

    title: str
    expected: str
    strike: Strike
    pays: bool = False
    works: bool = False
    spares: bool = False
    hurts: str = ""
    pause: float = PAUSE


def web_dies(place: str) -> Strike:
    """In the middle of a request; granian starts another process for it, which the next death waits for."""

    def strike(site: Site, trade: Trade) -> float:
        until(lambda: site.is_whole, 60, "the web servers to be whole")
        return reaching(site.flags / place)

    return strike


def web_dies_while_it_places(site: Site, trade: Trade) -> float:
    """Its statement waits in the database for the goods, and gets them when nobody is there any more to hear of it."""
    until(lambda: site.is_whole, 60, "the web servers to be whole")
    with _hot_row_held(site, trade):
        return reaching(site.flags / places.PLACING)


def worker_dies(place: str) -> Strike:
    return lambda site, _: reaching(site.flags / place, 60)


def whole_worker_dies(site: Site, trade: Trade) -> float:
    """Killed with all its processes, whatever they are doing, and started again."""
    [worker] = site.workers
    until(lambda: children(worker.pid), 30, "the worker's processes")
    worker.kill()
    worker.start()
    return time.monotonic()


def tasks_come_fivefold(site: Site, trade: Trade) -> float:
    (site.flags / places.FIVEFOLD).touch()
    time.sleep(LASTS)
    (site.flags / places.FIVEFOLD).unlink()
    return time.monotonic()


def nobody_works(site: Site, trade: Trade) -> float:
    assert site.beat is not None
    stopped: list[Part] = [*site.workers, site.beat]
    for part in stopped:
        part.stop()
    time.sleep(WITHOUT_WORKERS)
    for part in stopped:
        part.start()
    return time.monotonic()


def database_restarts(site: Site, trade: Trade) -> float:
    """Immediate mode: no checkpoint, no farewell; it recovers from its log."""
    site.primary.send(signal.SIGQUIT)
    site.primary.wait_until_ended()
    time.sleep(1)
    site.primary.start()
    return time.monotonic()


def connections_are_cut(site: Site, trade: Trade) -> float:
    for _ in range(5):
        site.proxies["database"].reset()
        time.sleep(0.5)
    return time.monotonic()


def hot_row_is_locked(site: Site, trade: Trade) -> float:
    with _hot_row_held(site, trade):
        time.sleep(LOCKED)
    return time.monotonic()


def deadlock(site: Site, trade: Trade) -> float:
    """An order holds the first product and waits for the last one, whose holder then asks for the first: PostgreSQL kills the order."""
    first, last = sorted(_number(product) for product in (trade.given["products"][0], trade.given["products"][2]))
    ask = "SELECT 1 FROM catalog_stock WHERE product_id = %s FOR UPDATE"
    before = _deadlocks(site)
    with psycopg.connect(site.conninfo("primary")) as other:
        other.execute("SET deadlock_timeout = '10s'")
        other.execute(ask, [last])
        waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND ltrim(query, E' \\n') ^@ ANY(%s)"
        until(lambda: site.sql(waiting, [PLACING, TAKING]), 30, "an order to wait for the row")
        other.execute(ask, [first])
        other.rollback()
    until(lambda: _deadlocks(site) > before, 15, "PostgreSQL to have found the deadlock")
    return time.monotonic()


def redis_refuses(site: Site, trade: Trade) -> float:
    return _redis(site, lambda name: site.proxies[name].refuse(), lambda name: site.proxies[name].open())


def redis_is_silent(site: Site, trade: Trade) -> float:
    return _redis(site, lambda name: site.proxies[name].swallow(), lambda name: site.proxies[name].open())


def redis_is_flushed(site: Site, trade: Trade) -> float:
    for part in (site.cache, site.broker):
        redis.Redis.from_url(part.url).flushall()
    return time.monotonic()


def redis_is_full(site: Site, trade: Trade) -> float:
    """Every write is refused."""
    servers = {name: redis.Redis.from_url(part.url) for name, part in (("cache", site.cache), ("broker", site.broker))}
    kept = {name: server.config_get("maxmemory*") for name, server in servers.items()}

    def fill(name: str) -> None:
        servers[name].config_set("maxmemory-policy", "noeviction")
        servers[name].config_set("maxmemory", "1")

    def empty(name: str) -> None:
        for setting in ("maxmemory", "maxmemory-policy"):
            servers[name].config_set(setting, kept[name][setting])

    return _redis(site, fill, empty)


def gateway_is_down(site: Site, trade: Trade) -> float:
    return _lasting(site.proxies["bank"].refuse, site.proxies["bank"].open)


def gateway_is_slow(site: Site, trade: Trade) -> float:
    return _lasting(lambda: setattr(site.bank, "thinks", 2.0), site.bank.behave)


def gateway_answers_too_late(site: Site, trade: Trade) -> float:
    return _lasting(lambda: setattr(site.bank, "thinks", LATE), site.bank.behave, seconds=LATE)


def gateway_charges_without_answering(site: Site, trade: Trade) -> float:
    return _lasting(lambda: setattr(site.bank, "is_mute", True), site.bank.behave)


def webhooks_never_come(site: Site, trade: Trade) -> float:
    """And no answers at times: then nothing but asking is left."""

    def begin() -> None:
        site.bank.tells = False
        time.sleep(LASTS)
        site.bank.is_mute = True

    return _lasting(begin, site.bank.behave, seconds=2.0)


def storage_is_down(site: Site, trade: Trade) -> float:
    """Pictures are uploaded before, while and after."""
    with _uploading(trade):
        time.sleep(1)
        mended = _lasting(site.proxies["storage"].refuse, site.proxies["storage"].open)
        until(lambda: trade.upload(random.randrange(1000)).status == 201, 60, "an upload to succeed again")
    return mended


def mail_is_refused(site: Site, trade: Trade) -> float:
    return _lasting(lambda: setattr(site.mailbox, "is_busy", True), lambda: setattr(site.mailbox, "is_busy", False))


def clients_send_a_byte_a_second(site: Site, trade: Trade) -> float:
    """The head whole, the body byte by byte."""
    head = b"POST /api/orders HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 200\r\n\r\n"
    slow = [socket.create_connection(("127.0.0.1", site.port), timeout=5) for _ in range(SLOW_CLIENTS)]
    for client in slow:
        client.sendall(head)
    for _ in range(int(LASTS) + 1):
        for client in slow:
            with suppress(OSError):
                client.sendall(b"{")
        time.sleep(1)
    for client in slow:
        client.close()
    return time.monotonic()


def server_is_asked_to_end(site: Site, trade: Trade) -> float:
    """Taken down and started again, as at each release."""
    random.choice(site.webs).restart()
    return time.monotonic()


def _lasting(begin: Callable[[], None], mend: Callable[[], None], *, seconds: float = LASTS) -> float:
    begin()
    try:
        time.sleep(seconds)
    finally:
        mend()
    return time.monotonic()


def _redis(site: Site, begin: Callable[[str], None], mend: Callable[[str], None]) -> float:
    """Cache and broker alike."""
    return _lasting(
        lambda: [begin(name) for name in ("cache", "broker")] and None, lambda: [mend(name) for name in ("cache", "broker")] and None
    )


@contextmanager
def _uploading(trade: Trade) -> Iterator[None]:
    over = threading.Event()

    def upload() -> None:
        number = random.randrange(1000)
        while not over.wait(0.3):
            trade.upload(number)
            number += 1

    thread = threading.Thread(target=upload, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(60)


@contextmanager
def _hot_row_held(site: Site, trade: Trade) -> Iterator[None]:
    with psycopg.connect(site.conninfo("primary")) as holder:
        holder.execute("SELECT 1 FROM catalog_stock WHERE product_id = %s FOR UPDATE", [_number(trade.given["products"][0])])
        yield


def _deadlocks(site: Site) -> int:
    return int(site.sql("SELECT deadlocks FROM pg_stat_database WHERE datname = 'postgres'"))


def _number(reference: str) -> int:
    return int(reference[1:])


FAULTS: dict[str, Fault] = {
    "web_reserved": Fault(
        "a web process is killed after it reserved goods, before its commit",
        "nothing of that order stands; its repeat places it once",
        web_dies(places.RESERVED),
    ),
    "web_placing": Fault(
        "a web process is killed while the one statement that places its order waits for the goods",
        "placed once: by the database all the same, or by its repeat",
        web_dies_while_it_places,
    ),
    "web_committed": Fault(
        "a web process is killed after its commit, before its answer", "the repeat gets the order that stands", web_dies(places.COMMITTED)
    ),
    "web_charged": Fault(
        "a web process is killed after the gateway's answer, before our commit",
        "charged once; webhook or reconciler books it",
        web_dies(places.CHARGED),
        pays=True,
    ),
    "worker_mailed": Fault(
        "a Celery process is killed after a mail was taken, before that was noted",
        "the mail may come again, with the same Message-ID",
        worker_dies(places.MAILED),
        works=True,
        spares=True,
    ),
    "worker_refunded": Fault(
        "a Celery process is killed after a refund at the gateway, before our commit",
        "given back once; the next try is told so",
        worker_dies(places.REFUNDED),
        works=True,
        spares=True,
    ),
    "worker_killed": Fault(
        "the whole worker is killed and started again",
        "no call notices; what it held is swept up",
        whole_worker_dies,
        works=True,
        spares=True,
        pause=1.0,
    ),
    "fivefold": Fault("each task is delivered five times", "done once", tasks_come_fivefold, works=True, spares=True),
    "no_workers": Fault(
        f"worker and beat are stopped for {WITHOUT_WORKERS:.0f} s",
        "no call notices; what waited is done once, in its order",
        nobody_works,
        works=True,
        spares=True,
        pause=3.0,
    ),
    "database_restart": Fault(
        "PostgreSQL is restarted in immediate mode",
        "503 meanwhile; what was acknowledged is there",
        database_restarts,
        pays=True,
        works=True,
    ),
    "database_cut": Fault(
        "all connections to PostgreSQL are cut, five times in a row",
        "calls under way may fail; they happened once or not",
        connections_are_cut,
        works=True,
    ),
    "hot_lock": Fault(f"the row of a hot product is locked for {LOCKED:.0f} s", "its orders get 503 after 3 s", hot_row_is_locked),
    "deadlock": Fault("an order is made the victim of a deadlock", "503, nothing of it stands", deadlock),
    "redis_refuses": Fault(
        f"Redis (cache and broker) refuses for {LASTS:.0f} s", "slower; no call fails", redis_refuses, works=True, spares=True
    ),
    "redis_silent": Fault(f"Redis is silent for {LASTS:.0f} s", "slower; no call fails", redis_is_silent, works=True, spares=True),
    "redis_flushed": Fault(
        "Redis is flushed, queues included", "no call fails; sweeps do what was queued", redis_is_flushed, works=True, spares=True
    ),
    "redis_full": Fault(f"Redis is full for {LASTS:.0f} s", "no call fails", redis_is_full, works=True, spares=True),
    "gateway_down": Fault(
        f"the gateway refuses for {LASTS:.0f} s",
        "202 or 503 for payments; nothing is taken twice",
        gateway_is_down,
        pays=True,
        spares=True,
        hurts="confirm",
    ),
    "gateway_slow": Fault("the gateway takes 2 s for each answer", "payments wait; no call fails", gateway_is_slow, pays=True, spares=True),
    "gateway_late": Fault(
        f"the gateway answers after {LATE:.0f} s, we wait 8",
        "asked again under the same key; booked once",
        gateway_answers_too_late,
        pays=True,
        spares=True,
        hurts="confirm",
    ),
    "gateway_mute": Fault(
        "the gateway charges without answering",
        "202 or 503; what it took is booked once",
        gateway_charges_without_answering,
        pays=True,
        spares=True,
        hurts="confirm",
    ),
    "webhooks_never": Fault(
        "webhooks never come, then answers neither",
        "the reconciler books it",
        webhooks_never_come,
        pays=True,
        spares=True,
        hurts="confirm",
    ),
    "storage_down": Fault(
        f"storage refuses for {LASTS:.0f} s of uploads",
        "503 for uploads, nothing of them stands; the rest goes on",
        storage_is_down,
        spares=True,
        hurts="upload",
    ),
    "mail_refused": Fault(
        f"the mail server hangs up on everybody for {LASTS:.0f} s",
        "no call notices; every mail arrives",
        mail_is_refused,
        works=True,
        spares=True,
    ),
    "slow_clients": Fault(f"{SLOW_CLIENTS} clients send a byte a second", "nobody else notices", clients_send_a_byte_a_second, spares=True),
    "sigterm": Fault("a web server is asked to end (SIGTERM) and started again", "no call fails", server_is_asked_to_end, spares=True),
}
