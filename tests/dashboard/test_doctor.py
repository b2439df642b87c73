"""The doctor names what is broken and what to do next. Servers are stopped, rows are spoilt and locks are held for real."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from celery import current_app
from django.conf import settings as in_force
from django.core.management import call_command
from django.db import connection, connections, transaction
from django.test import Client

from aqad.audit.actions import record
from aqad.audit.models import Outbox
from aqad.core import clock, faults
from aqad.core.actor import Actor
from aqad.core.findings import Check, Finding, Level, ago, judge
from aqad.core.watching_tasks import last_run_key
from aqad.dashboard.ops import broker, doctor
from aqad.dashboard.ops.checks import broker as broker_checks
from aqad.dashboard.ops.checks import cache as cache_checks
from aqad.dashboard.ops.checks import database, house, money, storage, trade
from aqad.notifications import doctor as doctor_of_mails
from aqad.notifications.models import Mail
from catalog.models import Stock
from payments.gateways import registry
from payments.models import PaymentAttempt
from tests.browsing import browser_of, text_of
from tests.cast import Person
from tests.factories.deals import an_order
from tests.factories.goods import ProductFactory
from tests.factories.people import UserFactory
from tests.servers import a_redis, a_worker, wait_until

NOBODY = "redis://127.0.0.1:1/0"


def found(check: Check, name: str) -> Finding:
    return next(finding for finding in check() if finding.name == name)


def told(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    with pytest.raises(SystemExit) as ended:
        call_command("doctor", *words)
    code = ended.value.code
    assert isinstance(code, int)
    return code, capsys.readouterr().out


# ------------------------------------------------------------------------------------------ the list as a whole


@pytest.mark.embedded
@pytest.mark.django_db
def test_lists_every_area_with_a_level_and_a_value() -> None:
    findings = doctor.examine()
    areas = {finding.area for finding in findings}
    assert areas >= {"database", "cache", "storage", "mail", "gateway", "outbox", "trade", "settings", "keys", "host", "release", "errors"}
    assert all(finding.value for finding in findings)
    assert all(finding.advice for finding in findings if finding.level != Level.OK)


@pytest.mark.embedded
@pytest.mark.django_db
def test_ends_with_2_where_something_is_broken_and_says_so_to_programs(settings: Any, capsys: pytest.CaptureFixture[str]) -> None:
    settings.REDIS_URL = NOBODY
    code, words = told(capsys, "--json")
    answer = json.loads(words)
    [cache] = [one for one in answer["checks"] if one["area"] == "cache"]
    assert (code, answer["status"], cache["level"]) == (2, "fail", "fail")
    assert (cache["value"], cache["advice"]) == ("ConnectionError", doctor.FIRST_AID["cache"])


@pytest.mark.embedded
@pytest.mark.django_db
def test_ends_with_1_where_something_is_to_be_looked_at(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(doctor, "WITHOUT_ASKING", [("host", lambda: [judge("host", "load", 3, "3", "Rest.", warn_at=2, fail_at=8)])])
    monkeypatch.setattr(doctor, "ELSEWHERE", [])
    code, words = told(capsys, "--bad")
    assert (code, words.splitlines()[0]) == (1, "warn  host: load: 3")
    assert "-> Rest." in words


@pytest.mark.embedded
@pytest.mark.django_db
def test_one_that_raises_is_a_line_and_not_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    def explode() -> Iterator[Finding]:
        yield house.ok("host", "before", "fine")
        raise ZeroDivisionError

    monkeypatch.setattr(doctor, "WITHOUT_ASKING", [("host", explode), ("errors", house.errors)])
    findings = [finding for finding in doctor.examine() if finding.area in {"host", "errors"}]
    assert [(one.name, one.level, one.value) for one in findings][:2] == [
        ("before", "ok", "fine"),
        ("explode", "fail", "ZeroDivisionError"),
    ]
    assert findings[2].area == "errors"


@pytest.mark.embedded
@pytest.mark.django_db
def test_one_that_never_answers_is_left_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    release = threading.Event()

    def hang() -> Iterator[Finding]:
        release.wait(60)
        yield house.ok("mail", "server", "late")

    monkeypatch.setattr(doctor, "ELSEWHERE", [("mail", hang), ("storage", storage.private_files)])
    monkeypatch.setattr(doctor, "SECONDS", 0.5)
    started = time.monotonic()
    findings = doctor.examine()
    assert time.monotonic() - started < 30
    release.set()
    [hung] = [one for one in findings if one.area == "mail" and one.level == "fail"]
    assert hung.value == "no answer"
    assert any(one.area == "storage" and one.level == "ok" for one in findings)


@pytest.mark.embedded
@pytest.mark.django_db
def test_a_database_that_is_away_is_one_line_and_nothing_more_is_asked_of_it() -> None:
    asked = []

    def refuse(_execute: Any, sql: str, *_: Any) -> None:
        asked.append(sql)
        raise database.DatabaseError("away")

    with connection.execute_wrapper(refuse):
        findings = [one for one in doctor.examine() if one.area in {"database", "outbox", "trade"}]
    assert [(one.name, one.level) for one in findings] == [("answers", "fail"), ("everything in it", "fail")]
    assert len(asked) == 1


@pytest.mark.embedded
@pytest.mark.parametrize(("seconds", "words"), [(0.4, "0 s"), (119, "119 s"), (120, "2 min"), (7200, "2 h"), (200_000, "2 days")])
def test_time_is_told_in_words(seconds: float, words: str) -> None:
    assert ago(seconds) == words


# ------------------------------------------------------------------------------------------ the page


@pytest.mark.embedded
@pytest.mark.django_db
def test_the_page_tells_staff_the_same_in_words(staff: Person, settings: Any) -> None:
    settings.REDIS_URL = NOBODY
    page = browser_of(staff).get("/admin/doctor/")
    words = text_of(page)
    assert page.status_code == 200
    assert '<span class="state fail">Broken</span>' in words
    assert "cache: answers: ConnectionError." in words
    assert "What to do next" in words
    assert in_force.SECRET_KEY not in words
    assert in_force.JWT_SIGNING_KEY not in words


@pytest.mark.embedded
@pytest.mark.django_db
def test_the_first_page_of_the_back_office_leads_there(staff: Person) -> None:
    assert 'href="/admin/doctor/"' in text_of(browser_of(staff).get("/admin/"))


@pytest.mark.embedded
@pytest.mark.django_db
def test_nobody_else_sees_it_and_it_is_only_read(staff: Person, vendor: Person) -> None:
    for browser in (Client(), browser_of(vendor)):
        answer = browser.get("/admin/doctor/")
        assert (answer.status_code, answer.headers["Location"].split("?")[0]) == (302, "/admin/login/")
    assert browser_of(staff).post("/admin/doctor/").status_code == 405


# ------------------------------------------------------------------------------------------ settings, keys, errors, release


@pytest.mark.embedded
def test_settings_that_are_not_for_production_are_named(settings: Any) -> None:
    settings.EMBEDDED, settings.DEBUG, settings.ALLOWED_HOSTS = False, True, ["*"]
    settings.PUBLIC_URL, settings.TRUSTED_PROXIES, settings.RATE_LIMIT_SCALE = "https://aqad.example", 0, 20
    wrong = found(house.settings_in_force, "not for production")
    assert wrong.level == "fail"
    assert len(wrong.details) == 5


@pytest.mark.embedded
def test_a_weak_or_shared_key_is_named_and_never_shown(settings: Any) -> None:
    settings.SECRET_KEY = "abc" * 30
    weak = found(house.keys, "strength")
    assert (weak.level, weak.value) == ("fail", "too weak: SECRET_KEY")
    assert "abcabc" not in repr(weak)
    settings.SECRET_KEY = settings.JWT_SIGNING_KEY
    assert found(house.keys, "strength").value == "one key for two purposes"


@pytest.mark.embedded
@pytest.mark.django_db
def test_answers_that_failed_are_told_by_route(stranger: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> None:
        raise database.DatabaseError("away")

    faults.note("admin/")
    stranger.raise_request_exception = False
    with connection.execute_wrapper(refuse):
        for _ in range(2):
            assert stranger.get("/api/products/P1001").status_code >= 500
    errors = found(house.errors, "by route")
    assert (errors.level, errors.value) == ("warn", "3 in the last two hours")
    assert list(errors.details) == ["api/products/<str:reference>: 2", "admin/: 1"]


@pytest.mark.embedded
def test_the_release_is_told_with_its_age(settings: Any) -> None:
    from aqad.core import releases

    settings.RELEASE_ID = "2026.4"
    releases.note()
    deployed = found(house.release, "deployed")
    assert deployed.value.startswith("2026.4, this process runs for ")
    assert deployed.details == ["first seen 0 s ago"]


# ------------------------------------------------------------------------------------------ the trade


@pytest.mark.embedded
@pytest.mark.django_db
def test_an_outbox_that_is_not_worked_off_is_broken_after_ten_minutes(vendor: Person) -> None:
    with clock.living_at(clock.now() - timedelta(minutes=11)), transaction.atomic():
        event = record("accounts.signed_in", vendor.user, Actor.system("tests"))
    Outbox.objects.create(event=event, consumer="notifications", next_try_at=clock.now(), attempts=7)
    late = found(trade.outbox, "notifications")
    assert (late.level, late.value) == ("fail", "1 wait, the oldest for 11 min")
    assert list(late.details) == [f"event {event.pk} (accounts.signed_in user:{vendor.user.pk}) failed 7 times"]
    Outbox.objects.all().delete()
    assert found(trade.outbox, "notifications").level == "ok"


@pytest.mark.embedded
@pytest.mark.django_db
def test_mails_that_fail_are_told_with_the_kind_of_problem_and_no_address(retailer: Person) -> None:
    Mail.objects.create(
        message_id="<one@aqad.test>", user=retailer.user, recipient="canary@shop.test", kind="x", subject="x", text="x", tries=3,
        problem="ConnectionRefusedError",
    )  # fmt: skip
    failing = found(doctor_of_mails.mails, "mails")
    assert (failing.level, failing.value, failing.details) == (
        "warn",
        "1 wait, 1 of them were tried in vain, 0 were given up",
        ["ConnectionRefusedError"],
    )
    assert "canary" not in repr(failing)


@pytest.mark.embedded
@pytest.mark.django_db
def test_a_counter_that_left_its_ledger_is_named(vendor: Person, retailer: Person) -> None:
    product = ProductFactory(vendor=vendor.of)
    an_order(retailer.of, product)
    assert [one.level for one in trade.invariants()] == ["ok"]
    Stock.objects.filter(product=product).update(on_hand=1_000_000)
    broken = found(trade.invariants, "S2 counters equal the ledger")
    assert broken.level == "fail"
    assert broken.details[0].startswith(f"{product.reference}: counters 1000000 on hand")


@pytest.mark.embedded
@pytest.mark.django_db
def test_invariants_that_take_too_long_are_said_to_be_unasked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trade, "SECONDS_FOR_INVARIANTS", 0.0)
    [only] = trade.invariants()
    assert only.value.startswith("0 quick ones hold, 12 took too long")


@pytest.mark.embedded
@pytest.mark.django_db
def test_payments_without_an_outcome_are_told_by_reference(vendor: Person, retailer: Person) -> None:
    order = an_order(retailer.of, ProductFactory(vendor=vendor.of), status="pending_payment")
    PaymentAttempt.objects.create(
        payment=order.payment, amount="1.00", token="tok_timeout", gateway="sandbox", status="unknown",
        created_at=clock.now() - timedelta(hours=3),
    )  # fmt: skip
    waiting = found(money.open_payments, "payments without an outcome")
    assert (waiting.level, waiting.value) == ("warn", "1 older than 10 min, the oldest 3 h")
    assert list(waiting.details) == [f"{order.payment.reference}: unknown since 3 h"]


@pytest.mark.embedded
def test_a_gateway_that_nobody_waits_for_is_told() -> None:
    breaker = registry.current().breaker
    breaker.trip()
    try:
        assert found(money.gateway, "breaker").level == "fail"
    finally:
        breaker.reset()
    assert found(money.gateway, "breaker").level == "ok"


@pytest.mark.embedded
@pytest.mark.django_db
def test_what_staff_did_is_shown(staff: Person, vendor: Person) -> None:
    with transaction.atomic():
        record("accounts.user_deactivated", vendor.user, staff.actor)
    [changes] = trade.changes()
    assert len(changes.details) == 1
    assert f"Staff {staff.user.pk} deactivated User user:{vendor.user.pk}" in changes.details[0]


# ------------------------------------------------------------------------------------------ files and mail


@pytest.mark.embedded
def test_a_storage_that_cannot_be_written_is_told(settings: Any, tmp_path: Any) -> None:
    blocked = tmp_path / "no-folder"
    blocked.write_text("a file stands where the folder should be")
    settings.STORAGES = {**settings.STORAGES, "default": {**settings.STORAGES["default"], "OPTIONS": {"location": str(blocked)}}}
    [told] = doctor._guarded("storage", storage.private_files)
    assert (told.level, told.value) == ("fail", "NotADirectoryError")


@pytest.mark.embedded
def test_a_mail_server_is_asked_and_its_silence_told(settings: Any) -> None:
    settings.EMAIL_BACKEND, settings.EMAIL_HOST = "django.core.mail.backends.smtp.EmailBackend", "127.0.0.1"
    with a_mail_server() as settings.EMAIL_PORT:
        assert found(storage.mail_server, "server").level == "ok"
    refused = found(storage.mail_server, "server")
    assert (refused.level, refused.value) == ("fail", f"127.0.0.1:{settings.EMAIL_PORT}: ConnectionRefusedError")


@contextmanager
def a_mail_server() -> Iterator[int]:
    """Says good day and good-bye."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            caller, _ = server.accept()
            with caller, caller.makefile("rwb") as line:
                for answer in (b"220 here", b"250 hello", b"221 bye"):
                    line.write(answer + b"\r\n")
                    line.flush()
                    line.readline()

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield server.getsockname()[1]
        thread.join(10)


