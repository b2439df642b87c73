"""Strict serializer fields. In JSON an integer is an integer; in a form it is ASCII digits. Everything has a maximum."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from copy import deepcopy
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

import phonenumbers
from django.core.exceptions import ValidationError as DjangoValidationError
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import EmailValidator
from django.db.models import Model, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.utils.html import is_html_input

from aqad.core import text, uploads
from aqad.core.errors import Malformed
from aqad.core.money import LARGEST_PRICE
from aqad.core.parsing import parse_json
from aqad.core.references import number_of
from aqad.core.scanning import Infected, scan

EMIRATES = ("Abu Dhabi", "Dubai", "Sharjah", "Ajman", "Umm Al Quwain", "Ras Al Khaimah", "Fujairah")
NAME_LENGTH, PRODUCT_NAME_LENGTH, DESCRIPTION_LENGTH, NOTE_LENGTH, REASON_LENGTH, EMAIL_LENGTH = 120, 200, 5000, 1000, 500, 254
LARGEST_QUANTITY = 10_000_000
INTEGER_FORM = re.compile(r"0|-?[1-9][0-9]{0,17}", re.ASCII)
TRN_FORM = re.compile(r"[0-9]{15}", re.ASCII)
DAY_FORM = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
MONEY_FORM = re.compile(r"(?!-0(\.0{1,2})?\Z)-?(0|[1-9][0-9]{0,11})(\.[0-9]{1,2})?", re.ASCII)
# Fields that a browser's form carries beside its own: its CSRF token, its idempotency key, where to go afterwards.
FORM_KEY = "idempotency_key"
# A code that renews the proof of a second factor: asked for beside what the request says, and no part of that.
PROOF = "otp"
FORM_BAGGAGE = frozenset({"csrfmiddlewaretoken", FORM_KEY, "next"})


class StrictSerializer(serializers.Serializer[Any]):
    """Reads a body in full or not at all: an unknown or read-only field is an error that names it.

    As a part of a form it is written `address.line1=...`, or as one field that holds a JSON object.
    """

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        return {name: own_copy(field) for name, field in self._declared_fields.items()}

    def get_value(self, dictionary: Any) -> Any:
        whole = dictionary.get(self.field_name) if is_html_input(dictionary) else None
        if not isinstance(whole, str):
            return super().get_value(dictionary)
        try:
            return parse_json(whole.encode())
        except (Malformed, UnicodeEncodeError):
            return whole

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, Mapping):
            raise serializers.ValidationError({"non_field_errors": [_("An object is expected.")]})
        unwelcome = {name: [self.why_unwelcome(str(name))] for name in data if self._is_unwelcome(str(name))}
        try:
            value = super().to_internal_value(data)
        except serializers.ValidationError as error:
            if unwelcome and isinstance(error.detail, dict):
                raise serializers.ValidationError({**error.detail, **unwelcome}) from error
            raise
        if unwelcome:
            raise serializers.ValidationError(unwelcome)
        return value

    def why_unwelcome(self, name: str) -> Any:
        """What to tell about a field that is unknown or not to be written here."""
        return _("This cannot be written here.") if name in self.fields else _("Unknown field.")

    def _is_unwelcome(self, name: str) -> bool:
        field = self.fields.get(name)
        if field is None and is_form(self):
            part = self.fields.get(name.partition(".")[0])
            field = part if isinstance(part, serializers.BaseSerializer) else None
        return (field is None or field.read_only) and not (name in FORM_BAGGAGE and is_form(self))


class TextField(serializers.CharField):
    """Clean text of at most `max_length` characters; `multiline` allows line breaks."""

    default_error_messages = {"unclean": _("This holds characters that cannot be used.")}

    def __init__(self, *, max_length: int = NAME_LENGTH, multiline: bool = False, **kwargs: Any) -> None:
        self.multiline = multiline
        super().__init__(max_length=max_length, trim_whitespace=False, **kwargs)

    def run_validation(self, data: Any = serializers.empty) -> Any:
        # CharField looks at emptiness first, so what cannot be seen must be gone by then.
        return super().run_validation(self._cleaned(data) if isinstance(data, str) else data)

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return str(data)

    def _cleaned(self, data: str) -> str:
        if len(data) > 4 * (self.max_length or 0) + 1000:
            self.fail("max_length", max_length=self.max_length)
        try:
            return text.clean(data, multiline=self.multiline)
        except text.Unclean:
            self.fail("unclean")
        raise AssertionError("unreachable")


class EmailField(TextField):
    """An address of at most 254 characters, in lower case."""

    default_error_messages = {"invalid": _("Invalid email"), "unclean": _("Invalid email"), "blank": _("Invalid email")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=EMAIL_LENGTH, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        address = super().to_internal_value(data).lower()
        try:
            EmailValidator()(address)
        except DjangoValidationError:
            self.fail("invalid")
        if not address.isascii():
            self.fail("invalid")
        return address


class PhoneField(TextField):
    """A possible phone number, in E.164; numbers without a country code are read as the UAE's."""

    default_error_messages = {"invalid": _("Invalid phone number; write it like +971501234567."), "unclean": _("Invalid phone number.")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=30, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        raw = super().to_internal_value(data)
        try:
            number = phonenumbers.parse(raw, "AE") if raw.isascii() else None
        except phonenumbers.NumberParseException:
            number = None
        if number is None or number.extension or not phonenumbers.is_valid_number(number):
            self.fail("invalid")
        return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


class TrnField(TextField):
    """A UAE tax registration number: 15 digits."""

    default_error_messages = {"invalid": _("A TRN has 15 digits."), "unclean": _("A TRN has 15 digits.")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=30, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        written = super().to_internal_value(data)
        if not TRN_FORM.fullmatch(written):
            self.fail("invalid")
        return written


class EmirateField(TextField):
    """One of the seven emirates, read case-insensitively."""

    default_error_messages = {"unknown": _("Unknown emirate; it must be one of {known}.")}

    def to_internal_value(self, data: Any) -> str:
        wanted = super().to_internal_value(data).casefold()
        match = next((emirate for emirate in EMIRATES if emirate.casefold() == wanted), None)
        if match is None:
            self.fail("unknown", known=", ".join(EMIRATES))
        return str(match)


class WholeNumberField(serializers.IntegerField):
    """A whole number from `min_value` to `max_value`: in JSON an integer, in a form ASCII digits."""

    default_error_messages = {"invalid": _("A whole number is expected.")}

    def __init__(self, *, min_value: int = 1, max_value: int = LARGEST_QUANTITY, **kwargs: Any) -> None:
        super().__init__(min_value=min_value, max_value=max_value, **kwargs)

    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, int) and not isinstance(data, bool):
            return data
        if isinstance(data, str) and is_form(self) and INTEGER_FORM.fullmatch(data):
            return int(data)
        self.fail("invalid")
        raise AssertionError("unreachable")


class MoneyField(serializers.DecimalField):
    """AED with at most two places: a string such as "48.00", or a number."""

    default_error_messages = {"invalid": _("An amount in AED with at most two places is expected, like 48.00.")}

    def __init__(self, *, min_value: Decimal = Decimal("0.01"), max_value: Decimal = LARGEST_PRICE, **kwargs: Any) -> None:
        super().__init__(max_digits=14, decimal_places=2, min_value=min_value, max_value=max_value, **kwargs)

    def to_internal_value(self, data: Any) -> Decimal:
        if isinstance(data, bool) or not isinstance(data, int | Decimal | str):
            self.fail("invalid")
        written = data if isinstance(data, str) else str(data)
        if not MONEY_FORM.fullmatch(written):
            self.fail("invalid")
        return Decimal(written).quantize(Decimal("0.01"))


class YesNoField(serializers.BooleanField):
    """true or false; in a form also true, false, on, 1, 0."""

    def to_internal_value(self, data: Any) -> bool:
        if isinstance(data, bool):
            return data
        if isinstance(data, str) and is_form(self) and data.lower() in {"true", "false", "on", "1", "0"}:
            return data.lower() in {"true", "on", "1"}
        self.fail("invalid", input=str(data)[:20])
        raise AssertionError("unreachable")


class DayField(serializers.DateField):
    """A day, written 2026-12-31."""

    default_error_messages = {"invalid": _("A day like 2026-12-31 is expected.")}

    def to_internal_value(self, value: Any) -> date:
        if not isinstance(value, str) or not DAY_FORM.fullmatch(value):
            self.fail("invalid")
        return super().to_internal_value(value)


class CoordinateField(serializers.FloatField):
    """Degrees, between -`bound` and `bound`, kept to six places."""

    def __init__(self, *, bound: int, **kwargs: Any) -> None:
        super().__init__(min_value=-bound, max_value=bound, **kwargs)

    def to_internal_value(self, data: Any) -> float:
        if (
            isinstance(data, bool)
            or not isinstance(data, int | Decimal | str)
            or not re.fullmatch(r"-?[0-9]{1,3}(\.[0-9]{1,15})?", str(data), re.ASCII)
        ):
            self.fail("invalid")
        return round(float(str(data)), 6)


@extend_schema_field(OpenApiTypes.STR)
class ReferenceField(serializers.Field[Any, Any, Any, Any]):
    """A reference in a body, looked up in the caller's own scope: unknown and another company's are refused alike (422).

    `scope` gets the serializer's context and returns the queryset; the value is the object.
    """

    default_error_messages = {"invalid": _("A reference such as {prefix}1001 is expected."), "unknown": _("There is no {name}.")}

    def __init__(self, *, prefix: str, scope: Callable[[Mapping[str, Any]], QuerySet[Any]], **kwargs: Any) -> None:
        self.prefix, self.scope = prefix, scope
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> Model:
        if not isinstance(data, str):
            self.fail("invalid", prefix=self.prefix)
        number = number_of(data, self.prefix)
        if number is None:
            self.fail("invalid", prefix=self.prefix)
        found = self.scope(self.context).filter(pk=number).first()
        if found is None:
            self.fail("unknown", name=data.upper())
        return found

    def to_representation(self, value: Any) -> str:
        return str(value.reference)


class UploadField(serializers.FileField):
    """A file that was believed by its content and that the virus scanner, where there is one, found clean.

    The value is what `check` makes of it, an `uploads.Checked` as a rule. Every file from outside passes here. Raises Unavailable.
    """

    check: Callable[[UploadedFile[Any]], Any]

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, UploadedFile):
            self.fail("invalid")
        try:
            checked = self.check(data)
            scan(data)
        except uploads.BadFile as error:
            raise serializers.ValidationError([str(error.message)]) from error
        except Infected as error:
            raise serializers.ValidationError([_("The virus scanner found %(name)s in this file.") % {"name": error.name}]) from error
        return checked


