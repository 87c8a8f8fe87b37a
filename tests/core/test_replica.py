"""Who may read from a replica: the parts that need none."""

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.db import connection

from apps.core.replica import choosing, positions
from apps.core.replica.choosing import Judge
from apps.core.replica.horizon import Horizon
from apps.core.replica.positions import parse_position, position_text
from apps.core.replica.route import (
    PRIMARY,
    REPLICA,
    Route,
    note_write,
    prefer_replica,
    reading_alias,
    routed,
    routed_parts,
    stay_on_primary,
)
from apps.core.replica.router import ReplicaRouter
from apps.organizations.models import Organization


def route(**more: object) -> Route:
    return Route(**{"choose": lambda _: REPLICA, "can_prefer": True, **more})  # type: ignore[arg-type]


class TestRoute:
    def test_reads_from_the_primary_until_a_view_prefers_the_replica(self) -> None:
        assert reading_alias() == PRIMARY
        with routed(route()):
            assert reading_alias() == PRIMARY
            prefer_replica()
            assert reading_alias() == REPLICA
        assert reading_alias() == PRIMARY

    def test_reads_from_the_primary_after_a_write(self) -> None:
        with routed(route()):
            prefer_replica()
            assert reading_alias() == REPLICA
            note_write()
            assert reading_alias() == PRIMARY

    def test_never_prefers_where_something_is_changed(self) -> None:
        with routed(route(can_prefer=False)):
            prefer_replica()
            assert reading_alias() == PRIMARY

    def test_chooses_once_and_leaves_a_replica_that_failed(self) -> None:
        asked: list[Route] = []

        def choose(one: Route) -> str:
            asked.append(one)
            return REPLICA

        with routed(route(choose=choose)):
            prefer_replica()
            assert [reading_alias(), reading_alias()] == [REPLICA, REPLICA]
            stay_on_primary()
            assert reading_alias() == PRIMARY
        assert len(asked) == 1

    def test_holds_for_parts_that_are_made_later_and_only_for_them(self) -> None:
        chosen = route(is_preferred=True)

        def lines() -> Iterator[bytes]:
            for _ in range(2):
                yield reading_alias().encode()

        parts = routed_parts(lines(), chosen)
        assert next(parts) == REPLICA.encode()
        assert reading_alias() == PRIMARY
        assert list(parts) == [REPLICA.encode()]


class TestRouter:
    def test_locks_and_writes_on_the_primary(self) -> None:
        router = ReplicaRouter()
        with routed(route(is_preferred=True)):
            assert router.db_for_read(Organization) == REPLICA
            assert router.db_for_write(Organization) == PRIMARY
        assert router.allow_migrate(PRIMARY, "core") and not router.allow_migrate(REPLICA, "core")

    def test_is_not_there_without_a_replica(self) -> None:
        assert settings.DATABASE_ROUTERS == []
        assert list(settings.DATABASES) == [PRIMARY]
        assert not [name for name in settings.MIDDLEWARE if "replica" in name]


class TestPositions:
    @pytest.mark.parametrize("text", ["16/B374D848", "0/1", "FFFFFFFF/FFFFFFFF"])
    def test_reads_what_it_writes(self, text: str) -> None:
        assert position_text(parse_position(text)) == text

    @pytest.mark.parametrize("text", ["", "16", "x/1", "1/2/3", "'; DROP", "123456789/1"])
    def test_takes_anything_else_for_none(self, text: str) -> None:
        assert parse_position(text) == 0

    def test_grows_with_the_log(self) -> None:
        assert parse_position("0/FFFFFFFF") < parse_position("1/0") < parse_position("10/0")

    def test_keeps_what_a_caller_wrote(self) -> None:
        assert positions.recall("token:nobody") == 0
        positions.remember("token:somebody", 77)
        assert positions.recall("token:somebody") == 77

    @pytest.mark.django_db
    def test_knows_how_far_the_primary_is(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_current_wal_insert_lsn()::text")
            before = parse_position(cursor.fetchone()[0])
        assert positions.primary_position() >= before > 0


class TestHorizon:
    def test_demands_what_the_primary_had_before_the_lag(self) -> None:
        horizon = Horizon(10)
        for second in range(30):
            demanded = horizon.demanded(second, lambda second=second: 100 + second)  # type: ignore[misc]
            assert demanded == 100 + max(0, second - 10)

    def test_demands_everything_after_a_gap(self) -> None:
        horizon = Horizon(10)
        horizon.demanded(0, lambda: 100)
        assert horizon.demanded(3600, lambda: 900) == 900

    def test_asks_the_primary_once_a_second(self) -> None:
        asked: list[int] = []

        def ask() -> int:
            asked.append(1)
            return 1

        horizon = Horizon(10)
        for tenth in range(50):
            horizon.demanded(tenth / 10, ask)
        assert len(asked) == 5


class TestJudge:
    @pytest.fixture
    def clock(self) -> list[float]:
        return [0.0]

    @pytest.fixture
    def judge(self, clock: list[float], monkeypatch: pytest.MonkeyPatch) -> Judge:
        monkeypatch.setattr(choosing, "primary_position", lambda: 100)
        return Judge(lag=10, retry=5, monotonic=lambda: clock[0])

    def replica(self, monkeypatch: pytest.MonkeyPatch, *, standby: bool, at: int) -> list[int]:
        asked: list[int] = []

        def ask() -> tuple[bool, int]:
            asked.append(at)
            return standby, at

        monkeypatch.setattr(choosing, "_ask_replica", ask)
        return asked

    def test_reads_from_one_that_is_up_to_date(
        self, judge: Judge, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.replica(monkeypatch, standby=True, at=100)
        assert judge.choose(route()) == REPLICA
        assert judge.choose(route(position=100)) == REPLICA
        assert judge.choose(route(position=101)) == PRIMARY
        assert judge.outcome == choosing.READY

    def test_leaves_one_that_is_late_for_a_second(
        self, judge: Judge, clock: list[float], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        asked = self.replica(monkeypatch, standby=True, at=99)
        assert [judge.choose(route()), judge.choose(route())] == [PRIMARY, PRIMARY]
        assert len(asked) == 1 and judge.outcome == choosing.LATE
        self.replica(monkeypatch, standby=True, at=100)
        clock[0] = 1.0
        assert judge.choose(route()) == REPLICA

    def test_leaves_one_that_was_promoted(
        self, judge: Judge, clock: list[float], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        asked = self.replica(monkeypatch, standby=False, at=1000)
        assert judge.choose(route()) == PRIMARY
        clock[0] = 4.9
        assert judge.choose(route()) == PRIMARY
        assert len(asked) == 1 and judge.outcome == choosing.PROMOTED
