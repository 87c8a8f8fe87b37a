"""Tasks that fail for good: kept by a real worker, sent again by staff."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from apps.core.errors import InvalidTransition, ResourceNotFound
from apps.core.ids import new_id
from apps.core.jobs import enqueue
from apps.core.models import DeadTask, PeriodicRun
from apps.core.origin import Actor, Door, build_origin, system_origin
from apps.core.selectors import open_dead_tasks
from apps.events.models import Event
from apps.events.operations import retry_dead_task
from tests.support import probes
from tests.support.brokers import OwnValkey, own_valkey
from tests.support.workers import eventually, worker

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def valkey() -> Iterator[OwnValkey]:
    with own_valkey() as server:
        yield server


class TestRetryDeadTask:
    def test_runs_it_once_more_as_it_was_called(self, valkey: OwnValkey, tmp_path: Path) -> None:
        assert "probe.fail" in probes.app.tasks
        staff = build_origin(
            actor=Actor.STAFF, actor_id="7", door=Door.BACKOFFICE, reason="it is mended"
        )
        with worker(valkey.url, log=tmp_path / "worker.log"):
            enqueue("probe.fail", unless="mended")
            eventually(DeadTask.objects.exists)
            dead = open_dead_tasks().get()
            assert (dead.name, dead.queue) == ("probe.fail", "low")
            assert dead.kwargs == {"unless": "mended"}
            assert dead.error == "ValueError: It does not work."
            assert "probes.py" in dead.traceback

            PeriodicRun.objects.create(
                name="mended", slot="1", started_at=system_origin(Door.TASK).at
            )
            retry_dead_task(dead_task_id=dead.pk, origin=staff)
            eventually(lambda: DeadTask.objects.get().error == "mended")

        assert not open_dead_tasks().exists()
        event = Event.objects.get(type="dead_task.retried")
        assert (event.actor_id, event.reason, event.subject_id) == (
            "7",
            "it is mended",
            str(dead.pk),
        )
        with pytest.raises(InvalidTransition):
            retry_dead_task(dead_task_id=dead.pk, origin=staff)

    def test_knows_no_task_of_another_id(self) -> None:
        with pytest.raises(ResourceNotFound):
            retry_dead_task(dead_task_id=new_id(), origin=system_origin(Door.TASK))


class TestATransientError:
    def test_is_retried_before_the_task_is_given_up(
        self, valkey: OwnValkey, tmp_path: Path
    ) -> None:
        log = tmp_path / "worker.log"
        with worker(valkey.url, log=log):
            enqueue("probe.flicker")
            eventually(DeadTask.objects.exists)
        assert "Retry in" in log.read_text() or "retry: Retry" in log.read_text()
        assert DeadTask.objects.get().error.startswith("Unavailable:")