# ------------------------------------------------------------------------------------------ Redis, queues, workers


def test_a_redis_that_dies_is_told_and_its_return_too(settings: Any) -> None:
    with a_redis() as redis:
        settings.REDIS_URL = redis.url
        names = {one.name: one.level for one in cache_checks.answers()}
        assert names.keys() == {"answers", "version", "hit rate", "memory", "clock against the cache's"}
        assert names["version"] == "ok"
        assert names["clock against the cache's"] == "ok"
        redis.kill()
        [gone] = doctor._guarded("cache", cache_checks.answers)
        assert (gone.level, gone.value) == ("fail", "ConnectionError")
        redis.start()
        wait_until(lambda: all(one.level != "fail" for one in doctor._guarded("cache", cache_checks.answers)), "Redis")


@pytest.mark.parametrize(("told", "level"), [("6.2.14", "fail"), ("7.0.15", "ok"), ("8.2.1", "ok"), ("10.0.0", "ok")])
def test_a_redis_that_cannot_find_and_claim_at_once_is_told(told: str, level: str) -> None:
    assert cache_checks.version(told).level == level


@pytest.mark.django_db
def test_staff_sign_in_and_read_the_page_while_redis_is_gone(settings: Any, staff: Person) -> None:
    from aqad.core.cache import breaker

    staff.user.set_password("Carton-Of-Dates-24")
    staff.user.save()
    settings.REDIS_URL = NOBODY
    settings.CACHES = {
        "default": {"BACKEND": "aqad.core.cache.SafeRedisCache", "LOCATION": NOBODY},
        "limits": {"BACKEND": "aqad.core.counters.LimitCounters", "LOCATION": NOBODY},
    }
    breaker.reset()
    browser = Client()
    form = {"email": staff.user.email, "password": "Carton-Of-Dates-24", "next": "/admin/doctor/"}
    try:
        assert browser.post("/sign-in", form).headers["Location"] == "/admin/doctor/"
        breaker.reset()
        page = browser.get("/admin/doctor/")
    finally:
        breaker.reset()
    assert page.status_code == 200
    assert "cache: answers: ConnectionError." in text_of(page)


