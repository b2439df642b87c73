"""Files of products: taken in by a door, worked off by a worker in batches, safe against the death of either."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

import structlog
from django.db import DatabaseError, OperationalError, transaction
from django.db.models import F, Q, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from aqad.accounts.statuses import CompanyStatus
from aqad.audit.actions import record
from aqad.audit.publishing import publish
from aqad.core import clock, files
from aqad.core.actor import Actor
from aqad.core.errors import Refusal
from aqad.core.transactions import outside_transaction
from catalog.importing import scratch
from catalog.importing.gathering import gather
from catalog.importing.loading import Batch, Outcome
from catalog.importing.reading import Unreadable
from catalog.importing.scratch import Row, Scratch
from catalog.models import FailedRow, ProductImport
from catalog.statuses import ImportState
from vendors.models import Vendor

log = structlog.get_logger(__name__)
LEASE = timedelta(minutes=5)
SLICE = 240.0  # seconds after which a worker lets go, well below its time limit; the next one goes on
BATCH = 500
MOST_ATTEMPTS = 5
OPEN = (ImportState.QUEUED, ImportState.RUNNING)
SHUT_OUT = (CompanyStatus.SUSPENDED, CompanyStatus.REJECTED)


class LeaseLost(Exception):
    """Another worker took the import over; what this one has not committed is not wanted any more."""


class Progress(Protocol):
    def __call__(self, *, done: int, total: int) -> None: ...


def queue(*, vendor: Vendor, stored: str, filename: str, dry_run: bool, actor: Actor) -> ProductImport:
    """Take in the file that lies in private storage as `stored`, and ask a worker to work it off after the commit."""
    with transaction.atomic():
        row = ProductImport.objects.create(vendor=vendor, user=actor.user, file=stored, filename=filename, dry_run=dry_run)
        record("catalog.import_queued", row, actor, dry_run=dry_run)
        transaction.on_commit(partial(publish, "catalog.import_products", row.pk))
    return row


def start(*, vendor: Vendor, stored: str, filename: str, dry_run: bool, actor: Actor) -> ProductImport:
    """The same for a caller who will work it off at once: no worker is asked, but one goes on should the caller die."""
    with transaction.atomic():
        row = ProductImport.objects.create(vendor=vendor, user=actor.user, file=stored, filename=filename, dry_run=dry_run)
        record("catalog.import_queued", row, actor, dry_run=dry_run)
    return row


def work_off_waiting() -> int:
    """Work off what waits and what a dead worker left, oldest first. Returns how many were taken up."""
    free = Q(leased_until=None) | Q(leased_until__lt=clock.now())
    waiting = list(ProductImport.objects.filter(free, state__in=OPEN).order_by("pk").values_list("pk", flat=True)[:BATCH])
    return sum(work_off(import_id) is not None for import_id in waiting)


def work_off(
    import_id: int, *, actor: Actor | None = None, on_progress: Progress | None = None, seconds: float = SLICE
) -> ProductImport | None:
    """Read the file and load it batch by batch, each in a transaction with the count of what is done; go on where another stopped.

    After `seconds` another worker is asked to go on.

    None when somebody else works on it, or when an earlier file of the same vendor comes first. A file that cannot be read ends it as
    failed; rows that cannot be used are kept with their reasons and stop no other.
    """
    outside_transaction()
    job = _claim(import_id, actor)
    if job is None:
        return None
    user = job.row.user
    with translation.override(user.language if user else None):
        try:
            if _is_finished(job, on_progress, until=time.monotonic() + seconds):
                publish("catalog.import_waiting")
            else:
                publish("catalog.import_products", import_id)
        except LeaseLost:
            log.warning("import_lease_lost", product_import=import_id)
        except Exception:
            _let_go(job)
            raise
    job.row.refresh_from_db()
    return job.row


@dataclass(slots=True)
class Job:
    """An import that this process has leased; `lease` is the time that the row bears while it is ours."""

    row: ProductImport
    actor: Actor
    lease: datetime
    attempts: int

    @property
    def mine(self) -> QuerySet[ProductImport]:
        return ProductImport.objects.filter(pk=self.row.pk, state=ImportState.RUNNING, leased_until=self.lease)

    def hold(self) -> None:
        """Renew the lease; inside a transaction this also keeps everybody else from taking it. Raises LeaseLost."""
        until = clock.now() + LEASE
        if self.mine.update(leased_until=until) != 1:
            raise LeaseLost
        self.lease = until

    @contextmanager
    def step(self) -> Iterator[None]:
        """One transaction, in which the import is ours."""
        before = self.lease
        try:
            with transaction.atomic():
                self.hold()
                yield
        except BaseException:
            self.lease = before
            raise

    def tick(self) -> None:
        """Renew the lease when a good part of it has gone."""
        if self.lease - clock.now() < LEASE * 0.75:
            self.hold()


def _claim(import_id: int, actor: Actor | None) -> Job | None:
    """Take the import up, unless somebody works on it. A vendor's files are worked off one at a time, in the order they came."""
    with transaction.atomic():
        row = ProductImport.objects.select_related("vendor__company", "user").filter(pk=import_id, state__in=OPEN).first()
        if row is None:
            return None
        Vendor.objects.select_for_update(no_key=True).get(pk=row.vendor_id)
        now = clock.now()
        others = ProductImport.objects.filter(vendor=row.vendor, state__in=OPEN).exclude(pk=row.pk)
        if others.filter(Q(pk__lt=row.pk) | Q(leased_until__gte=now)).exists():
            return None
        free = Q(leased_until=None) | Q(leased_until__lt=now)
        mine = ProductImport.objects.filter(free, pk=row.pk, state__in=OPEN)
        if mine.update(state=ImportState.RUNNING, leased_until=now + LEASE, attempts=F("attempts") + 1) != 1:
            return None
        row.refresh_from_db()
    return Job(row, actor or _sender(row), now + LEASE, row.attempts)


