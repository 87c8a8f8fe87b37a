"""Jobs of the test clock."""

from __future__ import annotations

from uuid import UUID

from apps.core.jobs import job
from apps.core.origin import Door, system_origin
from apps.sandbox import operations


@job("sandbox.run_clock", queue="sandbox")
def run_clock(*, run_id: str, is_new: bool, **_future: object) -> None:
    """Live through one run."""
    operations.run_clock(run_id=UUID(run_id), is_new=is_new, origin=system_origin(Door.TASK))


@job("sandbox.resume_clock_runs", queue="low")
def resume_clock_runs(**_future: object) -> None:
    """Take up the runs whose process has died."""
    operations.resume_clock_runs(origin=system_origin(Door.TASK))
