"""Living through a run of the clock, to its end."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now

from apps.core.jobs import enqueue
from apps.core.origin import Origin
from apps.events.operations import record
from apps.organizations.models import Organization
from apps.processors.gateway.sandbox import SandboxClock
from apps.sandbox.living import Tally, live_through
from apps.sandbox.locks import claim_clock_run
from apps.sandbox.models import ClockRun
from apps.sandbox.selectors import abandoned_clock_run_ids
from apps.sandbox.workers import heartbeat

# Well within what makes a run look abandoned, and what holds Stripe's events back.
SIGN_SECONDS: Final = 15


def run_clock(*, run_id: UUID, is_new: bool, origin: Origin) -> ClockRun:
    """
    Do everything that becomes due during the run, and move the clock along, stretch by stretch.

    The sandbox Stripe's clock goes with it, never back; its events of what the run itself charges
    come at the end, so that nothing is dated by their arrival. A run whose process died is taken up
    where it was (`is_new` false); one that is done, or in another process, is left alone.
    Records `organization.clock_advanced` at the end. Called outside a transaction.
    """
    run = _take_up(run_id, is_new)
    if run is None:
        return ClockRun.objects.get(pk=run_id)
    tally = Tally(
        counts=Counter(run.counts), failure_count=run.failure_count, failures=list(run.failures)
    )
    stripe_clock = SandboxClock.read()

    def reached(at: datetime) -> None:
        stripe_clock.advance(at)
        _reach(run, at, tally)

    def give_sign() -> None:
        stripe_clock.hold_news()
        ClockRun.objects.filter(pk=run_id).update(touched_at=Now())

    stripe_clock.hold_news()
    try:
        with heartbeat(give_sign, seconds=SIGN_SECONDS):
            live_through(
                organization_id=run.organization_id,
                start=run.reached_at,
                end=run.to_at,
                tally=tally,
                reached=reached,
                threads=settings.SANDBOX_CLOCK_THREADS,
            )
    finally:
        stripe_clock.release_news()
    return _finish(run, tally, origin)


def resume_clock_runs(*, origin: Origin) -> int:
    """Have every run taken up whose process has died; how many they are."""
    ids = abandoned_clock_run_ids()
    with transaction.atomic():
        for run_id in ids:
            enqueue("sandbox.run_clock", run_id=str(run_id), is_new=False)
    return len(ids)


@transaction.atomic
def _take_up(run_id: UUID, is_new: bool) -> ClockRun | None:
    run = claim_clock_run(run_id, is_new=is_new)
    if run is not None:
        ClockRun.objects.filter(pk=run_id).update(touched_at=Now())
    return run


@transaction.atomic
def _reach(run: ClockRun, at: datetime, tally: Tally) -> None:
    """The clock stands at `at`, whatever the machine's clock did meanwhile."""
    run.reached_at = at
    run.counts = dict(tally.counts)
    run.failure_count, run.failures = tally.failure_count, list(tally.failures)
    ClockRun.objects.filter(pk=run.pk).update(
        reached_at=at,
        counts=run.counts,
        failure_count=run.failure_count,
        failures=run.failures,
        touched_at=Now(),
    )
    offset = run.offset_before + (at - run.from_at)
    Organization.objects.filter(pk=run.organization_id).update(clock_offset=offset)


@transaction.atomic
def _finish(run: ClockRun, tally: Tally, origin: Origin) -> ClockRun:
    for job in tally.left:
        # What failed here the broker tries again, as it always does.
        enqueue(job.name, countdown=job.countdown, **job.kwargs)
    ClockRun.objects.filter(pk=run.pk).update(
        status=ClockRun.Status.DONE, touched_at=Now(), finished_at=Now()
    )
    run.refresh_from_db()
    record(
        "organization.clock_advanced",
        subject=run.organization,
        organization_id=run.organization_id,
        origin=origin,
        changes={"clock": (run.from_at.isoformat(), run.to_at.isoformat())},
        payload={
            "run_id": str(run.pk),
            "counts": run.counts,
            "failure_count": run.failure_count,
        },
    )
    return run
