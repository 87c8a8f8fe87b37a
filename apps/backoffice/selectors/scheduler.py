"""Whether renewals happen when they should: due, late, taken up, stuck, failed, to come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Count, DateTimeField, ExpressionWrapper, F, Min, Q, QuerySet, Value

from apps.core.models import DeadTask
from apps.core.selectors import PeriodicState, open_dead_tasks, periodic_states
from apps.subscriptions.models import Subscription
from apps.subscriptions.selectors import dunning_orders
from apps.subscriptions.states import BILLABLE

LATE: Final = timedelta(minutes=10)
HOUR: Final = timedelta(hours=1)
SLICE: Final = timedelta(minutes=5)
CYCLE_TASK: Final = "subscriptions.cycle"
JOBS: Final = "subscriptions."
SHOWN: Final = 20
_MAY_RENEW = Q(
    organization__capabilities__subscription_renewals=True, organization__deleted_at=None
)


@dataclass(frozen=True, slots=True)
class Lateness:
    """What a merchant has due; `lag` is how long the oldest has waited."""

    organization_id: Any
    name: str
    may_renew: bool
    due_count: int
    late_count: int
    claimed_count: int
    lag: timedelta


@dataclass(frozen=True, slots=True)
class Slice:
    """How much becomes due in a few minutes; `share` is of the fullest slice, in percent."""

    start_at: datetime
    count: int
    share: int


@dataclass(frozen=True, slots=True)
class Scheduler:
    """The scheduler at one moment. Merchants who may not renew count as held back."""

    due_count: int
    late_count: int
    held_count: int
    claimed_count: int
    stuck_count: int
    failed_count: int
    resume_count: int
    late_resume_count: int
    retry_count: int
    oldest_lag: timedelta | None
    merchants: Sequence[Lateness]
    failures: Sequence[DeadTask]
    slices: Sequence[Slice]
    jobs: Sequence[PeriodicState]


def scheduler_health(at: datetime) -> Scheduler:
    """The scheduler at the machine's time `at`, by the clock of each merchant; nine queries."""
    merchants = _merchants(at)
    renewing = [one for one in merchants if one.may_renew]
    claims = Subscription.objects.filter(claimed_until__isnull=False).aggregate(
        held=Count("pk", filter=Q(claimed_until__gt=at)),
        stuck=Count("pk", filter=Q(claimed_until__lte=at)),
    )
    failures = open_dead_tasks().filter(name=CYCLE_TASK)
    resumes = _by_clock(
        Subscription.objects.filter(
            _MAY_RENEW, status=Subscription.Status.PAUSED, customer__deleted_at=None
        ),
        at,
    ).aggregate(
        due=Count("pk", filter=Q(resumes_at__lte=F("now"))),
        late=Count("pk", filter=Q(resumes_at__lte=F("now") - LATE)),
    )
    retries = _by_clock(dunning_orders().filter(_MAY_RENEW), at)
    return Scheduler(
        due_count=sum(one.due_count for one in renewing),
        late_count=sum(one.late_count for one in renewing),
        held_count=sum(one.due_count for one in merchants if not one.may_renew),
        claimed_count=claims["held"],
        stuck_count=claims["stuck"],
        failed_count=failures.count(),
        resume_count=resumes["due"],
        late_resume_count=resumes["late"],
        retry_count=retries.filter(next_payment_attempt_at__lte=F("now")).count(),
        oldest_lag=max((one.lag for one in renewing), default=None),
        merchants=merchants[:SHOWN],
        failures=list(failures[:SHOWN]),
        slices=_slices(at),
        jobs=[state for state in periodic_states(at) if state.name.startswith(JOBS)],
    )


def late_renewal_count(at: datetime) -> int:
    """How many renewals of merchants who may renew are late. One query."""
    rows = _by_clock(Subscription.objects.filter(_MAY_RENEW, status__in=BILLABLE), at)
    return rows.filter(current_period_end_at__lte=F("now") - LATE).count()


def _by_clock(rows: QuerySet[Any], at: datetime) -> QuerySet[Any]:
    """With `now`, the time by the clock of each row's merchant."""
    now = ExpressionWrapper(
        Value(at, output_field=DateTimeField()) + F("organization__clock_offset"),
        output_field=DateTimeField(),
    )
    timed: QuerySet[Any] = rows.annotate(now=now)
    return timed


def _merchants(at: datetime) -> list[Lateness]:
    """Every merchant with something due, the longest wait first. One query."""
    rows = _by_clock(Subscription.objects.filter(status__in=BILLABLE), at)
    due = rows.filter(current_period_end_at__lte=F("now")).order_by()
    grouped = due.values_list(
        "organization_id",
        "organization__name",
        "organization__capabilities",
        "organization__clock_offset",
    ).annotate(
        due=Count("pk"),
        late=Count("pk", filter=Q(current_period_end_at__lte=F("now") - LATE)),
        claimed=Count("pk", filter=Q(claimed_until__gt=at)),
        oldest=Min("current_period_end_at"),
    )
    found = [
        Lateness(
            key,
            name,
            bool(can.get("subscription_renewals")),
            due,
            late,
            claimed,
            at + offset - oldest,
        )
        for key, name, can, offset, due, late, claimed, oldest in grouped
    ]
    return sorted(found, key=lambda one: (not one.may_renew, -one.lag))


def _slices(at: datetime) -> list[Slice]:
    """The renewals of the next hour, five minutes at a time. One query."""
    rows = _by_clock(Subscription.objects.filter(_MAY_RENEW, status__in=BILLABLE), at).filter(
        current_period_end_at__gt=F("now"), current_period_end_at__lte=F("now") + HOUR
    )
    waits = rows.values_list("current_period_end_at", "organization__clock_offset")
    counts = [0] * (HOUR // SLICE)
    for end_at, offset in waits.iterator(chunk_size=2000):
        counts[min((end_at - offset - at) // SLICE, len(counts) - 1)] += 1
    best = max(counts) or 1
    return [
        Slice(at + number * SLICE, count, count * 100 // best)
        for number, count in enumerate(counts)
    ]
