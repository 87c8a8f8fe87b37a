"""Tasks of the job machinery itself, and what becomes of a task that fails for good."""

from __future__ import annotations

import json
from contextvars import ContextVar
from time import monotonic
from typing import Any

import structlog
from celery import Task
from celery.signals import task_failure, task_postrun, task_prerun
from structlog.contextvars import bind_contextvars, clear_contextvars

from apps.core import operations, periodic
from apps.core.access_log import access
from apps.core.correlation import TASK_HEADER
from apps.core.jobs import job, queue_of
from apps.core.metrics import TASK_SECONDS, TASKS
from apps.core.origin import Door, system_origin
from apps.core.tracing import note_span

log = structlog.get_logger(__name__)
_began: ContextVar[float] = ContextVar("task_began")


@job("core.start_due_jobs", queue="high", max_retries=0)
def start_due_jobs(**_future: object) -> None:
    """One tick of beat."""
    operations.start_due_jobs(origin=system_origin(Door.TASK))


@job("core.run_periodic", queue="medium")
def run_periodic(*, name: str, slot: str, **_future: object) -> None:
    """One run of one periodic job."""
    periodic.run_periodic(name=name, slot=slot)


@job("core.prune_runs", queue="low")
def prune_runs(**_future: object) -> None:
    """Forget old runs."""
    operations.prune_runs(origin=system_origin(Door.TASK))


@task_prerun.connect(dispatch_uid="core.begin_task")
def begin_task(task_id: str, task: Task[..., Any], **_future: object) -> None:
    """What a worker logs, records and sends belongs to who sent the task, or to the task itself."""
    clear_contextvars()
    sender = getattr(task.request, TASK_HEADER, None)
    bind_contextvars(correlation_id=sender or task_id, task=task.name)
    _began.set(monotonic())


@task_postrun.connect(dispatch_uid="core.end_task")
def end_task(task_id: str, task: Task[..., Any], state: str, **_future: object) -> None:
    """One line for each task, whatever became of it."""
    took = monotonic() - _began.get()
    outcome = str(state).lower()
    TASKS.inc(task.name, outcome)
    TASK_SECONDS.observe(took, task.name)
    note_span(task.name, took, is_failed=outcome == "failure", task_id=task_id, outcome=outcome)
    access.info("task", task_id=task_id, outcome=outcome, duration_ms=round(took * 1000))
    clear_contextvars()


@task_failure.connect(dispatch_uid="core.keep_dead_task")
def keep_dead_task(
    sender: Task[..., Any],
    task_id: str,
    exception: BaseException,
    kwargs: dict[str, Any] | None = None,
    einfo: object = None,
    **_future: object,
) -> None:
    """Celery calls this once the last retry has failed."""
    delivery = getattr(sender.request, "delivery_info", None) or {}
    try:
        operations.store_dead_task(
            task_id=task_id,
            name=sender.name,
            queue=delivery.get("routing_key") or queue_of(sender.name),
            kwargs=json.loads(json.dumps(kwargs or {}, default=str)),
            error=f"{type(exception).__name__}: {exception}",
            traceback=str(einfo or ""),
            origin=system_origin(Door.TASK),
        )
    except Exception:
        # The database may be what failed; the log is the last place left.
        log.exception("dead_task_not_stored", task=sender.name, task_id=task_id)
