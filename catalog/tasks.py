"""Workers' entry points."""

from __future__ import annotations

from celery import shared_task


@shared_task(name="catalog.import_products")
def import_products(import_id: int) -> None:
    from catalog.actions import importing

    importing.work_off(import_id)


@shared_task(name="catalog.import_waiting")
def import_waiting() -> int:
    """Take up files that nobody works on: their message was lost, or their worker died."""
    from catalog.actions import importing

    return importing.work_off_waiting()


@shared_task(name="catalog.count_search")
def count_search(term: str) -> None:
    """One more person looked for this today."""
    from catalog.search import popular

    popular.count(term)


@shared_task(name="catalog.forget_searches")
def forget_searches() -> int:
    """Delete counts of days that no list shows any more. Returns how many went."""
    from catalog.search import popular

    return popular.forget()
