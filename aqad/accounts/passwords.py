"""What a password must be: 8 or more characters with lower case, upper case and a digit, not a common one."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from rest_framework import serializers

LONGEST = 256


class MixedCharactersValidator:
    def validate(self, password: str, user: Any = None) -> None:
        if not (any(c.islower() for c in password) and any(c.isupper() for c in password) and any(c.isdigit() for c in password)):
            raise ValidationError(self.get_help_text(), code="password_too_simple")

    def get_help_text(self) -> str:
        return _("The password needs a lower case letter, an upper case letter and a digit.")


class PasswordField(serializers.CharField):
    """A password as somebody typed it; never shown again."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=LONGEST, trim_whitespace=False, write_only=True, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        try:
            data.encode()
        except UnicodeEncodeError:  # a lone surrogate, which JSON can spell
            self.fail("invalid")
        return str(data)


class NewPasswordField(PasswordField):
    """A password that satisfies every rule."""

    def to_internal_value(self, data: Any) -> str:
        password = super().to_internal_value(data)
        if "\x00" in password:
            self.fail("invalid")
        try:
            password_validation.validate_password(password)
        except ValidationError as error:
            raise serializers.ValidationError(error.messages) from error
        return password
