"""PostgreSQL: the words of `search_text` as a stored tsvector in a GIN index (migration 0005).

The vector is made of our own words, not by PostgreSQL's parser, so that both back ends split a text alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import BooleanField, F, Func, Value

from catalog.search.terms import Term

INDEX, VECTOR = "product_search", "search_vector"


class HoldsWords(Func):
    """Whether the row's vector, which stands beside its `search_text`, holds what a tsquery asks for."""

    arity = 2
    output_field = BooleanField()

    def as_postgresql(self, compiler: Any, connection: Any, **_: Any) -> tuple[str, list[Any]]:
        text: Any = self.source_expressions[0]
        asked: Any = self.source_expressions[1]
        query, params = compiler.compile(asked)
        quote = connection.ops.quote_name
        return f"({quote(text.alias)}.{quote(VECTOR)} @@ {query}::tsquery)", [*params]


def holding(terms: Sequence[Term]) -> HoldsWords:
    """The condition that a product holds every term."""
    return HoldsWords(F("search_text"), Value(" & ".join(_asked(term) for term in terms)))


def _asked(term: Term) -> str:
    """Words hold letters, digits and underscores only, so that quotes are all the protection they need."""
    wholes = [f"'{word}'" for word in sorted(term.wholes)]
    return f"('{term.prefix}':* {' '.join(f'| {word}' for word in wholes)})"
