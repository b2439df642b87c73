"""Files that no row names: stored before a change that was then refused, or left behind by one that replaced them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import structlog
from django.apps import apps
from django.core.files.storage import Storage
from django.db import models

from aqad.core import clock

log = structlog.get_logger(__name__)
# Files are written before their rows, so a young one may still be waiting for its own.
YOUNG = timedelta(days=1)
BATCH = 500


def remove_orphans() -> int:
    """Delete the files in the folders of all models' file fields that are a day old and that no row names. Returns how many went."""
    removed = 0
    for (storage, folder), fields in _folders().items():
        for batch in _batches(_old_files(storage, folder)):
            for name in batch - _named(fields, batch):
                storage.delete(name)
                removed += 1
    if removed:
        log.info("orphan_files_removed", files=removed)
    return removed


def _folders() -> dict[tuple[Storage, str], list[models.FileField]]:
    """Each folder with the fields whose files lie in it."""
    found: dict[tuple[Storage, str], list[models.FileField]] = {}
    for model in apps.get_models():
        for field in model._meta.get_fields():
            if isinstance(field, models.FileField) and isinstance(field.upload_to, str) and field.upload_to.strip("/"):
                found.setdefault((field.storage, field.upload_to.strip("/")), []).append(field)
    return found


def _old_files(storage: Storage, folder: str) -> Iterator[str]:
    dated = storage.dated(folder) if hasattr(storage, "dated") else _dated(storage, folder)
    return (path for path, written_at in dated if written_at < clock.now() - YOUNG)


def _dated(storage: Storage, folder: str) -> Iterator[tuple[str, datetime]]:
    """One question for each file, which is little on a disk and much elsewhere."""
    try:
        names = storage.listdir(folder)[1]
    except FileNotFoundError:  # nothing was ever stored there
        return
    for name in names:
        path = f"{folder}/{name}"
        yield path, storage.get_modified_time(path)


def _batches(names: Iterator[str]) -> Iterator[set[str]]:
    batch: set[str] = set()
    for name in names:
        batch.add(name)
        if len(batch) == BATCH:
            yield batch
            batch = set()
    if batch:
        yield batch


def _named(fields: list[models.FileField], names: set[str]) -> set[str]:
    """Those of `names` that a row bears."""
    known: set[str] = set()
    for field in fields:
        rows = field.model._default_manager.filter(**{f"{field.name}__in": names})
        known.update(rows.values_list(field.name, flat=True))
    return known
