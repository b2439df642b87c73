"""Questions that are put into SQL once."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from aqad.accounts.models import TokenFamily
from aqad.core import clock
from aqad.core.prepared import Prepared
from catalog.models import Product
from catalog.querysets import products_on_sale
from tests.cast import Person
from tests.factories.goods import ProductFactory

pytestmark = [pytest.mark.django_db, pytest.mark.embedded]


def on_sale() -> Prepared[Product]:
    return Prepared(lambda ids: products_on_sale().filter(pk__in=ids).select_related("vendor__company").order_by("-pk"))


def test_it_finds_what_the_queryset_finds_with_what_belongs_to_it(vendor: Person) -> None:
    products = [ProductFactory(vendor=vendor.of, price="7.35") for _ in range(3)]
    ProductFactory(vendor=vendor.of, status="archived")
    question, ids = on_sale(), [product.pk for product in products]
    for wanted in (ids, ids[::-1], ids[:1], [*ids, 999_999]):  # other values, other numbers of them
        found = question.all(wanted)
        assert found == list(products_on_sale().filter(pk__in=wanted).order_by("-pk"))
        with CaptureQueriesContext(connection) as asked:
            assert {(product.vendor.company.name, str(product.price)) for product in found} == {(vendor.of.company.name, "7.35")}
        assert len(asked) == 0


def test_it_sees_what_changed_since_it_was_asked_last(vendor: Person) -> None:
    product, question = ProductFactory(vendor=vendor.of), on_sale()
    assert question.first([product.pk]) == product
    Product.objects.filter(pk=product.pk).update(status="archived")
    assert question.first([product.pk]) is None


def test_nothing_is_asked_for_nothing(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert on_sale().all([]) == []


def test_values_of_every_kind_find_their_places(retailer: Person) -> None:
    question = Prepared(
        lambda family, user, email: TokenFamily.objects.select_related("user__membership__company").filter(
            pk=family, user_id=user, user__email=email
        )
    )
    family = TokenFamily.objects.create(user=retailer.user, expires_at=clock.now() + timedelta(days=7))
    found = question.first(family.pk, retailer.user.pk, retailer.user.email)
    assert found == family
    assert found.user.membership.company == retailer.of.company
    assert question.first(uuid.uuid4(), retailer.user.pk, retailer.user.email) is None
    assert question.first(family.pk, retailer.user.pk, "' OR 1=1 --") is None


def test_a_question_that_changes_its_values_is_refused() -> None:
    question = Prepared(lambda name: Product.objects.filter(name__contains=name))  # becomes %name%
    with pytest.raises(ValueError, match="as it is given"):
        question.all("Pepsi")
