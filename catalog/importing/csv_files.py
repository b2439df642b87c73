"""CSV as shops send it: any of the usual encodings and delimiters."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator
from typing import IO

from django.utils.translation import gettext_lazy as _

from catalog.importing.reading import HEAD, Unreadable

CHUNK = 1024 * 1024
DELIMITERS = ",;\t|"
MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
QUOTED = re.compile(r'"(?:[^"]|"")*"')
# In Windows' Arabic code page a word is a run of high bytes; in the Western one they stand alone among ASCII letters.
ARABIC_WORD = re.compile(rb"[\xc1-\xdb\xdd-\xdf\xe1\xe3-\xe6\xec\xed]{2,}")
WESTERN_LETTER = re.compile(rb"[A-Za-z][\xc0-\xff](?![\x80-\xff])")


def rows(file: IO[bytes]) -> Iterator[list[str]]:
    """Every record; an empty line is an empty record. Raises Unreadable."""
    encoding = encoding_of(file)
    file.seek(0)
    text = io.TextIOWrapper(file, encoding=encoding, newline="")
    try:
        delimiter = _delimiter(text.read(HEAD))
        text.seek(0)
        reader = csv.reader(text, delimiter=delimiter)
        yield from reader
    except csv.Error as error:
        message = _("Near line %(line)s a quotation mark is opened and not closed, or a cell is too long.")
        raise Unreadable(message % {"line": reader.line_num}) from error
    except UnicodeError as error:
        raise Unreadable(_("The file's characters cannot be read; save it as CSV UTF-8.")) from error
    finally:
        text.detach()


def encoding_of(file: IO[bytes]) -> str:
    """By its mark, else UTF-8 when all of it is, else Windows' Arabic or Western code page."""
    file.seek(0)
    head = file.read(HEAD)
    for mark, name in MARKS.items():
        if head.startswith(mark):
            return name
    if head.count(0) > len(head) // 4:
        return "utf-16-le" if head[1::2].count(0) > head[0::2].count(0) else "utf-16-be"
    file.seek(0)
    decoder = codecs.getincrementaldecoder("utf-8")()
    arabic = western = 0
    is_utf8, every_byte_known = True, True
    while chunk := file.read(CHUNK):
        is_utf8 = is_utf8 and _decodes(decoder, chunk)
        arabic += len(ARABIC_WORD.findall(chunk))
        western += len(WESTERN_LETTER.findall(chunk))
        every_byte_known = every_byte_known and not re.search(rb"[\x81\x8d\x8f\x90\x9d]", chunk)
    if is_utf8 and _decodes(decoder, b"", final=True):
        return "utf-8"
    if arabic > western:
        return "cp1256"
    return "cp1252" if every_byte_known else "latin-1"


def _decodes(decoder: codecs.IncrementalDecoder, chunk: bytes, *, final: bool = False) -> bool:
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError:
        return False
    return True


def _delimiter(beginning: str) -> str:
    """The one that stands most often in one of the first lines; what is quoted does not count."""
    first = [line for line in QUOTED.sub("", beginning).splitlines() if line.strip()][:10]
    return max(DELIMITERS, key=lambda mark: max((line.count(mark) for line in first), default=0))
