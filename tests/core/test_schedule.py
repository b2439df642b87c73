"""Beat calls nothing that does not exist, and every task goes to a queue that a worker listens to."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from celery import current_app
from django.conf import settings
from django.core.management import call_command

pytestmark = pytest.mark.embedded
QUEUES = {"default", "notifications", "payments", "imports"}


def test_every_scheduled_task_is_registered() -> None:
    current_app.loader.import_default_modules()
    assert {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()} <= set(current_app.tasks)


def test_every_task_has_a_name_of_its_app_and_a_known_queue() -> None:
    current_app.loader.import_default_modules()
    ours = [name for name in current_app.tasks if not name.startswith("celery.")]
    assert all(name.count(".") == 1 for name in ours), ours
    assert {current_app.amqp.router.route({}, name)["queue"].name for name in ours} <= QUEUES


@pytest.mark.django_db
def test_periodic_work_runs_without_a_worker(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("run_periodic")
    assert capsys.readouterr().err == ""


class Enough(Exception):
    """The command goes on until it is stopped."""


@pytest.mark.django_db
def test_periodic_work_is_repeated_at_its_own_pace(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    evening = datetime(2026, 1, 1, 23, 0, tzinfo=ZoneInfo(settings.CELERY_TIMEZONE))
    moments = iter([evening + timedelta(seconds=30), evening + timedelta(seconds=61), evening + timedelta(hours=5)])
    with time_machine.travel(evening, tick=False) as clock:

        def sleep(_seconds: float) -> None:
            moment = next(moments, None)
            if moment is None:
                raise Enough
            clock.move_to(moment)

        monkeypatch.setattr("time.sleep", sleep)
        with pytest.raises(Enough):
            call_command("run_periodic", "--every", verbosity=2)
    ran = [line.rpartition(":")[0] for line in capsys.readouterr().out.splitlines()]
    # At the start, in every pause of that length, and once the night has come.
    paces = (
        "deliver the sandbox bank's webhooks",
        "sweep the outbox",
        "forget old sign-ins",
        "check the invariants",
        "tell of expiring documents",
    )
    assert [ran.count(name) for name in paces] == [4, 3, 2, 2, 1]
