"""Reading the filters of a list from its query; what cannot be is refused by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from aqad.core import text
from aqad.core.errors import FieldErrors, Invalid

LONGEST = 200
Query = QueryDict | Mapping[str, str]


def read_choice(query: Query, name: str, choices: Iterable[str]) -> str | None:
    """The one of `choices` that is asked for, or None. Raises Invalid for anything else."""
    wanted = query.get(name)
    known = list(choices)
    if wanted is not None and wanted not in known:
        raise Invalid({name: [_("It must be one of %(known)s.") % {"known": ", ".join(known)}]})
    return wanted


def read_texts(query: Query, names: Iterable[str]) -> dict[str, str]:
    """Those of the parameters `names` that were given, clean. Raises Invalid for what cannot be stored, hence never found."""
    found: dict[str, str] = {}
    wrong: FieldErrors = {}
    for name in names:
        given = query.get(name)
        if given is None:
            continue
        try:
            found[name] = text.clean(given[: LONGEST + 1])
        except text.Unclean:
            wrong[name] = [_("This holds characters that cannot be used.")]
        if len(given) > LONGEST:
            wrong[name] = [_("This is longer than %(longest)s characters.") % {"longest": LONGEST}]
    if wrong:
        raise Invalid(wrong)
    return found