@pytest.mark.production
@pytest.mark.django_db(transaction=True)
def test_a_queue_without_a_worker_is_told_and_one_that_comes(settings: Any) -> None:
    with a_redis() as redis:
        settings.CELERY_BROKER_URL = redis.url
        with current_app.connection_for_write(redis.url) as to:
            for _ in range(120):
                current_app.send_task("core.forget_expired", connection=to)
        waiting = found(broker_checks.queues, "queues")
        assert waiting.level == "warn"
        assert waiting.value.startswith("120 tasks wait, the oldest for ")
        alone = found(broker_checks.workers, "workers")
        assert (alone.level, alone.value) == ("fail", f"0 answer; nobody listens to {', '.join(broker.names())}")
        assert alone.advice == f"Start a worker: celery -A aqad worker -Q {','.join(broker.names())}"
        with a_worker(redis.url):
            wait_until(lambda: found(broker_checks.workers, "workers").level == "ok", "the worker")
            wait_until(lambda: found(broker_checks.queues, "queues").level == "ok", "the end of the queue")


@pytest.mark.production
def test_beat_that_sleeps_is_told(settings: Any) -> None:
    from django.core.cache import cache

    often = broker_checks.often()
    assert found(broker_checks.beat, "periodic tasks").level == "warn"
    cache.set_many({last_run_key(task): time.time() for task in often})
    assert found(broker_checks.beat, "periodic tasks").level == "ok"
    cache.set(last_run_key("audit.sweep_outbox"), time.time() - 3600)
    late = found(broker_checks.beat, "periodic tasks")
    assert (late.level, list(late.details)) == ("fail", ["audit.sweep_outbox: 60 min ago, due every 60 s"])


