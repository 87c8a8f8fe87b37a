"""Kept connections: their health check, and how they read times."""

from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, connection, connections
from psycopg.postgres import types
from psycopg.pq import Format

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def other():
    """A second connection that the test may lose."""
    copy = connection.copy("other")
    copy.settings_dict = {**copy.settings_dict, "CONN_HEALTH_CHECKS": True, "CONN_MAX_AGE": None}
    copy.connect()
    copy.inc_thread_sharing()
    yield copy
    copy.close()


def pid_of(wrapper) -> int:
    with wrapper.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return cursor.fetchone()[0]


class TestIsUsable:
    def test_is_what_the_settings_use(self):
        assert type(connections["default"]).__module__ == "apps.core.postgres.base"

    def test_believes_a_quiet_connection_without_a_statement(self, other):
        pid = pid_of(other)

        assert other.is_usable()

        with connection.cursor() as cursor:
            cursor.execute("SELECT query FROM pg_stat_activity WHERE pid = %s", [pid])
            assert cursor.fetchone() == ("SELECT pg_backend_pid()",)

    def test_notices_that_the_server_has_gone(self, other):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [pid_of(other)])

        assert not other.is_usable()

    def test_lets_the_next_request_connect_again(self, other):
        lost = pid_of(other)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [lost])

        with pytest.raises(DatabaseError):
            pid_of(other)
        other.close_if_unusable_or_obsolete()
        other.health_check_done = False

        assert pid_of(other) != lost


class TestTimes:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("2026-02-28 23:59:59.999999+00", datetime(2026, 2, 28, 23, 59, 59, 999999, UTC)),
            ("1969-12-31 20:00:00-05", datetime(1970, 1, 1, 1, 0, 0, 0, UTC)),
            ("2026-07-01 00:00:00.5+05:30", datetime(2026, 6, 30, 18, 30, 0, 500_000, UTC)),
        ],
    )
    def test_are_utc(self, text, expected):
        with connection.cursor() as cursor:
            cursor.execute("SELECT %s::timestamptz, ARRAY[%s::timestamptz]", [text, text])
            found, listed = cursor.fetchone()

        assert (found, listed) == (expected, [expected])
        assert found.tzinfo is listed[0].tzinfo is UTC

    def test_are_read_by_compiled_code(self):
        with connection.cursor() as cursor:
            loader = cursor.adapters.get_loader(types["timestamptz"].oid, Format.TEXT)

        assert loader.__module__ == "psycopg_binary._psycopg"
