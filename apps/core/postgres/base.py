"""The database backend (`ENGINE = "apps.core.postgres"`)."""

from __future__ import annotations

import select

from django.db.backends.postgresql.base import DatabaseWrapper as PostgresWrapper
from psycopg.pq import ConnStatus


class DatabaseWrapper(PostgresWrapper):
    """
    PostgreSQL, for connections that are kept between requests.

    Django asks each of them `SELECT 1` before its first use in a request, a fifth of all
    statements on short requests. A server that went away has closed the connection, though,
    which makes its socket readable; an idle one has nothing to say.
    """

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
