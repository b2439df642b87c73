"""Subqueries that Django has no words for, alike on PostgreSQL and SQLite."""

from __future__ import annotations

from typing import Any

from django.db.models import BigIntegerField, Func, Subquery, TextField
from django.db.models.functions import Cast, JSONObject


class CountOf(Subquery):
    """How many rows the queryset has, no more than it is cut to."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) AS counted)"
    output_field = BigIntegerField()


class PlainJSONObject(JSONObject):
    """PostgreSQL's `json` instead of its `jsonb`: what is only read need not be taken apart before it is written out."""

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        copy = self.copy()
        parts = enumerate(copy.get_source_expressions())
        copy.set_source_expressions([part if place % 2 else Cast(part, TextField()) for place, part in parts])
        return Func.as_sql(copy, compiler, connection, function="JSON_BUILD_OBJECT", **context)


class AllInJSON(Subquery):
    """The one column `one` of all rows, a JSON object each, as the text of a JSON list; null or an empty list where there is none.

    In the order of the queryset on PostgreSQL; SQLite promises no order.
    """

    template = "(SELECT JSON_AGG(listed.one)::text FROM (%(subquery)s) AS listed)"
    output_field = TextField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        template = "(SELECT JSON_GROUP_ARRAY(JSON(listed.one)) FROM (%(subquery)s) AS listed)"
        return self.as_sql(compiler, connection, template=template, **context)
