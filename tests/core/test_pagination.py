"""Pages and cursors see every row once, and refuse what they cannot do."""

import pytest
from django.http import QueryDict

from aqad.accounts.models import Company
from aqad.core.errors import Invalid
from aqad.core.pagination import paginate, read_window, refuse_unknown
from tests.factories.people import CompanyFactory

pytestmark = [pytest.mark.embedded, pytest.mark.django_db]


def page(query: str, order: tuple[str, ...] = ("-name", "pk")) -> dict:
    return paginate(Company.objects.all(), QueryDict(query), order=order, show=lambda rows: [row.pk for row in rows])


def test_cursors_walk_the_whole_list_once() -> None:
    made = [CompanyFactory(kind="vendor", name=f"Same {n % 3}").pk for n in range(10)]
    seen, cursor = [], ""
    while True:
        answer = page(f"limit=3{cursor}")
        seen += answer["results"]
        if answer["pagination"]["next"] is None:
            break
        cursor = f"&cursor={answer['pagination']['next']}"
    assert sorted(seen) == sorted(made)
    assert len(seen) == 10


def test_a_page_past_the_end_is_empty_and_still_counts() -> None:
    CompanyFactory(kind="vendor")
    assert page("page=5") == {
        "results": [],
        "pagination": {"page": 5, "limit": 20, "total": 1, "pages": 1, "total_is_exact": True, "next": None},
    }


@pytest.mark.parametrize(
    "query", ["page=0", "page=-1", "limit=101", "limit=0", "page=1_0", "page=x", "limit=%D9%A5", "page=51", "page=1&cursor=x"]
)
def test_refuses_a_window_that_cannot_be(query: str) -> None:
    with pytest.raises(Invalid):
        read_window(QueryDict(query))


@pytest.mark.parametrize("cursor", ["x", "%00", "AAAA", "e30", "é"])
def test_refuses_a_broken_cursor(cursor: str) -> None:
    with pytest.raises(Invalid, match="cursor"):
        page(f"cursor={cursor}")


def test_refuses_a_cursor_of_another_order() -> None:
    for _ in range(2):
        CompanyFactory(kind="vendor")
    following = page("limit=1", order=("pk",))["pagination"]["next"]
    with pytest.raises(Invalid, match="cursor"):
        page(f"limit=1&cursor={following}")


def test_names_an_unknown_and_a_doubled_parameter() -> None:
    with pytest.raises(Invalid) as refusal:
        refuse_unknown(QueryDict("user__password__startswith=x&status=a&status=b"), ["status"])
    assert refusal.value.errors.keys() == {"user__password__startswith", "status"}
