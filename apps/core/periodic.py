"""Running one periodic job: the claim of its slot, the work, the outcome."""

from __future__ import annotations

import structlog
from celery import current_app

from apps.core import operations
from apps.core.origin import Door, system_origin
from apps.core.schedule import declared_job

log = structlog.get_logger(__name__)


def run_periodic(*, name: str, slot: str) -> bool:
    """
    Run the job `name` for `slot`, unless that slot was claimed before; returns whether it ran.

    An error of the job is kept with the run and logged; the next slot tries again.
    """
    entry = declared_job(name)
    run = operations.start_run(name=name, slot=slot, origin=system_origin(Door.TASK))
    if run is None:
        return False
    error = ""
    try:
        current_app.tasks[entry.task]()
    except Exception as failure:
        log.exception("periodic_job_failed", job=name)
        error = f"{type(failure).__name__}: {failure}"
    operations.finish_run(run=run, error=error, origin=system_origin(Door.TASK))
    return True
