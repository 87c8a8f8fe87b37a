"""The database backend (`ENGINE = "apps.core.postgres"`)."""

from __future__ import annotations

import select
from datetime import UTC
from typing import Any

from django.conf import settings
from django.db.backends.postgresql.base import DatabaseWrapper as PostgresWrapper
from django.db.backends.postgresql.base import ServerBindingCursor
from django.db.backends.postgresql.schema import DatabaseSchemaEditor as PostgresSchemaEditor
from psycopg.postgres import types
from psycopg.pq import ConnStatus
from psycopg.types.datetime import TimestamptzLoader

_TIMESTAMPTZ = types["timestamptz"].oid

# A renewal alone has some eighty; beyond this the one used least gives way.
PLANS = 500


class DatabaseSchemaEditor(PostgresSchemaEditor):
    """
    Changes of the schema that would rather fail than queue.

    A change that waits for a lock makes everybody wait who comes after it. It gives up after
    `MIGRATION_LOCK_TIMEOUT`, and the migration can be run again when there is less going on.
    """

    def __enter__(self) -> Any:
        """
        Set how long a lock is waited for, as long as the transaction lasts.

        Indexes that are built outside one take nobody's turn, and wait for old readers.
        """
        editor = super().__enter__()
        if self.atomic_migration:
            with self.connection.cursor() as cursor:
                timeout = settings.MIGRATION_LOCK_TIMEOUT
                cursor.execute("SELECT set_config('lock_timeout', %s, true)", [timeout])
        return editor


class DatabaseWrapper(PostgresWrapper):
    """
    PostgreSQL, for connections that are kept between requests.

    Django asks each of them `SELECT 1` before its first use in a request, a fifth of all
    statements on short requests. A server that went away has closed the connection, though,
    which makes its socket readable; an idle one has nothing to say.
    """

    SchemaEditorClass = DatabaseSchemaEditor

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._notes: dict[str, Any] = {}

    def transaction_notes(self) -> dict[str, Any] | None:
        """
        A place for what is worth knowing until the transaction ends; None outside of one.

        An `Atomic` is no key for that: the one of a decorated function serves every call of it.
        """
        return self._notes if self.in_atomic_block else None

    def _set_autocommit(self, autocommit: bool) -> None:
        if not autocommit:
            self._notes = {}
        super()._set_autocommit(autocommit)  # type: ignore[misc]

    def create_cursor(self, name: str | None = None) -> Any:
        """
        A cursor that reads UTC times in compiled code.

        Django registers a loader in Python, which moves every time to its own time zone. Where
        that is UTC, psycopg's gives the same: a long list holds more than a thousand times.
        """
        cursor = super().create_cursor(name)
        if self.timezone == UTC:
            cursor.adapters.register_loader(_TIMESTAMPTZ, TimestamptzLoader)
        return cursor

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """A connection that keeps as many plans as a worker has statements."""
        link = super().get_new_connection(conn_params)
        link.prepared_max = PLANS
        return link

    def prepared_cursor(self) -> Any:
        """
        A cursor for statements that come again and again: the server plans them once.

        How often one has to come first is `prepare_threshold` in `OPTIONS`; without it none is
        kept, as behind a pooler that hands connections around.
        """
        self.close_if_health_check_failed()
        self.ensure_connection()
        with self.wrap_database_errors:
            cursor: Any = ServerBindingCursor(self.connection)  # type: ignore[call-arg]
            if self.timezone == UTC:
                cursor.adapters.register_loader(_TIMESTAMPTZ, TimestamptzLoader)
            return self._prepare_cursor(cursor)  # type: ignore[attr-defined]

    def is_usable(self) -> bool:
        """Whether the connection still stands; the server is asked only when in doubt."""
        if self.connection is None:
            return False
        link = self.connection.pgconn
        if link.status != ConnStatus.OK:
            return False
        poll = select.poll()
        poll.register(link.socket, select.POLLIN)
        return not poll.poll(0) or super().is_usable()
