"""The strict layer lets nothing in that only looks like JSON, a number or a text."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import RequestFactory
from rest_framework import serializers
from rest_framework.request import Request

from aqad.core import text
from aqad.core.errors import Malformed
from aqad.core.fields import EmailField, EmirateField, MoneyField, PhoneField, StrictSerializer, TextField, WholeNumberField, YesNoField
from aqad.core.parsing import StrictMultiPartParser, TooLarge, parse_json
from aqad.core.rendering import dump

pytestmark = pytest.mark.embedded


class Everything(StrictSerializer):
    number = WholeNumberField(max_value=1000)
    money = MoneyField()
    name = TextField(max_length=10)
    status = serializers.CharField(read_only=True)


def errors_of(**fields: Any) -> dict[str, Any]:
    body = Everything(data={"number": 1, "money": "1.00", "name": "x", **fields})
    body.is_valid()
    return dict(body.errors)


@pytest.mark.parametrize(
    "raw",
    [
        b'{"a": 1, "a": 2}',
        b"{",
        b'{"a": NaN}',
        b'{"a": Infinity}',
        b'{"a": 1_000}',
        b"[" * 33 + b"]" * 33,
        b"[" * 100_000,
        b'{"a": ' + b"9" * 5000 + b"}",
        b'\xff{"a": 1}',
        b"{'a': 1}",
    ],
)
def test_refuses_broken_json(raw: bytes) -> None:
    with pytest.raises(Malformed):
        parse_json(raw)


@pytest.mark.parametrize("last", [b"", b"--x", b"--x-", b"--y--"])
def test_refuses_a_form_that_breaks_off(last: bytes) -> None:
    """Half a file would pass for a file."""
    body = b'--x\r\nContent-Disposition: form-data; name="a"; filename="a.pdf"\r\n\r\n%PDF-1.7 half of it\r\n' + last
    request = RequestFactory().post("/api/vendor/documents", body, content_type="multipart/form-data; boundary=x")
    with pytest.raises(Malformed):
        _ = Request(request, parsers=[StrictMultiPartParser()]).data


def test_what_no_utf8_can_say_is_answered_all_the_same() -> None:
    assert dump({"errors": {"\ud800": ["\udc00 is unknown."]}}) == b'{"errors":{"?":["? is unknown."]}}'


def test_refuses_more_than_a_megabyte() -> None:
    with pytest.raises(TooLarge):
        parse_json(b'"' + b"x" * (1024 * 1024) + b'"')


def test_brackets_within_strings_are_no_depth() -> None:
    assert parse_json(b'{"a": "' + b"[{" * 100 + b'\\"["}')["a"].startswith("[{")


@pytest.mark.parametrize("value", [0, -1, 1001, 2**31, 2**63, "5", 5.0, Decimal("5.0"), True, None, "1e3", [], "٥", "５", "1_000", " 5 "])
def test_refuses_what_is_no_whole_number_in_range(value: Any) -> None:
    assert "number" in errors_of(number=value)


@pytest.mark.parametrize(
    "value", ["0", "0.00", "-1", "1.005", "1e3", "1,000.00", "1234567890123", True, None, "NaN", "٤٨", "", " 48.00", Decimal("1E+2")]
)
def test_refuses_what_is_no_amount(value: Any) -> None:
    assert "money" in errors_of(money=value)


@pytest.mark.parametrize(
    ("value", "amount"), [("48.00", "48.00"), ("48", "48.00"), (48, "48.00"), (Decimal("48.5"), "48.50"), ("999999.99", "999999.99")]
)
def test_reads_an_amount(value: Any, amount: str) -> None:
    body = Everything(data={"number": 1, "money": value, "name": "x"})
    assert body.is_valid(), body.errors
    assert body.validated_data["money"] == Decimal(amount)


@pytest.mark.parametrize(
    "value", ["a\x00b", "\ud800", "a\u202eb", "\u200b\u200d", "", "   ", "x" * 11, "x" * 1_000_000, 5, None, "a\nb", "\u2066x"]
)
def test_refuses_text_that_cannot_be_stored_or_shown(value: Any) -> None:
    assert "name" in errors_of(name=value)


@pytest.mark.parametrize(("field", "written"), [("money", "4.8e1"), ("money", "4800E-2"), ("number", "-0"), ("number", "5e0")])
def test_a_number_is_judged_by_how_it_was_written(field: str, written: str) -> None:
    """An exponent that happens to come out even, a nought with a sign: JSON, but neither an amount nor a count."""
    assert field in errors_of(**parse_json(f'{{"{field}": {written}}}'.encode()))


@pytest.mark.parametrize("value", ["-0", "-0.0", "-0.00", Decimal("-0")])
def test_refuses_a_nought_with_a_sign(value: Any) -> None:
    with pytest.raises(serializers.ValidationError):
        MoneyField(min_value=Decimal("0.00")).run_validation(value)


def test_text_is_kept_in_nfc_and_trimmed() -> None:
    assert text.clean("  cafe\u0301 ") == "café"


def test_names_every_unknown_and_read_only_field() -> None:
    assert errors_of(status="paid", is_staff=True).keys() == {"status", "is_staff"}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        (EmailField(), "abc"),
        (EmailField(), "a@b.test\r\nBcc: x@y.test"),
        (EmailField(), "x" * 250 + "@b.test"),
        (EmirateField(), "Bahrain"),
        (PhoneField(), "12"),
        (PhoneField(), "+971501234567;ext=5"),
        (YesNoField(), "yes"),
        (YesNoField(), 1),
    ],
)
def test_refuses_what_is_no_address_number_or_answer(field: serializers.Field, value: Any) -> None:  # type: ignore[type-arg]
    with pytest.raises(serializers.ValidationError):
        field.run_validation(value)


@pytest.mark.parametrize(
    ("field", "value", "read"),
    [
        (EmirateField(), "dubai", "Dubai"),
        (PhoneField(), "050 123 4567", "+971501234567"),
        (EmailField(), "Ahmed@Foods.Test", "ahmed@foods.test"),
    ],
)
def test_reads_what_people_write(field: serializers.Field, value: Any, read: str) -> None:  # type: ignore[type-arg]
    assert field.run_validation(value) == read


def test_search_text_folds_case_accents_and_arabic_letter_forms() -> None:
    assert text.folded("  Café-AU Lait  أرز ٥٠٠ ") == "cafe au lait ارز 500"
