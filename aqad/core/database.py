"""What the database must be told beside its tables: where references start, how long a statement may wait, and how it is planned."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.apps import apps as installed
from django.conf import settings
from django.db import DatabaseError, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from aqad.core.references import Referenced

ROLE_SETTINGS = {
    "lock_timeout": "3s",
    "statement_timeout": "10s",
    "idle_in_transaction_session_timeout": "15s",
    # To start two helpers takes eight milliseconds (docs/performance.md): not for a page that is found in three.
    "parallel_setup_cost": "100000",
    # What is asked for often lies in memory, where the next page costs a quarter of what PostgreSQL takes it for, and any other no more.
    "seq_page_cost": "0.25",
    "random_page_cost": "0.25",
    # What is prepared (core.statements) is planned once. Left alone, PostgreSQL plans some of it anew each time, as it takes a list of
    # which it does not know the length for a long one.
    "plan_cache_mode": "force_generic_plan",
}


def prepare(app_config: AppConfig, using: str, **_: Any) -> None:
    """After a migration: start the sequences of references at their first number, set what the role is to keep to."""
    connection = connections[using]
    tables = set(connection.introspection.table_names())
    for model in installed.get_app_config(app_config.label).get_models():
        if issubclass(model, Referenced) and not model._meta.abstract and model._meta.db_table in tables:
            _start_sequence(connection, model._meta.db_table, model.FIRST_NUMBER)
    if app_config.label == "core" and connection.vendor == "postgresql":
        _tell_role(connection)


def _start_sequence(connection: BaseDatabaseWrapper, table: str, first: int) -> None:
    """Never hand out a number below `first`; a sequence that is already past it is left alone."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_get_serial_sequence(%s, 'id')", [table])
            sequence = cursor.fetchone()[0]
            cursor.execute(f"SELECT last_value FROM {sequence}")  # noqa: S608  (the name comes from the catalogue)
            if cursor.fetchone()[0] < first:
                cursor.execute("SELECT setval(%s, %s, false)", [sequence, first])
        else:
            cursor.execute("UPDATE sqlite_sequence SET seq = max(seq, %s) WHERE name = %s", [first - 1, table])
            if cursor.rowcount == 0:
                cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, first - 1])


def _tell_role(connection: BaseDatabaseWrapper) -> None:
    """Bound every wait of the application's role, and say how its statements are to be planned.

    By ALTER ROLE: connection poolers forward no start-up options.
    """
    quote = connection.ops.quote_name
    target = quote(settings.DATABASE_ROLE) if settings.DATABASE_ROLE else "CURRENT_USER"
    name = quote(str(connection.settings_dict["NAME"]))
    for setting, value in ROLE_SETTINGS.items():
        try:
            with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
                cursor.execute(f"ALTER ROLE {target} IN DATABASE {name} SET {setting} = %s", [value])
        except DatabaseError:  # a role that may not alter another: docs/deployment tells the owner of the database
            return
