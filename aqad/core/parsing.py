"""The strict layer: JSON of at most 1 MB and 32 levels without duplicate keys; forms and files of a bounded number."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import IO, Any

from django.core.exceptions import TooManyFieldsSent, TooManyFilesSent
from django.http import UnreadablePostError
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser, DataAndFiles, MultiPartParser

from aqad.core.errors import Malformed, Refusal

LARGEST_JSON = 1024 * 1024
DEEPEST = 32
LONGEST_NUMBER = 40
STRUCTURE = re.compile(rb'"(?:[^"\\]|\\.)*"|[\[{]|[\]}]', re.DOTALL)


class TooLarge(Refusal):
    code, message = "too_large", "The request is too large."


def parse_json(raw: bytes) -> Any:
    """The value in `raw`; floats come as Decimal. Raises Malformed for what is broken, ambiguous or too deep, TooLarge past 1 MB."""
    if len(raw) > LARGEST_JSON:
        raise TooLarge
    _check_depth(raw)
    try:
        return json.loads(
            raw.decode("utf-8"), object_pairs_hook=_no_duplicates, parse_int=_integer, parse_float=_decimal, parse_constant=_refuse_constant
        )
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
        try:
            return super().parse(stream, media_type, parser_context)
        except (TooManyFieldsSent, TooManyFilesSent) as error:
            raise Malformed("The form has too many fields or files.") from error
        except (ParseError, UnreadablePostError, UnicodeDecodeError) as error:
            raise Malformed("The form cannot be read.") from error


def _check_depth(raw: bytes) -> None:
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


def _integer(digits: str) -> int:
    if len(digits) > LONGEST_NUMBER:
        raise ValueError("a number is too long")
    return int(digits)


def _decimal(digits: str) -> Decimal:
    if len(digits) > LONGEST_NUMBER:
        raise ValueError("a number is too long")
    return Decimal(digits)


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")
