"""References that people read out on the phone: a prefix and a number (`V1001`, `ORD1001`), the row's own primary key."""

from __future__ import annotations

import re
from typing import ClassVar

from django.db import models

REFERENCE_FORM = re.compile(r"([A-Za-z]{1,4})([1-9][0-9]{3,17})", re.ASCII)


class Referenced(models.Model):
    """A row whose primary key is the number of its reference; numbers start at FIRST_NUMBER and grow, gaps occur."""

    PREFIX: ClassVar[str]
    FIRST_NUMBER: ClassVar[int] = 1001

    id = models.BigAutoField(primary_key=True)

    class Meta:
        abstract = True

    @property
    def reference(self) -> str:
        return f"{self.PREFIX}{self.pk}"


def number_of(text: str, prefix: str) -> int | None:
    """The number in a reference of this prefix, case ignored; None for anything that is not one."""
    match = REFERENCE_FORM.fullmatch(text)
    return int(match[2]) if match and match[1].upper() == prefix else None


def canonical(text: str) -> str | None:
    """The reference in upper case whatever its kind; None for anything that is not one."""
    match = REFERENCE_FORM.fullmatch(text)
    return f"{match[1].upper()}{match[2]}" if match else None
