"""Show every stored file to the virus scanner: once when it is new to this deployment, and whenever its signatures have learned much."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.files.base import File
from django.core.management.base import BaseCommand, CommandError
from django.db import models

from aqad.core.errors import Unavailable
from aqad.core.scanning import Infected, scan


class Command(BaseCommand):
    help = "Scan all files that rows name; say which are infected or missing, and end with 1 when one is. Deletes nothing."

    def handle(self, *_: Any, **__: Any) -> None:
        if not settings.CLAMD_URL:
            raise CommandError("There is no scanner: CLAMD_URL is not set.")
        scanned = bad = 0
        for whose, field, name in _stored():
            problem = self._problem(field, name)
            scanned += 1
            if problem:
                bad += 1
                self.stdout.write(f"{whose}: {name}: {problem}")
        if bad:
            raise CommandError(f"{bad} of {scanned} files are infected or missing.")
        self.stdout.write(f"{scanned} files are clean.")

    @staticmethod
    def _problem(field: models.FileField, name: str) -> str:
        try:
            with field.storage.open(name) as content:
                scan(File(content))
        except FileNotFoundError:
            return "missing"
        except Infected as error:
            return f"infected: {error.name}"
        except Unavailable:
            raise CommandError("The scanner does not answer (manage.py doctor says more): start again when it does.") from None
        return ""


def _stored() -> Iterator[tuple[str, models.FileField, str]]:
    """Whose file it is, as the record names things; where it lies; its name."""
    for model in apps.get_models():
        for field in model._meta.get_fields():
            if isinstance(field, models.FileField):
                rows = model._default_manager.exclude(**{field.name: ""}).order_by("pk")
                for pk, name in rows.values_list("pk", field.name).iterator(500):
                    yield f"{model._meta.model_name}:{pk}", field, name
