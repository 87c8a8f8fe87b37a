"""The backend of the replica (`ENGINE = "apps.core.postgres.replica"`)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psycopg
from django.db import Error, connections
from django.db.backends.postgresql.base import ServerBindingCursor

from apps.core.postgres import base
from apps.core.replica.choosing import CHOICES, FAILED, GONE, judge
from apps.core.replica.route import PRIMARY, stay_on_primary

# The connection, or the server, and not the statement alone.
_ENDED = (
    psycopg.errors.AdminShutdown,
    psycopg.errors.CrashShutdown,
    psycopg.errors.CannotConnectNow,
)


class DatabaseWrapper(base.DatabaseWrapper):
    """
    A replica whose failures nobody sees: the primary runs the statement instead.

    That covers a server that goes away, a statement cancelled because the primary has removed
    what it reads, and a column that a migration has not brought over yet. One that ran too long is
    not run again. The rest of the request stays on the primary.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.execute_wrappers.append(self._or_on_primary)

    def _or_on_primary(
        self,
        execute: Callable[..., Any],
        sql: Any,
        params: Any,
        many: bool,
        context: dict[str, Any],
    ) -> Any:
        try:
            return execute(sql, params, many, context)
        except Error as error:
            cause = error.__cause__
            if isinstance(cause, psycopg.errors.QueryCanceled):
                raise
            stay_on_primary()
            CHOICES.inc(FAILED)
            if isinstance(cause, _ENDED) or self.connection is None or self.connection.closed:
                judge().give_up(GONE, cause)
            cursor = context["cursor"]
            cursor.cursor = _counterpart(cursor.cursor).cursor
        return execute(sql, params, many, context)


def _counterpart(cursor: Any) -> Any:
    """A cursor of the same kind on the primary."""
    primary: Any = connections[PRIMARY]
    if isinstance(cursor, ServerBindingCursor):
        return primary.prepared_cursor()
    if isinstance(cursor, psycopg.ServerCursor):
        return primary.chunked_cursor()
    return primary.cursor()
