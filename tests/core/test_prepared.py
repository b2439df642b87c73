"""Questions that are put into SQL once."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models.signals import post_init
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


@pytest.mark.parametrize("order", [("price", "pk"), ("-price", "-pk"), ("name", "pk"), ("-pk",)])
@pytest.mark.parametrize("window", [slice(0, 2), slice(1, 4), slice(0, 9), slice(6, 8)])
def test_of_few_rows_a_part_is_cut_in_order_and_all_are_counted(vendor: Person, order: tuple[str, ...], window: slice) -> None:
    for name, price in [("Ajwa", "7.35"), ("Bread", "12.00"), ("Cola", "7.35"), ("Dates", "2.00"), ("Ajwa", "7.40"), ("Eggs", "7.35")]:
        ProductFactory(vendor=vendor.of, name=name, price=price)
    ProductFactory(vendor=vendor.of, price="9.00", status="archived")
    names = [name.lstrip("-") for name in order]
    question = Prepared(lambda its: products_on_sale().filter(vendor=its).values(*names), planned_once=False)
    rows = list(products_on_sale().order_by(*order).values_list(*names))
    keys = [row[-1] for row in rows]
    assert question.part(vendor.of.pk, order=order, place=[], window=window, most=6) == (6, keys[window])
    for number, row in enumerate(rows):
        assert question.part(vendor.of.pk, order=order, place=row, window=window, most=6) == (6, keys[number + 1 :][window])
    assert question.part(vendor.of.pk + 1, order=order, place=[], window=window, most=6) == (0, [])
    assert question.part(vendor.of.pk, order=order, place=[], window=window, most=5) == (6, [])


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


def test_objects_are_what_django_makes_of_their_rows(retailer: Person) -> None:
    """What they hold, where they come from, whom they know; what was not asked for is read later, as ever."""
    TokenFamily.objects.create(user=retailer.user, expires_at=clock.now() + timedelta(days=7))

    def families(user: int) -> Any:
        known = TokenFamily.objects.filter(user_id=user).select_related("user__membership__company", "user__second_factor")
        return known.defer("agent", "user__phone")

    found, expected = Prepared(families).first(retailer.user.pk), families(retailer.user.pk).first()
    assert found is not None
    alike(found, expected)
    alike(found.user, expected.user)
    alike(found.user.membership, expected.user.membership)
    alike(found.user.membership.company, expected.user.membership.company)
    assert found.user.membership.user is found.user
    assert found.user.acting_as.company == retailer.of.company
    assert not found.user.has_second_factor
    with CaptureQueriesContext(connection) as asked:
        assert (found.agent, found.user.phone) == (expected.agent, expected.user.phone)
    assert len(asked) == 4
    found.user.name = "Somebody Else"
    found.user.save(update_fields=["name"])
    assert TokenFamily.objects.get(pk=found.pk).user.name == "Somebody Else"


def alike(one: Any, other: Any) -> None:
    assert type(one) is type(other)
    assert {**vars(one), "_state": None} == {**vars(other), "_state": None}
    assert (one._state.db, one._state.adding) == (other._state.db, other._state.adding)
    assert one._state.fields_cache == other._state.fields_cache
    assert one.get_deferred_fields() == other.get_deferred_fields()


def test_who_listens_to_new_objects_hears_of_them(vendor: Person) -> None:
    ProductFactory(vendor=vendor.of)
    heard: list[Product] = []

    def hear(instance: Product, **_: Any) -> None:
        heard.append(instance)

    post_init.connect(hear, sender=Product)
    try:
        found = Prepared(lambda name: Product.objects.exclude(name=name)).all("nothing")
        assert len(found) == 1
        assert heard[-1] is found[0]
    finally:
        post_init.disconnect(hear, sender=Product)


@pytest.mark.parametrize("name", ["O'Brien's 100% \\ %s", "%(pk)s", "'; DROP TABLE x; --", "\\'", "محارم"])
def test_what_never_changes_is_written_out_and_still_nothing_but_a_value(vendor: Person, name: str) -> None:
    product, other = ProductFactory(vendor=vendor.of, name=name), ProductFactory(vendor=vendor.of)
    question = Prepared(lambda pk: Product.objects.filter(name=name, min_order_quantity=1, pk=pk))
    for pk, expected in ((product.pk, [product]), (other.pk, []), (product.pk, [product])):
        assert question.all(pk) == expected
    assert question.count(product.pk) == 1


@pytest.mark.production
def test_what_never_changes_is_part_of_the_statement_and_none_of_its_values(vendor: Person) -> None:
    asked: list[tuple[str, Any]] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        asked.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        on_sale().all([1, 2])
    [(sql, params)] = asked
    assert "= 'published'" in sql
    assert list(params) == [1, 2]


def test_a_moment_finds_its_place(retailer: Person) -> None:
    question = Prepared(lambda user, since, until: TokenFamily.objects.filter(user_id=user, expires_at__gte=since, expires_at__lt=until))
    now = clock.now()
    family = TokenFamily.objects.create(user=retailer.user, expires_at=now + timedelta(days=7))
    span = now + timedelta(days=7), now + timedelta(days=8)
    assert question.all(retailer.user.pk, *span) == [family]
    assert question.all(retailer.user.pk, span[1], span[1] + timedelta(days=1)) == []


def test_lists_of_many_lengths_are_few_questions(vendor: Person) -> None:
    ids = [ProductFactory(vendor=vendor.of).pk for _ in range(9)]
    question = on_sale()
    for length in range(1, 10):
        assert [product.pk for product in question.all(ids[:length])] == ids[:length][::-1]
    assert len(question._known) == 5
