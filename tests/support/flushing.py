"""
Emptying the database between tests that commit, although some tables refuse it.

Truncating every table makes new files for each of them and its indexes, which costs more than most
tests; so only what holds rows is emptied, row by row. Content types and permissions, which follow
from the models, stay, and so need not be made anew.
"""

from collections.abc import Iterable
from typing import Any

from django.core.management.commands import flush
from django.db import transaction
from django.db.backends.postgresql.operations import DatabaseOperations

_EMPTY = """
DO $$
DECLARE
    place regclass;
    is_filled boolean;
BEGIN
    -- Neither guards of append-only tables nor foreign keys are asked; until the commit.
    SET LOCAL session_replication_role = replica;
    FOR place IN
        SELECT c.oid FROM pg_class c
        WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace
          AND c.relname NOT IN ('django_migrations', 'django_content_type', 'auth_permission')
    LOOP
        EXECUTE format('SELECT EXISTS (SELECT 1 FROM %s)', place) INTO is_filled;
        IF is_filled THEN
            EXECUTE format('DELETE FROM %s', place);
        END IF;
    END LOOP;
END $$
"""


def _flush(operations: DatabaseOperations, statements: Iterable[str]) -> None:
    connection = operations.connection
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        cursor.execute(_EMPTY)


def _make_nothing(*args: Any, **options: Any) -> None:
    """In place of what follows a migration."""


def allow() -> None:
    """Let the end of a transactional test empty append-only tables; no test sees them open."""
    DatabaseOperations.execute_sql_flush = _flush
    flush.emit_post_migrate_signal = _make_nothing
