"""Carrying out the demo's plan: people join, goods are listed, six weeks of trade go by, all through the actions that users call.

The clock is set to each deed in turn, so every row and event bears the time at which it would have happened. Money moves at once, people
are told at the end of each day, and their mails go out while the next day goes on.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count, groupby
from multiprocessing import get_context
from pathlib import Path

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.backends.postgresql.base import DatabaseWrapper as PostgreSQL
from django.db.models import F
from django.utils import timezone

from aqad.accounts.models import Company, User
from aqad.audit import publishing
from aqad.audit.tasks import sweep_outbox
from aqad.core import clock
from aqad.core.actor import Actor
from aqad.dashboard.demo import cast, goods, history, people, searches, trade
from deliveries.models import Delivery, DeliveryPartner
from orders.models import Order
from payments.models import BankWebhook

SEED = 20_21
WEEKS = 6
Tell = Callable[[str, int, int], None]


@dataclass(order=True)
class Deed:
    """One thing to do at its moment; deeds of the same moment keep their order."""

    at: datetime
    number: int
    do: Callable[[], None] = field(compare=False)


@dataclass
class World:
    """Who is there by now, by the names that the plan uses."""

    password_hash: str
    users: dict[str, User] = field(default_factory=dict)
    companies: dict[str, Company] = field(default_factory=dict)
    partners: dict[str, DeliveryPartner] = field(default_factory=dict)
    products: dict[str, int] = field(default_factory=dict)
    orders: dict[int, Order] = field(default_factory=dict)
    """As they were placed: what happens later stands in the database."""
    deliveries: dict[int, Delivery] = field(default_factory=dict)

    def remember(self, *emails: str) -> None:
        """These people and their company as they stand now, after something was done about them."""
        self.users.update({user.email: user for user in User.objects.select_related("membership__company").filter(email__in=emails)})

    def actor(self, email: str) -> Actor:
        return Actor(via="web").as_person(self.users[email])


def has_tables() -> bool:
    return User._meta.db_table in connections[DEFAULT_DB_ALIAS].introspection.table_names()


def is_seeded() -> bool:
    """Wholly or in part (`is_half_made`)."""
    return User.objects.filter(email=cast.STAFF[0].email).exists()


def seed(*, now: datetime, tell: Tell, make_tables: Callable[[], None]) -> None:
    """Fill an empty AQAD with the demo. `tell` hears what is being done, how far it is and of how much.

    `make_tables` is called once other processes draw the pack shots, which takes no tables.
    """
    _begun().parent.mkdir(parents=True, exist_ok=True)
    _begun().touch()
    start = now - timedelta(weeks=WEEKS)
    plan = history.plan(SEED, start, now)
    password = os.environ.get("AQAD_DEMO_PASSWORD") or cast.PASSPHRASE
    world = World(make_password(password))
    _close_connections()
    with publishing.held() as run_held, ProcessPoolExecutor(2, get_context("fork"), _stand_back) as helpers:
        batches = goods.batches(plan)
        pictures = goods.start_drawing(helpers, batches)
        make_tables()
        with transaction.atomic():
            people.hire_staff(world, at=start - timedelta(days=40))
        deeds = sorted(_deeds(world, plan, now, goods.listing(world, start, batches, pictures)))
        done, posted = 0, list[Future[None]]()
        for _day, todays in groupby(deeds, key=lambda deed: timezone.localtime(deed.at).date()):
            for deed in todays:
                with clock.living_at(deed.at):
                    deed.do()
                    run_held("payments.")
                done += 1
                tell("Living six weeks", done, len(deeds))
            with clock.living_at(deed.at):
                sweep_outbox()
            posted.append(helpers.submit(publishing.run, "notifications.send_waiting_mails"))
        for post in posted:
            post.result()
        _deliver_the_banks_post()
    _begun().unlink()


def _close_connections() -> None:
    """Helpers are forks of this process and open their own: one that two processes speak through is good for neither."""
    for connection in connections.all(initialized_only=True):
        connection.close()
        if isinstance(connection, PostgreSQL):
            connection.close_pool()


def _stand_back() -> None:
    """Helpers take the cores that are left: what is waited for is the living of the six weeks."""
    os.nice(5)
    logging.disable(logging.WARNING)  # on SQLite they wait for their turn to write, which is nobody's worry


def is_half_made() -> bool:
    """Whether a seeding was begun here and ended before its time."""
    return _begun().exists()


def _begun() -> Path:
    return Path(settings.STATE_DIR) / "demo.begun"


def _deliver_the_banks_post() -> None:
    """The bank's messages said what its answers had said at once; nobody is there yet to whom they could be posted."""
    BankWebhook.objects.filter(sent_at=None).update(sent_at=F("send_at"))


def _deeds(world: World, plan: history.Plan, now: datetime, listing: Iterator[goods.Timed]) -> Iterator[Deed]:
    numbers = count()
    joining = [
        *people.joining(world, now),
        *listing,
        *searches.looking(now),
    ]
    for at, do in [*joining, *trade.trading(world, plan)]:
        yield Deed(at, next(numbers), do)
