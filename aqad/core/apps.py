"""The platform that every step stands on."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class CoreConfig(AppConfig):
    name = "aqad.core"
    label = "core"
    verbose_name = "Platform"

    def ready(self) -> None:
        from aqad.core import checks, database  # noqa: F401  (the checks register themselves)

        post_migrate.connect(database.prepare, dispatch_uid="core.database.prepare")