@pytest.mark.production
@pytest.mark.django_db
def test_a_task_that_ran_by_beats_clock_is_noted() -> None:
    call_command("run_periodic")
    assert found(broker_checks.beat, "periodic tasks").level == "ok"


# ------------------------------------------------------------------------------------------ PostgreSQL


class Elsewhere(threading.Thread):
    """Does `work` on a connection of its own; a failure is kept."""

    def __init__(self, work: Callable[[], None]) -> None:
        super().__init__(daemon=True)
        self.work = work
        self.start()

    def run(self) -> None:
        try:
            self.work()
        except database.DatabaseError as error:
            self.error = error
        finally:
            connections.close_all()


@pytest.mark.production
@pytest.mark.django_db(transaction=True)
def test_who_waits_for_whom_is_told_without_the_values() -> None:
    users = type(UserFactory(email="canary@shop.test")).objects.filter(email="canary@shop.test")
    blocker: list[int] = []
    held, let_go = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            users.select_for_update().get()
            cursor.execute("SELECT pg_backend_pid()")
            blocker.extend(cursor.fetchone())
            held.set()
            let_go.wait(20)

    holds = Elsewhere(hold)
    assert held.wait(10)
    waits = Elsewhere(lambda: users.update(name="Canarina"))
    try:
        locks = wait_until(lambda: next((one for one in database.activity() if one.name == "locks" and one.details), None), "the wait")
    finally:
        let_go.set()
        holds.join(10)
        waits.join(10)
    assert locks.level in {"warn", "fail"}
    assert locks.advice == f"End who blocks and is blocked by nobody: SELECT pg_terminate_backend({blocker[0]})"
    assert "UPDATE" in locks.details[0]
    assert "anar" not in repr(locks)
    assert found(database.activity, "locks").value == "nobody waits for another"


