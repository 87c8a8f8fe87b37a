"""The embedded services of a data folder."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import pytest
import redis

from config import services


@pytest.fixture
def embedded(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty data folder, for a process that relies on embedded services."""
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.delenv("REDIS_URL", raising=False)
    with TemporaryDirectory(prefix="comptroller-") as folder:
        yield Path(folder)


def ask_postgres(data: Path, question: str) -> object:
    """The first value of the answer."""
    host = services.postgres_socket_directory(data)
    with psycopg.connect(dbname=services.DATABASE_NAME, user="postgres", host=str(host)) as link:
        row = link.execute(question.encode()).fetchone()
    assert row is not None
    return row[0]


class TestRunning:
    def test_shares_the_servers_and_stops_them_with_the_last(self, embedded: Path) -> None:
        with services.running(embedded, durable=False):
            with services.running(embedded, durable=False):
                assert str(ask_postgres(embedded, "SHOW server_version")).startswith("18")
            assert ask_postgres(embedded, "SELECT 1") == 1
            with redis.Redis(unix_socket_path=str(services.valkey_socket(embedded))) as client:
                assert client.ping()
        with pytest.raises(psycopg.OperationalError):
            ask_postgres(embedded, "SELECT 1")

    def test_keeps_data_and_folds_the_case_of_all_letters(self, embedded: Path) -> None:
        with services.running(embedded, durable=False):
            assert ask_postgres(embedded, "SELECT lower('ÉÅ')") == "éå"
        with services.running(embedded, durable=False):
            assert ask_postgres(embedded, "SELECT lower('ÉÅ')") == "éå"

    def test_works_under_a_path_too_long_for_a_socket(self, embedded: Path) -> None:
        deep = embedded / ("d" * 60) / ("e" * 60)
        with services.running(deep, durable=False):
            assert ask_postgres(deep, "SELECT 1") == 1
            with redis.Redis(unix_socket_path=str(services.valkey_socket(deep))) as client:
                assert client.ping()

    def test_starts_nothing_when_both_addresses_are_given(
        self, embedded: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("DATABASE_URL", "postgresql://elsewhere/db")
        monkeypatch.setenv("REDIS_URL", "redis://elsewhere")
        with services.running(embedded):
            assert list(embedded.iterdir()) == []
