"""
Handlers and tasks that leave a trace in the database, and the Celery app of a worker that has them.

The worker of a test is `celery -A tests.support.probes worker`, so it is the real thing plus these.
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import django
from django.apps import apps

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from config.celery import app

if not apps.ready:
    django.setup()

from apps.core.errors import Unavailable
from apps.core.jobs import job
from apps.core.models import DeadTask, PeriodicRun
from apps.core.origin import Door, Origin, system_origin
from apps.events.models import Event
from apps.events.operations import record
from apps.events.registry import subscribe
from apps.processors import inbox
from apps.processors.models import InboundEvent

__all__ = ["app"]

SALE = "probe.sale"
HANDLERS = ("probe.receipt", "probe.books", "probe.webhook")


def _trace(event: Event, origin: Origin, handler: str) -> None:
    record(
        f"{handler}.handled",
        subject=event,
        organization_id=None,
        origin=origin,
        payload={"cause": str(event.pk)},
    )


def _subscribe(event_type: str, handler: str) -> None:
    subscribe(event_type, handler, lambda event, origin: _trace(event, origin, handler))


# A worker may be told to watch real events too; the process of the tests must not.
for _type in (SALE, *filter(None, os.environ.get("PROBED_EVENTS", "").split(","))):
    for _handler in HANDLERS:
        _subscribe(_type, _handler)


def traces(event: Event) -> list[str]:
    """The handlers that have run for `event`, sorted; twice if they ran twice."""
    kinds = Event.objects.filter(subject_type="event", subject_id=str(event.pk))
    return sorted(kind.removesuffix(".handled") for kind in kinds.values_list("type", flat=True))


def _on_charge(payload: dict[str, Any], event: InboundEvent, origin: Origin) -> None:
    """Needs a row that another transaction writes: the run named like the object's `needs`."""
    needs = payload.get("needs")
    if needs and not PeriodicRun.objects.filter(name=needs).exists():
        raise inbox.NotYet(f"{needs} is not there")
    time.sleep(payload.get("takes", 0))
    slow = payload.get("slow_while")
    if slow:
        Path(payload["pid_file"]).write_text(str(os.getpid()))
    while slow and PeriodicRun.objects.filter(name=slow).exists():
        time.sleep(0.1)
    record("probe.charged", subject=event, organization_id=None, origin=origin)


inbox.on("probe.charge", _on_charge)


@job("probe.fail", queue="low")
def fail(*, unless: str = "", **_future: object) -> None:
    """Fails for good, unless a periodic run of that name exists."""
    if not PeriodicRun.objects.filter(name=unless).exists():
        raise ValueError("It does not work.")
    DeadTask.objects.filter(name="probe.fail").update(error="mended")


@job("probe.leak", queue="low", max_retries=0)
def leak(*, word: str, **_future: object) -> None:
    """Fails for good, and says too much about it."""
    raise ValueError(f"Nothing could be sent to {word}.")


@job("probe.flicker", queue="low", max_retries=1)
def flicker(**_future: object) -> None:
    """A service that never comes back."""
    raise Unavailable


@job("probe.note_process", queue="low")
def note_process(*, note: str, **_future: object) -> None:
    """Leaves a run named `note` whose slot is the process that worked."""
    PeriodicRun.objects.create(
        name=note, slot=str(os.getpid()), started_at=system_origin(Door.TASK).at
    )
