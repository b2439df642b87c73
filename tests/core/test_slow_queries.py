"""Statements that take long are told without their values, and their plan is looked up afterwards, now and then."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection, transaction

from aqad.accounts.models import User
from aqad.core import measuring, plans
from aqad.core.measuring import Slow, without_values
from tests.core.written import logged

SECRET = "canary@shop.test"


@pytest.fixture
def everything_is_slow(settings: Any, db: None) -> None:
    """A millisecond is the least that can be set: each statement below takes longer by itself."""
    settings.SLOW_QUERY_MS = 1


def a_slow_statement() -> None:
    """Some milliseconds of counting in the database, with a value in the middle."""
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60000) SELECT count(*), %s FROM n", [SECRET]
        )


@pytest.mark.embedded
def test_the_statement_is_told_and_none_of_its_values(everything_is_slow: None) -> None:
    with logged() as log, measuring.measured() as work:
        a_slow_statement()
    [line] = log.of("slow_query")
    assert line["statement"].startswith("WITH RECURSIVE n(i) AS (SELECT ? UNION ALL")
    assert (line["database"], line["failed"], line["level"]) == ("default", False, "warning")
    assert line["ms"] >= 1
    assert SECRET not in log.text
    assert work.slowest is not None
    assert work.slowest.params == [SECRET]
    assert SECRET not in repr(work.slowest)


@pytest.mark.embedded
def test_nothing_is_told_of_a_quick_one_or_where_it_is_switched_off(settings: Any, db: None) -> None:
    with logged() as log:
        settings.SLOW_QUERY_MS = 60_000
        a_slow_statement()
        settings.SLOW_QUERY_MS = 0
        a_slow_statement()
    assert log.of("slow_query") == []


@pytest.mark.embedded
@pytest.mark.parametrize(
    ("sql", "told"),
    [
        ("SELECT  1\n FROM x WHERE a = 'it''s me' AND b>=3.50", "SELECT ? FROM x WHERE a = ? AND b>=?"),
        ("UPDATE p1 SET q2 = 7 WHERE id IN (%s, %s,%s)", "UPDATE p1 SET q2 = ? WHERE id IN (%s, ...)"),
        ("SELECT $1, t0.c1 FROM t0", "SELECT $1, t0.c1 FROM t0"),
        ("SELECT -12e3::int", "SELECT -?::int"),
    ],
)
def test_values_give_way_to_question_marks(sql: str, told: str) -> None:
    assert without_values(sql) == told


@pytest.mark.embedded
def test_a_statement_as_long_as_a_book_is_cut() -> None:
    assert len(without_values("SELECT " + ", ".join(f"column_{name}" for name in "abcdefghij" * 300))) == measuring.LONGEST_STATEMENT + 3


@pytest.mark.embedded
def test_whoever_wraps_statements_meanwhile_takes_off_only_the_own_wrapper(db: None) -> None:
    def pass_on(execute: Any, *words: Any) -> Any:
        return execute(*words)

    before = list(connection.execute_wrappers)
    connection.execute_wrappers.remove(measuring.observe)
    with connection.execute_wrapper(pass_on):
        measuring.watch(connection)
    assert connection.execute_wrappers == before


@pytest.mark.production
@pytest.mark.django_db(transaction=True)
def test_the_plan_names_tables_and_indexes_and_no_value() -> None:
    found = User.objects.filter(email=SECRET, pk__lt=987654321)
    sql, params = found.query.sql_with_params()
    lines = plans.plan_of(Slow("default", sql, params, 0.3))
    assert "on accounts_user" in "\n".join(lines)
    assert "email" in "\n".join(lines)
    assert SECRET not in str(lines)
    assert "987654321" not in str(lines)


@pytest.mark.production
@pytest.mark.django_db(transaction=True)
def test_looking_up_a_plan_changes_nothing() -> None:
    user = User.objects.create(email=SECRET, name="before")
    with transaction.atomic():
        lines = plans.plan_of(Slow("default", "UPDATE accounts_user SET name = %s WHERE id = %s", ("after", user.pk), 0.3))
    assert lines[0].startswith("ModifyTable on accounts_user")
    user.refresh_from_db()
    assert user.name == "before"


@pytest.mark.production
@pytest.mark.django_db(transaction=True)
def test_the_plan_comes_from_a_connection_of_its_own_and_at_most_once_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plans, "_next", 0.0)
    slow = Slow("default", "SELECT * FROM accounts_user WHERE email = %s", (SECRET,), 0.3)
    with logged() as log:
        threads = [plans.look_up_soon(slow) for _ in range(5)]
        for thread in threads:
            if thread:
                thread.join(10)
    assert [thread is not None for thread in threads] == [True, False, False, False, False]
    [line] = log.of("slow_query_plan")
    assert line["plan"][0].split(" (cost")[0].endswith("on accounts_user")
    assert SECRET not in log.text


@pytest.mark.production
@pytest.mark.django_db(transaction=True)
def test_a_statement_that_cannot_be_explained_harms_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plans, "_next", 0.0)
    with logged() as log:
        thread = plans.look_up_soon(Slow("default", "SELECT nothing FROM nowhere", None, 0.3))
        assert thread is not None
        thread.join(10)
    assert [line["error"] for line in log.of("slow_query_plan_failed")] == ["ProgrammingError"]
    assert plans.look_up_soon(Slow("default", "SET lock_timeout = '3s'", None, 0.3)) is None
