"""The health check of kept connections."""

import pytest
from django.db import DatabaseError, connection, connections

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
