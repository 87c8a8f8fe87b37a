"""Running checks, and keeping what came of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from django.db import transaction

from apps.core.errors import ResourceNotFound
from apps.core.jobs import enqueue
from apps.core.origin import Origin
from apps.events.operations import record
from apps.invariants.models import CheckRun
from apps.invariants.registry import Check, registered_checks
from apps.invariants.selectors import Result, last_outcomes, results

# Runs are kept this long; what was broken then is in the record of events for good.
KEPT: Final = timedelta(days=30)
_TURNS: Final = {("ok", "broken"): "check.broken", ("broken", "ok"): "check.mended"}


def run_checks(*, names: Sequence[str] = (), origin: Origin) -> list[Result]:
    """
    Run these checks, or all, as of `origin.at`, and keep the outcome of each as it comes.

    A check that comes to be broken is an event, `check.broken`, and so is one that is mended.
    The only operation that is not one transaction: every check reads in its own.

    :raises ResourceNotFound: for a name that no check has; then none is run.
    """
    checks = _chosen(names)
    before = last_outcomes(check.name for check in checks)
    done = []
    for result in results(checks, at=origin.at):
        _keep(result, before.get(result.check.name, CheckRun.Outcome.OK), origin)
        done.append(result)
    return done


@transaction.atomic
def start_checks(*, names: Sequence[str] = (), origin: Origin) -> int:
    """
    Have these checks, or all, run by workers, one after another; how many there are.

    :raises ResourceNotFound: for a name that no check has.
    """
    checks = _chosen(names)
    for check in checks:
        enqueue("invariants.run_check", queue="low", name=check.name)
    return len(checks)


@transaction.atomic
def request_checks(*, names: Sequence[str] = (), origin: Origin) -> int:
    """
    The same because somebody wants to know now: an event, with their reason.

    :raises ResourceNotFound: for a name that no check has.
    """
    count = start_checks(names=names, origin=origin)
    record(
        "check.requested",
        # No run yet, but what its timeline will belong to.
        subject=CheckRun(name=names[0] if len(names) == 1 else "all"),
        organization_id=None,
        origin=origin,
        payload={"names": list(names)},
    )
    return count


@transaction.atomic
def prune_check_runs(*, origin: Origin) -> int:
    """Forget old runs, but never the last one of a check; how many."""
    latest = CheckRun.objects.order_by("name", "-started_at", "-id").distinct("name")
    old = CheckRun.objects.filter(started_at__lt=origin.at - KEPT)
    count, _ = old.exclude(pk__in=latest.values("pk")).delete()
    return count


def _chosen(names: Sequence[str]) -> list[Check]:
    known = registered_checks()
    unknown = [name for name in names if name not in known]
    if unknown:
        raise ResourceNotFound(f"There is no check {unknown[0]!r}.")
    return [check for name, check in known.items() if not names or name in names]


@transaction.atomic
def _keep(result: Result, before: str, origin: Origin) -> CheckRun:
    run = CheckRun.objects.create(
        name=result.check.name,
        outcome=result.outcome,
        started_at=origin.at,
        duration_ms=result.duration_ms,
        count=result.findings.count,
        examples=[list(one) for one in result.findings.examples],
        error=result.error,
    )
    event = _TURNS.get((before, result.outcome))
    if event:
        record(
            event,
            subject=run,
            organization_id=None,
            origin=origin,
            payload={"name": run.name, "count": run.count},
        )
    return run
