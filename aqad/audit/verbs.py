"""Every verb that may be recorded, with the sentence that is made of it on reading. Apps declare theirs when they start."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise

Sentence = str | Promise
_sentences: dict[str, Sentence] = {}


def declare(sentences: Mapping[str, Sentence]) -> None:
    """Add verbs such as `{"orders.placed": _("{actor} created {subject}")}`; the last part is the verb of a history."""
    for verb, sentence in sentences.items():
        if _sentences.setdefault(verb, sentence) != sentence:
            raise ValueError(f"{verb} is declared twice")


def is_declared(verb: str) -> bool:
    return verb in _sentences


def declared() -> list[str]:
    return sorted(_sentences)


def sentence(verb: str, *, actor: str, subject: str) -> str:
    """`Vendor V1001 created Product P1001`."""
    return str(_sentences.get(verb, "{actor} did {verb} on {subject}")).format(actor=actor, subject=subject, verb=verb)


def short(verb: str) -> str:
    """`orders.picked_up` → `picked_up`."""
    return verb.rpartition(".")[2]
