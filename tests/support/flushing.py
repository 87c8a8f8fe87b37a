"""Emptying the database between tests that commit, although some tables refuse TRUNCATE."""

from collections.abc import Iterable

from django.db import transaction
from django.db.backends.postgresql.operations import DatabaseOperations

# Bit 5 of tgtype: fires on TRUNCATE.
_GUARDS = """
SELECT format('%I', c.relname), format('%I', t.tgname) FROM pg_trigger t
JOIN pg_class c ON c.oid = t.tgrelid WHERE NOT t.tgisinternal AND t.tgtype & 32 <> 0
"""


def _flush(operations: DatabaseOperations, statements: Iterable[str]) -> None:
    connection = operations.connection
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        cursor.execute(_GUARDS)
        guards = cursor.fetchall()
        for table, trigger in guards:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {trigger}")
        for statement in statements:
            cursor.execute(statement)
        for table, trigger in guards:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER {trigger}")


def allow() -> None:
    """Let the end of a transactional test empty append-only tables; no test sees them open."""
    DatabaseOperations.execute_sql_flush = _flush
