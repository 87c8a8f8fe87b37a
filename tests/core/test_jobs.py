"""Handing work to Celery: after the commit, to the right queue, without waiting for the broker."""

from __future__ import annotations

import inspect
import time
from collections.abc import Iterator

import pytest
from celery import current_app
from django.db import transaction

from apps.core.jobs import QUEUES, backoff, enqueue, queue_of
from config.settings.jobs import broker_url
from tests.support.brokers import OwnValkey, own_valkey


@pytest.fixture
def valkey() -> Iterator[OwnValkey]:
    with own_valkey() as server:
        yield server


@pytest.mark.django_db(transaction=True)
class TestEnqueue:
    def test_sends_on_commit_to_the_queue_of_the_task(self, valkey: OwnValkey) -> None:
        with transaction.atomic():
            enqueue("core.prune_runs")
            assert valkey.waiting("low") == 0
        assert valkey.waiting("low") == 1

    def test_sends_nothing_when_the_transaction_rolls_back(self, valkey: OwnValkey) -> None:
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            enqueue("core.prune_runs")
            raise ZeroDivisionError
        assert valkey.waiting("low") == 0

    def test_neither_fails_nor_waits_when_the_broker_is_gone(self, valkey: OwnValkey) -> None:
        enqueue("core.prune_runs")
        valkey.stop()
        began = time.monotonic()
        enqueue("core.prune_runs")
        assert time.monotonic() - began < 1
        valkey.start()
        enqueue("core.prune_runs")
        assert valkey.waiting("low") == 1

    def test_refuses_a_queue_that_nobody_works_on(self) -> None:
        with pytest.raises(ValueError, match="no queue 'urgent'"):
            enqueue("core.prune_runs", queue="urgent")


class TestBrokerUrl:
    @pytest.mark.parametrize(
        ("url", "broker"),
        [
            ("redis://127.0.0.1:6379/0", "redis://127.0.0.1:6379/0"),
            ("rediss://:secret@cache:6380/2", "rediss://:secret@cache:6380/2"),
            ("unix:///run/v.sock", "redis+socket:///run/v.sock?virtual_host=0"),
            ("unix:///run/v.sock?db=3", "redis+socket:///run/v.sock?virtual_host=3"),
        ],
    )
    def test_spells_a_unix_socket_as_celery_wants_it(self, url: str, broker: str) -> None:
        assert broker_url(url) == broker


class TestEveryJob:
    @pytest.fixture(
        params=sorted(name for name in current_app.tasks if not name.startswith("celery."))
    )
    def task(self, request: pytest.FixtureRequest) -> object:
        return current_app.tasks[request.param]

    def test_works_on_a_known_queue_and_acknowledges_late(self, task: object) -> None:
        assert queue_of(task.name) in QUEUES  # type: ignore[attr-defined]
        assert task.acks_late  # type: ignore[attr-defined]

    def test_takes_arguments_of_a_later_release(self, task: object) -> None:
        parameters = inspect.signature(task.run).parameters.values()  # type: ignore[attr-defined]
        kinds = {parameter.kind for parameter in parameters}
        assert inspect.Parameter.VAR_KEYWORD in kinds
        assert kinds <= {inspect.Parameter.VAR_KEYWORD, inspect.Parameter.KEYWORD_ONLY}


class TestBackoff:
    @pytest.mark.parametrize(("attempt", "most"), [(1, 2), (2, 4), (5, 32), (100, 60)])
    def test_doubles_up_to_its_limit_and_scatters(self, attempt: int, most: int) -> None:
        pauses = {backoff(attempt, first=2, limit=60).total_seconds() for _ in range(50)}
        assert all(most / 2 <= pause <= most for pause in pauses)
        assert len(pauses) > 1


class TestVisibility:
    def test_a_running_or_waiting_task_is_not_handed_out_twice(self) -> None:
        timeout = current_app.conf.broker_transport_options["visibility_timeout"]
        assert timeout > current_app.conf.task_time_limit
        assert timeout > backoff(100).total_seconds()
