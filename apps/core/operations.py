"""Writes of the job machinery: dead tasks and periodic runs. Times are the machine's."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction

from apps.core.jobs import enqueue, queue_of
from apps.core.models import DeadTask, PeriodicRun
from apps.core.origin import Origin
from apps.core.schedule import declared_job
from apps.core.selectors import due_slots

# Runs are kept for the backoffice page; the latest of each job is kept whatever its age.
KEPT_FOR = timedelta(days=14)


@transaction.atomic
def store_dead_task(
    *,
    task_id: str,
    name: str,
    queue: str,
    kwargs: Mapping[str, Any],
    error: str,
    traceback: str,
    origin: Origin,
) -> None:
    """Keep a task that failed for good; the same task id again replaces what was known of it."""
    DeadTask.objects.update_or_create(
        task_id=task_id,
        defaults={
            "name": name,
            "queue": queue,
            "kwargs": dict(kwargs),
            "error": error,
            "traceback": traceback,
            "failed_at": origin.at,
        },
    )


@transaction.atomic
def start_due_jobs(*, origin: Origin) -> int:
    """
    Send every periodic job whose present slot has no run yet; returns how many.

    Sent twice, the second message finds the slot taken. Runs whose worker was lost are closed.
    """
    close_lost_runs(origin=origin)
    due = due_slots(origin.at)
    for name, slot in due:
        queue = queue_of(declared_job(name).task)
        enqueue("core.run_periodic", queue=queue, name=name, slot=slot)
    return len(due)


@transaction.atomic
def start_run(*, name: str, slot: str, origin: Origin) -> PeriodicRun | None:
    """Claim the slot; None if it was claimed before. A run that staff queued is started."""
    queued = PeriodicRun.objects.filter(name=name, slot=slot, outcome=PeriodicRun.Outcome.QUEUED)
    if not queued.update(outcome=PeriodicRun.Outcome.RUNNING, started_at=origin.at):
        inserted = PeriodicRun.objects.bulk_create(
            [PeriodicRun(name=name, slot=slot, started_at=origin.at)], ignore_conflicts=True
        )
        # An ignored conflict leaves no row with the id we made.
        return PeriodicRun.objects.filter(pk=inserted[0].pk).first()
    return PeriodicRun.objects.get(name=name, slot=slot)


@transaction.atomic
def finish_run(*, run: PeriodicRun, error: str, origin: Origin) -> None:
    """Close a run; an empty `error` means that it succeeded."""
    run.outcome = PeriodicRun.Outcome.FAILED if error else PeriodicRun.Outcome.SUCCEEDED
    run.error = error
    run.finished_at = origin.at
    run.save(update_fields=["outcome", "error", "finished_at"])


@transaction.atomic
def close_lost_runs(*, origin: Origin) -> int:
    """Mark runs failed that are older than any task may grow; returns how many."""
    limit = timedelta(seconds=2 * settings.CELERY_TASK_TIME_LIMIT)
    return PeriodicRun.objects.filter(
        outcome=PeriodicRun.Outcome.RUNNING, started_at__lt=origin.at - limit
    ).update(
        outcome=PeriodicRun.Outcome.FAILED,
        error="The worker was lost.",
        finished_at=origin.at,
    )


@transaction.atomic
def prune_runs(*, origin: Origin) -> int:
    """Delete old runs but the latest of each job; returns how many."""
    latest = PeriodicRun.objects.order_by("name", "-started_at").distinct("name")
    old = PeriodicRun.objects.filter(started_at__lt=origin.at - KEPT_FOR).exclude(
        pk__in=list(latest.values_list("pk", flat=True))
    )
    return old.delete()[0]
