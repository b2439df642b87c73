"""The platform that every step stands on."""

from django.apps import AppConfig
from django.core.signals import request_finished
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate


class CoreConfig(AppConfig):
    name = "aqad.core"
    label = "core"
    verbose_name = "Platform"

    def ready(self) -> None:
        from aqad.core import (
            checks,  # noqa: F401  (the checks register themselves)
            database,
            measuring,
            metrics,
            reporting,
            tracing,
            watching_tasks,
        )

        connection_created.connect(measuring.watch, dispatch_uid="core.measuring.watch")
        request_finished.connect(metrics.watch_pools, dispatch_uid="core.metrics.watch_pools")
        measuring.on_statement(metrics.count_statement)
        measuring.on_statement(tracing.note_statement)
        watching_tasks.connect()
        reporting.start()
        post_migrate.connect(database.prepare, dispatch_uid="core.database.prepare")
