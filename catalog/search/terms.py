"""What is looked for: words, each with the ways in which a product may hold it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from catalog.names import words_of
from catalog.search.vocabulary import known_among

LATIN = "abcdefghijklmnopqrstuvwxyz0123456789"
ARABIC = "ابتثجحخدذرزسشصضطظعغفقكلمنهويء"
SHORTEST_FORGIVEN, LONGEST_FORGIVEN = 4, 24
MOST_FORGIVEN = 8  # words of one search whose typos are looked for


@dataclass(frozen=True, slots=True)
class Term:
    """One word that must be there: by its beginning, or else as one of `wholes`."""

    prefix: str
    wholes: frozenset[str] = frozenset()


def exactly(text: str) -> list[Term]:
    return [Term(word) for word in dict.fromkeys(words_of(text))]


def nearly(text: str) -> list[Term]:
    """Each longer word also as any known word that is one typo away; nothing when there is none."""
    words = list(dict.fromkeys(words_of(text)))
    near = {word: one_typo_away(word) for word in words[:MOST_FORGIVEN] if _may_hold_a_typo(word)}
    known = known_among(frozenset().union(*near.values()))
    terms = [Term(word, near.get(word, frozenset()) & known) for word in words]
    return terms if any(term.wholes for term in terms) else []


@lru_cache(maxsize=256)
def one_typo_away(word: str) -> frozenset[str]:
    """Every word that a slip makes of this one: a letter left out, added, replaced, or two exchanged (after Norvig)."""
    letters = ARABIC if any(letter in ARABIC for letter in word) else LATIN
    cuts = [(word[:place], word[place:]) for place in range(len(word) + 1)]
    left_out = {head + tail[1:] for head, tail in cuts if tail}
    exchanged = {head + tail[1] + tail[0] + tail[2:] for head, tail in cuts if len(tail) > 1}
    replaced = {head + letter + tail[1:] for head, tail in cuts if tail for letter in letters}
    added = {head + letter + tail for head, tail in cuts for letter in letters}
    return frozenset((left_out | exchanged | replaced | added) - {word})


def rank(terms: Sequence[Term], text: str) -> tuple[int, int]:
    """How well a product's search text answers, less is better: whole words before beginnings, early words before late ones."""
    words = text.split(" ")
    missed = places = 0
    for term in terms:
        place = next((number for number, word in enumerate(words) if word == term.prefix), None)
        if place is None:
            missed += 1
            place = next((n for n, word in enumerate(words) if word.startswith(term.prefix) or word in term.wholes), len(words))
        places += place
    return missed, places


def _may_hold_a_typo(word: str) -> bool:
    return SHORTEST_FORGIVEN <= len(word) <= LONGEST_FORGIVEN and not word.isdigit()
