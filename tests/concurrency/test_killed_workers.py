"""Workers that die in the middle: nothing is lost, nothing is done twice."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from apps.core.ids import new_id
from apps.core.jobs import enqueue
from apps.core.models import PeriodicRun
from apps.core.origin import Door, system_origin
from apps.events.models import Event
from apps.processors.models import InboundEvent
from apps.processors.operations import send_due_events, store_inbound_event
from tests.support import probes
from tests.support.brokers import OwnValkey, own_valkey
from tests.support.workers import eventually, worker

pytestmark = pytest.mark.django_db(transaction=True)

HANDLED = InboundEvent.Status.HANDLED


@pytest.fixture
def valkey() -> Iterator[OwnValkey]:
    with own_valkey() as server:
        yield server


@pytest.fixture
def pid_file(tmp_path: Path) -> Path:
    return tmp_path / "pid"


def receive_slow_charge(pid_file: Path) -> None:
    """An event whose handling hangs until the run named "slow" is gone."""
    assert probes.app is not None
    origin = system_origin(Door.WEBHOOK)
    PeriodicRun.objects.create(name="slow", slot="1", started_at=origin.at)
    charge = {"id": "ch_1", "slow_while": "slow", "pid_file": str(pid_file)}
    external_id = f"evt_{new_id().hex}"
    payload = {"id": external_id, "type": "probe.charge", "data": {"object": charge}}
    store_inbound_event(payload=payload, origin=origin)


def kill_the_worker_of(pid_file: Path) -> None:
    eventually(lambda: pid_file.exists() and pid_file.read_text() != "")
    os.kill(int(pid_file.read_text()), signal.SIGKILL)


def is_handled() -> bool:
    return InboundEvent.objects.get().status == HANDLED


def charged() -> int:
    return Event.objects.filter(type="probe.charged").count()


class TestAKilledChild:
    def test_has_its_task_given_to_another(
        self, valkey: OwnValkey, tmp_path: Path, pid_file: Path
    ) -> None:
        with worker(valkey.url, log=tmp_path / "worker.log"):
            receive_slow_charge(pid_file)
            kill_the_worker_of(pid_file)
            PeriodicRun.objects.filter(name="slow").delete()
            eventually(is_handled)
        assert charged() == 1


class TestAKilledWorker:
    def test_has_its_event_taken_up_by_the_sweeper(
        self, valkey: OwnValkey, tmp_path: Path, pid_file: Path
    ) -> None:
        with worker(valkey.url, log=tmp_path / "first.log") as first:
            receive_slow_charge(pid_file)
            eventually(lambda: pid_file.exists() and pid_file.read_text() != "")
            first.kill()
            first.wait()
            kill_the_worker_of(pid_file)
        PeriodicRun.objects.filter(name="slow").delete()
        assert charged() == 0
        assert not is_handled()

        with worker(valkey.url, log=tmp_path / "second.log"):
            now = system_origin(Door.TASK)
            later = replace(now, at=now.at + timedelta(seconds=31))
            eventually(lambda: send_due_events(origin=later) == 1)
            eventually(is_handled)
        assert charged() == 1


class TestTheMemoryLimit:
    def test_replaces_a_child_that_has_grown(self, valkey: OwnValkey, tmp_path: Path) -> None:
        log = tmp_path / "worker.log"
        with worker(valkey.url, log=log, WORKER_MAX_MEMORY_KB="1000"):
            for _ in range(4):
                enqueue("probe.note_process", note="worked")
            eventually(
                lambda: PeriodicRun.objects.filter(name="worked").count() == 4, what=log.read_text
            )
        slots = PeriodicRun.objects.filter(name="worked").values_list("slot", flat=True)
        assert len(set(slots)) == 4, "each had a process of its own"
