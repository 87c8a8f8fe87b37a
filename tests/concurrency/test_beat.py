"""Two real beats and a real worker: every periodic job runs, none twice for a slot."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from apps.core.models import PeriodicRun
from config.schedule import SCHEDULE
from tests.support.brokers import OwnValkey, own_valkey
from tests.support.workers import beat, eventually, worker


@pytest.fixture
def valkey() -> Iterator[OwnValkey]:
    with own_valkey() as server:
        yield server


@pytest.mark.django_db(transaction=True)
def test_two_beats_run_each_job_once_a_slot(valkey: OwnValkey, tmp_path: Path) -> None:
    names = {entry.name for entry in SCHEDULE}
    log = tmp_path / "worker.log"
    succeeded = PeriodicRun.objects.filter(outcome=PeriodicRun.Outcome.SUCCEEDED)
    with (
        worker(valkey.url, log=log),
        beat(valkey.url, log=tmp_path / "one.log"),
        beat(valkey.url, log=tmp_path / "two.log"),
    ):
        eventually(
            lambda: set(succeeded.values_list("name", flat=True)) == names,
            seconds=120,
            what=log.read_text,
        )
        time.sleep(3)
    runs = list(PeriodicRun.objects.values_list("name", "slot"))
    assert len(runs) == len(set(runs))
    # Each job once; those of a minute once more if the minute turned meanwhile.
    assert len(runs) <= 2 * len(names)
    ticks = log.read_text().count("Task core.start_due_jobs[") // 2
    assert ticks >= 4, "both beats were ticking"


@pytest.mark.django_db(transaction=True)
def test_a_beat_survives_a_broker_that_goes_away(valkey: OwnValkey, tmp_path: Path) -> None:
    log = tmp_path / "beat.log"
    with beat(valkey.url, log=log) as process:
        eventually(lambda: valkey.waiting("high") > 0, what=log.read_text)
        valkey.stop()
        time.sleep(3)
        assert process.poll() is None, log.read_text()
        valkey.start()
        eventually(lambda: valkey.waiting("high") > 0, what=log.read_text)
