"""Any database, SQLite above all: the same answers by LIKE, for the embedded mode's thousands of products."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q

from catalog.search.terms import Term


def holding(terms: Sequence[Term]) -> Q:
    """The condition that a product holds every term."""
    condition = Q()
    for term in terms:
        condition &= _begins(term.prefix) | _is_one_of(term.wholes)
    return condition


def _begins(word: str) -> Q:
    return Q(search_text__startswith=word) | Q(search_text__contains=f" {word}")


def _is_one_of(words: frozenset[str]) -> Q:
    condition = Q()
    for word in sorted(words):
        condition |= (
            Q(search_text=word)
            | Q(search_text__startswith=f"{word} ")
            | Q(search_text__contains=f" {word} ")
            | Q(search_text__endswith=f" {word}")
        )
    return condition
