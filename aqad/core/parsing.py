"""The strict layer: JSON of at most 1 MB and 32 levels without duplicate keys; forms and files of a bounded number."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import IO, Any

from django.core.exceptions import TooManyFieldsSent, TooManyFilesSent
from django.http import UnreadablePostError
from django.utils.http import parse_header_parameters
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser, DataAndFiles, MultiPartParser

from aqad.core.errors import Malformed, Refusal

LARGEST_JSON = 1024 * 1024
DEEPEST = 32
LONGEST_NUMBER = 40
LONGEST_END = 1024  # bytes at a form's end among which its last boundary must stand
STRUCTURE = re.compile(rb'"(?:[^"\\]|\\.)*"|[\[{]|[\]}]', re.DOTALL)


class TooLarge(Refusal):
    code, message = "too_large", "The request is too large."


def parse_json(raw: bytes) -> Any:
    """The value in `raw`; decimals come as Decimal, numbers with an exponent as float.

    Raises Malformed for what is broken, ambiguous or too deep, TooLarge past 1 MB.
    """
    if len(raw) > LARGEST_JSON:
        raise TooLarge
    _check_depth(raw)
    try:
        return DECODER.decode(raw.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise Malformed("The body is not valid JSON.") from error


class StrictJSONParser(BaseParser):
    """`application/json` whose value is one object."""

    media_type = "application/json"

    def parse(self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None) -> dict[str, Any]:
        try:
            raw = stream.read(LARGEST_JSON + 1)
        except UnreadablePostError as error:
            raise Malformed from error
        if not raw.strip():
            return {}
        value = parse_json(raw)
        if not isinstance(value, dict):
            raise Malformed("The body must be a JSON object.")
        return value


class StrictMultiPartParser(MultiPartParser):
    """`multipart/form-data`, with a refusal instead of an error page when it is broken or has too many parts."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> DataAndFiles[Any, Any]:
        watched = _Watched(stream)
        try:
            read = super().parse(watched, media_type, parser_context)  # type: ignore[arg-type]
        except (TooManyFieldsSent, TooManyFilesSent) as error:
            raise Malformed("The form has too many fields or files.") from error
        except (ParseError, UnreadablePostError, UnicodeDecodeError) as error:
            raise Malformed("The form cannot be read.") from error
        boundary = parse_header_parameters(media_type or "")[1].get("boundary", "")
        # Django takes what came before a form broke off for the whole of it: half a file would pass for a file.
        if watched.end and f"--{boundary}--".encode() not in watched.end:
            raise Malformed("The form breaks off.")
        return read


class _Watched:
    """A stream whose last bytes are remembered."""

    def __init__(self, stream: IO[Any]) -> None:
        self.stream = stream
        self.end = b""

    def read(self, size: int = -1) -> bytes:
        chunk: bytes = self.stream.read(size)
        self.end = (self.end + chunk)[-LONGEST_END:]
        return chunk


def _check_depth(raw: bytes) -> None:
    if raw.count(b"[") + raw.count(b"{") <= DEEPEST:
        return
    depth = 0
    for match in STRUCTURE.finditer(raw):
        first = match[0][:1]
        if first in b"[{":
            depth += 1
            if depth > DEEPEST:
                raise Malformed("The body is nested too deeply.")
        elif first in b"]}":
            depth -= 1


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise ValueError("a key stands twice")
    return value


def _integer(digits: str) -> int | Decimal:
    if len(digits) > LONGEST_NUMBER:
        raise ValueError("a number is too long")
    # An int would forget the sign, and no field takes a nought that has one.
    return Decimal(digits) if digits == "-0" else int(digits)


def _decimal(digits: str) -> Decimal | float:
    if len(digits) > LONGEST_NUMBER:
        raise ValueError("a number is too long")
    # A Decimal would forget how it was written ("4.8e1" is 48): with an exponent it stays a float, which no field takes.
    return float(digits) if "e" in digits.lower() else Decimal(digits)


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


DECODER = json.JSONDecoder(object_pairs_hook=_no_duplicates, parse_int=_integer, parse_float=_decimal, parse_constant=_refuse_constant)
