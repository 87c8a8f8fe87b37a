"""What is checked by the clock, and on request."""

from apps.core.jobs import job
from apps.core.origin import Door, system_origin
from apps.invariants import operations


@job("invariants.start_checks", queue="low")
def start_checks(**_future: object) -> None:
    """Have every check run."""
    operations.start_checks(origin=system_origin(Door.TASK))


@job("invariants.run_check", queue="low", max_retries=0)
def run_check(*, name: str, **_future: object) -> None:
    """Run one check."""
    operations.run_checks(names=[name], origin=system_origin(Door.TASK))


@job("invariants.prune_runs", queue="low")
def prune_runs(**_future: object) -> None:
    """Forget old runs."""
    operations.prune_check_runs(origin=system_origin(Door.TASK))
