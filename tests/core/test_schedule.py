"""Beat calls nothing that does not exist, and every task goes to a queue that a worker listens to."""

from __future__ import annotations

import pytest
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
