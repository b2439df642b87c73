"""The application if nothing of a public list or page were stored: `python -m aqad.serve tests.load.uncached:application`."""

from __future__ import annotations

from typing import Any

from aqad.wsgi import application

from aqad.core import stored  # isort: skip  (its settings are there only now)


def built_anew(self: stored.StoredList[Any], request: Any, wanted: Any, **_places: str) -> stored.Page:
    return self._built(request, wanted)


stored.LIFETIME = 0  # no process serves it twice, and nobody in front is told to keep it
stored.StoredList._made = built_anew  # type: ignore[method-assign]  # nobody waits for another's page

__all__ = ["application"]
