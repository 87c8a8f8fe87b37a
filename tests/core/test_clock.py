"""The clock at the edge: pinned moments and kept jobs."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction

from apps.core.clock import moment, pinned
from apps.core.jobs import KeptJob, enqueue, keep_jobs
from apps.core.origin import Door, system_origin

AT = datetime(2031, 5, 6, 7, tzinfo=UTC)


class TestPinned:
    def test_makes_every_origin_happen_then(self) -> None:
        with pinned(AT):
            assert system_origin(Door.TASK, clock_offset=timedelta(days=9)).at == AT

    def test_leaves_other_threads_alone(self) -> None:
        seen: list[datetime] = []
        with pinned(AT):
            thread = threading.Thread(target=lambda: seen.append(moment()))
            thread.start()
            thread.join()
        assert seen[0] < AT

    def test_ends_with_its_block(self) -> None:
        with pinned(AT), pinned(AT + timedelta(days=1)):
            pass
        assert moment() < AT


class TestOnClock:
    def test_moves_an_origin_that_was_built_without_a_test_clock(self) -> None:
        origin = system_origin(Door.TASK)
        ahead = timedelta(days=40)

        assert origin.on_clock(ahead).at == origin.at + ahead
        assert origin.on_clock(ahead).door == origin.door


@pytest.mark.django_db(transaction=True)
class TestKeepJobs:
    def test_keeps_what_was_committed_in_order(self) -> None:
        with keep_jobs() as kept, transaction.atomic():
            enqueue("events.sweep")
            enqueue("core.prune_runs", countdown=15)
        assert kept == [
            KeptJob("events.sweep", 0, {}),
            KeptJob("core.prune_runs", 15, {}),
        ]

    def test_keeps_nothing_of_what_was_rolled_back(self) -> None:
        with keep_jobs() as kept, pytest.raises(RuntimeError), transaction.atomic():
            enqueue("events.sweep")
            raise RuntimeError
        assert kept == []

    def test_runs_a_job_here(self) -> None:
        KeptJob("events.sweep", 0, {}).run()
