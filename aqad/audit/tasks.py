"""Workers' entry points to the outbox."""

from __future__ import annotations

from celery import shared_task

from aqad.core.gathering import until_not_full


@shared_task(name="audit.work_off")
def work_off() -> int:
    from aqad.audit import actions
    from aqad.audit.leasing import BATCH

    return until_not_full(actions.work_off, BATCH)


@shared_task(name="audit.sweep_outbox")
def sweep_outbox() -> int:
    """Take what was left over: a message that was lost, a worker that died, a consumer that failed before."""
    from aqad.audit import actions

    done = 0
    while taken := actions.work_off():
        done += taken
    return done


@shared_task(name="audit.publish_events")
def publish_events() -> int:
    from aqad.audit import exchange
    from aqad.audit.leasing import BATCH

    return until_not_full(exchange.publish_waiting, BATCH)


@shared_task(name="audit.sweep_events")
def sweep_events() -> int:
    """Publish what was left over: the broker was away, a worker died, an earlier event had to go first."""
    from aqad.audit import exchange

    return exchange.publish_everything()


@shared_task(name="audit.apply_retention")
def apply_retention() -> int:
    """Delete what is over its time. Returns how many rows went."""
    from aqad.audit import retention

    return sum(one.rows for one in retention.apply())