def _sender(row: ProductImport) -> Actor:
    """Who sent the file, as they act through a worker; the platform when no person did or the person is gone."""
    if row.user is None:
        return Actor.system("import")
    return Actor(user=row.user, company=row.vendor.company, role="vendor", via="task")


def _is_finished(job: Job, on_progress: Progress | None, *, until: float) -> bool:
    """Work until the end of the file or of this worker's time."""
    if job.attempts > MOST_ATTEMPTS:
        return _end(job, ImportState.FAILED, _("The file could not be worked off. Please send it again, or in smaller parts."))
    if job.row.vendor.company.status in SHUT_OUT:
        return _end(job, ImportState.FAILED, _("The account is not active."))
    with scratch.opened() as lines:
        try:
            _gather(job, lines)
        except Unreadable as error:
            return _end(job, ImportState.FAILED, str(error.message))
        done = job.row.done
        while rows := lines.batch(after=done, size=BATCH):
            if time.monotonic() > until:
                _let_go(job)
                return False
            _load(job, rows)
            done += len(rows)
            if on_progress is not None:
                on_progress(done=done, total=lines.total)
    return _end(job, ImportState.DONE)


def _gather(job: Job, lines: Scratch) -> None:
    """Raises Unreadable."""
    try:
        with job.row.file.open("rb") as file:
            headings = gather(file, job.row.vendor, lines, tick=job.tick)
    except FileNotFoundError as error:
        raise Unreadable(_("The file is gone; please send it again.")) from error
    if job.mine.update(headings=headings, rows=lines.total) != 1:
        raise LeaseLost


def _load(job: Job, rows: Sequence[Row]) -> None:
    """A batch, all at once; when the database refuses it, row by row, so that only what is wrong fails."""
    batch = Batch(job.row.vendor, job.actor, job.row.dry_run)
    try:
        with job.step():
            _keep(job, batch.load(rows))
    except OperationalError:  # the database is away or busy: nothing is wrong with the rows
        raise
    except (DatabaseError, Refusal):
        with job.step():
            _keep(job, _one_by_one(batch, rows))


def _one_by_one(batch: Batch, rows: Sequence[Row]) -> Outcome:
    whole = Outcome()
    for row in rows:
        try:
            with transaction.atomic():
                whole.add(batch.load([row]))
        except OperationalError:
            raise
        except Refusal as refusal:
            whole.refused.append((row, str(refusal.message)))
        except DatabaseError:
            log.exception("import_row_refused", row=row.number)
            whole.refused.append((row, _("Another change got in the way. Send this row again.")))
    return whole


def _keep(job: Job, outcome: Outcome) -> None:
    """Write down what became of a batch, in its own transaction."""
    FailedRow.objects.bulk_create(
        FailedRow(product_import=job.row, number=row.number, cells=row.cells, reason=_reason(row, words))
        for row, words in sorted(outcome.refused, key=lambda refused: refused[0].place)
    )
    ProductImport.objects.filter(pk=job.row.pk).update(
        created=F("created") + outcome.created,
        updated=F("updated") + outcome.updated,
        unchanged=F("unchanged") + outcome.unchanged,
        failed=F("failed") + len(outcome.refused),
        attempts=0,
    )


def _reason(row: Row, words: str) -> str:
    return (_("Row %(number)s: %(words)s") % {"number": row.number, "words": words})[:1000]


def _let_go(job: Job) -> None:
    """Let the next worker take the import up without waiting for the lease to run out."""
    try:
        job.mine.update(leased_until=None)
    except DatabaseError:
        log.exception("import_lease_kept", product_import=job.row.pk)


def _end(job: Job, state: ImportState, problem: str = "") -> bool:
    with job.step():
        ProductImport.objects.filter(pk=job.row.pk).update(
            state=state, problem=problem[:500], finished_at=clock.now(), leased_until=None, file=""
        )
        row = ProductImport.objects.get(pk=job.row.pk)
        counts = {name: getattr(row, name) for name in ("rows", "created", "updated", "unchanged", "failed")}
        record("catalog.import_finished", row, job.actor, state=str(state), dry_run=row.dry_run, **counts)
    files.discard(str(job.row.file.name))
    return True
