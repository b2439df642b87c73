"""Every word that any product ever held: what a typo may have meant. It may lag and may remember too much; it is only asked for typos."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from django.db import transaction

from catalog.models import SearchWord


def learn(texts: Iterable[str]) -> None:
    """Remember the words of these search texts. In one order, so that two that learn the same do not wait for each other in a ring."""
    words = sorted({word for text in texts for word in text.split(" ") if word})
    SearchWord.objects.bulk_create([SearchWord(word=word) for word in words], batch_size=5000, ignore_conflicts=True)


def learn_after_commit(texts: Iterable[str]) -> None:
    """Outside the transaction: a word is worth no waiting, and a lost one no failure."""
    transaction.on_commit(partial(learn, list(texts)), robust=True)


def known_among(words: frozenset[str]) -> frozenset[str]:
    if not words:
        return words
    return frozenset(SearchWord.objects.filter(word__in=words).values_list("word", flat=True))