class DocumentField(UploadField):
    """A PDF, JPEG or PNG of at most 10 MB."""

    check = staticmethod(uploads.check_document)


class PictureField(UploadField):
    """A JPEG, PNG or WebP of at most 5 MB, drawn anew."""

    check = staticmethod(uploads.check_image)


class LogoField(PictureField):
    """A company's mark, kept no larger than pages show it: at most 96 pixels long, on screens of three dots a pixel."""

    check = staticmethod(partial(uploads.check_image, longest_edge=320))


def own_copy(field: serializers.Field[Any, Any, Any, Any]) -> serializers.Field[Any, Any, Any, Any]:
    """The declared field for one body alone: it learns whose it is, and by that whom and what it reads.

    DRF makes each anew from its arguments, which costs more than reading a body. What a field is made of does not change after that
    (messages, validators, choices), so it is shared; a serializer's fields are its own in any case, made when they are asked for.
    """
    if isinstance(field, serializers.BaseSerializer | serializers.ManyRelatedField):
        return deepcopy(field)
    made: Any = object.__new__(type(field))
    vars(made).update(vars(field))
    if isinstance(made, serializers.ListField | serializers.DictField):
        made.child = own_copy(made.child)
        made.child.source = None  # or it may not be bound again
        made.child.bind(field_name="", parent=made)  # type: ignore[arg-type]  # as they do themselves
    return made


def is_form(field: serializers.Field[Any, Any, Any, Any]) -> bool:
    """Whether the body came as a form, where every value is text."""
    return isinstance(getattr(field.root, "initial_data", None), QueryDict)
