"""Each body has fields of its own, though what they are made of is shared."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
from django.http import QueryDict
from rest_framework import serializers

from aqad.core.fields import StrictSerializer, own_copy
from orders.api.bodies import NewOrder

pytestmark = [pytest.mark.django_db, pytest.mark.embedded]

NOT_TOLD = frozenset({"parent", "child", "_args", "_kwargs", "_creation_counter", "_validators"})


def every_kind(of: type[StrictSerializer] = StrictSerializer) -> Iterator[type[StrictSerializer]]:
    for kind in of.__subclasses__():
        yield kind
        yield from every_kind(kind)


def told(field: Any) -> dict[str, Any]:
    """What a field is, its place among others aside."""
    known = {name: value for name, value in vars(field).items() if name not in NOT_TOLD}
    known["validators"] = [(type(one), str(getattr(one, "limit_value", ""))) for one in field.validators]
    return {name: str(value) for name, value in known.items()} | ({"child": told(field.child)} if hasattr(field, "child") else {})


def test_a_copy_is_what_drf_would_have_made_anew() -> None:
    kinds = set(every_kind())
    assert len(kinds) > 30
    for kind in kinds:
        for name, field in kind._declared_fields.items():
            if not isinstance(field, serializers.BaseSerializer):
                assert told(own_copy(field)) == told(deepcopy(field)), f"{kind.__name__}.{name}"


def test_bodies_that_are_read_at_once_know_nothing_of_each_other() -> None:
    form = NewOrder(data=QueryDict("items[0]product=P1001&items[0]quantity=5&address=7&payment_method=card"))
    json = NewOrder(data={"items": [{"product": "P1001", "quantity": 5}], "address": 7, "payment_method": "card"})
    wrong = NewOrder(data={"items": [{"product": "P1001", "quantity": "5"}], "address": "7", "payment_method": "card"})
    for body in (form, json, wrong):  # all have their fields before one of them reads
        assert all(field.root is body for field in body.fields.values())
        assert body.fields["items"].child.root is body
    assert form.is_valid()
    assert json.is_valid()
    assert not wrong.is_valid()
    assert form.validated_data == json.validated_data
    assert set(wrong.errors) == {"items", "address"}


def test_the_declared_fields_belong_to_nobody() -> None:
    assert NewOrder(data={}).fields["items"].child.fields
    for field in NewOrder._declared_fields.values():
        assert field.parent is None
    assert "fields" not in vars(NewOrder._declared_fields["items"].child)