@pytest.mark.production
@pytest.mark.django_db(transaction=True)
def test_a_transaction_that_stays_open_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "LONG", database.LONG.replace("30 seconds", "0 seconds"))
    opened, close = threading.Event(), threading.Event()

    def stay() -> None:
        with transaction.atomic():
            list(Stock.objects.all())
            opened.set()
            close.wait(20)

    idle = Elsewhere(stay)
    assert opened.wait(10)
    long = found(database.activity, "long transactions")
    close.set()
    idle.join(10)
    assert "idle in transaction" in long.details[0]
    assert (long.level, long.advice[:35]) == ("warn", "It keeps locks and old rows: see wh")


@pytest.mark.production
@pytest.mark.django_db(transaction=True)
def test_an_index_that_is_gone_or_broken_is_named() -> None:
    assert found(database.indexes, "indexes").level == "ok"
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("DROP INDEX order_status")
            cursor.execute("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'order_vendor'::regclass")
        missing, broken = found(database.indexes, "indexes that are missing"), found(database.indexes, "indexes that are broken")
        transaction.set_rollback(True)
    assert (missing.level, list(missing.details)) == ("fail", ["order_status"])
    assert (broken.level, list(broken.details)) == ("fail", ["order_vendor"])


@pytest.mark.production
@pytest.mark.django_db
def test_a_migration_that_waits_is_named() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'sessions'")
    waiting = found(database.migrations, "migrations")
    assert (waiting.level, list(waiting.details)) == ("fail", ["sessions.0001_initial"])


@pytest.mark.production
@pytest.mark.django_db(transaction=True)
def test_the_slowest_statements_are_told_or_how_to_see_them() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DROP EXTENSION IF EXISTS pg_stat_statements")
        assert found(database.statements, "slowest statements").advice == database.SWITCH_ON
        cursor.execute("CREATE EXTENSION pg_stat_statements")
        cursor.execute("SHOW shared_preload_libraries")
        is_loaded = "pg_stat_statements" in cursor.fetchone()[0]
        slowest = found(database.statements, "slowest statements")
        transaction.set_rollback(True)
    assert slowest.value.endswith("on average") if is_loaded else slowest.advice == database.SWITCH_ON


@pytest.mark.production
@pytest.mark.django_db(transaction=True)
def test_everything_is_well_on_a_house_that_is_well(settings: Any) -> None:
    """On PostgreSQL and Redis, with a worker; but for this machine's own load, memory and disk. For a moment the database may be busy."""
    with a_redis() as redis:
        settings.CELERY_BROKER_URL = redis.url
        with a_worker(redis.url):
            wait_until(lambda: found(broker_checks.workers, "workers").level == "ok", "the worker")
            for _ in range(10):
                bad = [one for one in doctor.examine() if one.level != "ok" and one.area not in {"host", "beat", "settings", "cache"}]
                if not any((one.area, one.name) == ("database", "answers") for one in bad):
                    break
    assert bad == []
