"""Whether the machinery runs: what `/healthz` tells, inbox, tasks, periodic jobs, invariants."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Min, Q

from apps.backoffice.selectors.scheduler import late_renewal_count
from apps.core.health import health_lines
from apps.core.models import PeriodicRun
from apps.core.selectors import open_dead_tasks, periodic_states
from apps.core.staff.show import duration
from apps.events.models import Delivery
from apps.invariants.models import CheckRun
from apps.invariants.registry import Severity
from apps.invariants.selectors import check_states
from apps.payments.models import Payment, Refund
from apps.processors.models import InboundEvent

# An inbox that is older than this is late: the sweeper comes every minute.
LATE = timedelta(minutes=3)
# The processor books a charge within moments, and tells by webhook.
UNBOOKED = timedelta(hours=1)
# A periodic job is stale when its slot has been due for longer than this.
STALE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the health list. `tone` is good, warn or bad; `page` an admin url name."""

    name: str
    tone: str
    text: str
    page: str = ""
    query: str = ""


def health_checks(at: datetime) -> Sequence[Check]:
    """All checks as of `at`, those of `/healthz` first, in a constant number of queries."""
    return (
        *_system(at),
        _deliveries(),
        _inbox(at),
        _failed_inbox(),
        _unbooked(at),
        _refunds(),
        _renewals(at),
        _dead_tasks(),
        _periodic(at),
        _invariants(),
    )


def _system(at: datetime) -> list[Check]:
    """The lines of `/healthz`."""
    return [
        Check(
            line.check.title,
            "good" if line.finding.is_well else "bad",
            line.finding.text,
            line.check.page,
            line.check.query,
        )
        for line in health_lines(at)
    ]


def _deliveries() -> Check:
    found = Delivery.objects.filter(done_at=None).aggregate(
        open=Count("pk", filter=Q(given_up_at=None)),
        lost=Count("pk", filter=Q(given_up_at__isnull=False)),
    )
    if found["lost"]:
        return Check("Deliveries", "bad", f"{found['lost']:,} given up", "events_delivery")
    text = f"{found['open']:,} owed" if found["open"] else "nothing owed"
    return Check("Deliveries", "good", text, "events_delivery", "done=no")


def _inbox(at: datetime) -> Check:
    found = InboundEvent.objects.filter(status=InboundEvent.Status.RECEIVED).aggregate(
        open=Count("pk"), oldest=Min("received_at")
    )
    if not found["open"]:
        return Check("Provider events waiting", "good", "none", "processors_inboundevent")
    lag = at - found["oldest"]
    return Check(
        "Provider events waiting",
        "warn" if lag > LATE else "good",
        f"{found['open']:,}, oldest {duration(lag)}",
        "processors_inboundevent",
        "status__exact=received",
    )


def _failed_inbox() -> Check:
    count = InboundEvent.objects.filter(status=InboundEvent.Status.FAILED).count()
    return Check(
        "Provider events failed",
        "bad" if count else "good",
        f"{count:,}" if count else "none",
        "processors_inboundevent",
        "status__exact=failed",
    )


def _unbooked(at: datetime) -> Check:
    """Money that came in and is not in the ledger: it waits for the processor's own booking."""
    count = Payment.objects.filter(
        status=Payment.Status.SUCCEEDED, booked_at=None, created_at__lt=at - UNBOOKED
    ).count()
    text = f"{count:,} not in the ledger" if count else "all in the ledger"
    return Check("Payments", "warn" if count else "good", text, "payments_payment", "booked=no")


def _refunds() -> Check:
    """Money that was to go back and has not arrived: staff decide what to do."""
    count = Refund.objects.filter(attention_at__isnull=False).count()
    text = f"{count:,} did not arrive" if count else "none to decide about"
    return Check("Refunds", "warn" if count else "good", text, "payments_refund", "attention=yes")


def _renewals(at: datetime) -> Check:
    """Periods that are over and were not billed."""
    count = late_renewal_count(at)
    text = f"{count:,} late" if count else "on time"
    return Check("Renewals", "bad" if count else "good", text, "scheduler")


def _dead_tasks() -> Check:
    count = open_dead_tasks().count()
    text = f"{count:,} not retried" if count else "none"
    return Check("Dead tasks", "bad" if count else "good", text, "core_deadtask", "retried=no")


def _periodic(at: datetime) -> Check:
    states = periodic_states(at)
    stale = [state.name for state in states if at - state.next_run_at > STALE]
    failed = [
        state.name
        for state in states
        if state.last_run and state.last_run.outcome == PeriodicRun.Outcome.FAILED
    ]
    if failed:
        return Check("Periodic jobs", "bad", _few(failed, "failed"), "periodic_jobs")
    if stale:
        return Check("Periodic jobs", "warn", _few(stale, "late"), "periodic_jobs")
    return Check("Periodic jobs", "good", f"{len(states)} on time", "periodic_jobs")


def _invariants() -> Check:
    """What must always hold, as it was found last; what is only late is a warning."""
    states = check_states()
    runs = [one for one in states if one.run is not None]
    broken = [one for one in runs if one.run and one.run.outcome == CheckRun.Outcome.BROKEN]
    failed = [one for one in runs if one.run and one.run.outcome == CheckRun.Outcome.FAILED]
    if broken:
        is_bad = any(one.check.severity == Severity.CRITICAL for one in broken)
        text = _few([one.check.title for one in broken], "broken")
        return Check("Invariants", "bad" if is_bad else "warn", text, "invariants", "state=broken")
    if failed:
        text = _few([one.check.name for one in failed], "not found out")
        return Check("Invariants", "warn", text, "invariants", "state=failed")
    if not runs:
        return Check("Invariants", "warn", "never checked", "invariants")
    return Check("Invariants", "good", f"{len(runs)} hold", "invariants")


def _few(names: list[str], word: str) -> str:
    """One name, or how many."""
    return f"{word}: {names[0]}" if len(names) == 1 else f"{len(names)} {word}"
