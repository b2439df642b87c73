"""Text from outside: NFC, no control characters, nothing that only pretends to be there (TRUST.md 4)."""

from __future__ import annotations

import re
import unicodedata

# Controls but tab and newline, lone surrogates, bidi embeddings, overrides and isolates (UAX #9), byte order mark, noncharacters.
FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]")
INVISIBLE = re.compile(
    "[\\s\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u2060-\u2064\u206a-\u206f\u3164\ufe00-\ufe0f\uffa0]*"
)
LINE_BREAKS = re.compile("[\t\n\u2028\u2029]")
ARABIC_FOLDS = str.maketrans({"أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ة": "ه", "ؤ": "و", "ئ": "ي", "ـ": None})
ARABIC_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")


class Unclean(ValueError):
    """The text holds characters that cannot be stored or shown safely."""


def clean(text: str, *, multiline: bool = False) -> str:
    """`text` in NFC with its ends trimmed; empty when nothing in it can be seen. Raises Unclean."""
    unix = text.replace("\r\n", "\n").replace("\r", "\n")
    if FORBIDDEN.search(unix) or (not multiline and LINE_BREAKS.search(unix.strip())):
        raise Unclean
    normal = unicodedata.normalize("NFC", unix).strip()
    return "" if INVISIBLE.fullmatch(normal) else normal


def folded(text: str) -> str:
    """For search: lower case, no accents or Arabic vowel marks, one form of each Arabic letter, single spaces."""
    # Decomposed before and after: what a compatibility form hides ("㎅") is folded too.
    bare = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    plain = "".join(letter for letter in bare if not unicodedata.combining(letter))
    return " ".join(re.sub(r"[^\w]+", " ", plain.translate(ARABIC_FOLDS).translate(ARABIC_DIGITS)).split())
