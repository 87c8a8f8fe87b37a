"""
The verbs of staff on the job machinery, recorded like every act.

They stand here because the machinery itself lies below the record of events.
"""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from apps.core.errors import InvalidTransition
from apps.core.ids import new_id
from apps.core.jobs import enqueue
from apps.core.locks import lock_dead_task
from apps.core.models import DeadTask, PeriodicRun
from apps.core.origin import Origin
from apps.core.schedule import declared_job
from apps.events.operations.recording import record


@transaction.atomic
def retry_dead_task(*, dead_task_id: UUID, origin: Origin) -> DeadTask:
    """
    Send a dead task once more, as it was called.

    If it fails for good again it comes back as a dead task of its own.

    :raises InvalidTransition: it was retried before.
    """
    dead = lock_dead_task(dead_task_id)
    if dead.retried_at is not None:
        raise InvalidTransition("This task was retried before.")
    dead.retried_at = origin.at
    dead.save(update_fields=["retried_at"])
    record(
        "dead_task.retried",
        subject=dead,
        organization_id=None,
        origin=origin,
        payload={"name": dead.name, "kwargs": dead.kwargs},
    )
    enqueue(dead.name, queue=dead.queue, **dead.kwargs)
    return dead


@transaction.atomic
def run_periodic_now(*, name: str, origin: Origin) -> PeriodicRun:
    """
    Queue an extra run of the periodic job `name`, beside its schedule.

    :raises ResourceNotFound: no such job.
    """
    entry = declared_job(name)
    run = PeriodicRun.objects.create(
        name=entry.name,
        slot=f"asked:{new_id().hex}",
        outcome=PeriodicRun.Outcome.QUEUED,
        started_at=origin.at,
    )
    record(
        "periodic_job.requested",
        subject=run,
        organization_id=None,
        origin=origin,
        payload={"name": entry.name},
    )
    enqueue("core.run_periodic", queue="high", name=run.name, slot=run.slot)
    return run
