"""Unpaid renewals by how far their schedule has come."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, Q

from apps.notifications.models import Mail
from apps.orders.models import Order
from apps.payments.declines import SCHEDULED, UNAVAILABLE
from apps.payments.models import ChargeAttempt
from apps.subscriptions.dunning import coming_tries, intervals_of
from apps.subscriptions.models import Subscription
from apps.subscriptions.selectors import dunning_orders

# As many as one page can hold, the soonest first.
SHOWN: Final = 300
SOON: Final = timedelta(hours=48)
ENDING, LAST = "ending", "last"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unpaid:
    """
    An order that waits for its next try. `now` is the time by its merchant's clock.

    `ends_at` is when the subscription ends if every try fails.
    """

    order: Order
    subscription: Subscription | None
    failure_count: int
    attempt: ChargeAttempt | None
    is_being_charged: bool
    mail: Mail | None
    ends_at: datetime
    now: datetime

    @property
    def step(self) -> str:
        """Which step of the board it stands at."""
        if self.order.next_payment_attempt_at == self.ends_at:
            return ENDING if self.ends_at <= self.now + SOON else LAST
        return str(max(self.failure_count, 1))


@dataclass(frozen=True, slots=True)
class Step:
    """The orders at one step, and what they come to by currency."""

    key: str
    title: str
    tone: str
    rows: Sequence[Unpaid]
    sums: Sequence[tuple[int, str]]


@dataclass(frozen=True, slots=True)
class Board:
    """All steps that have orders; `hidden_count` more orders come later than those shown."""

    steps: Sequence[Step]
    count: int
    hidden_count: int


def dunning_board(at: datetime, *, organization_id: UUID | None = None) -> Board:
    """The board at the machine's time `at`, of one merchant or all, in seven queries."""
    waiting = dunning_orders()
    if organization_id is not None:
        waiting = waiting.filter(organization_id=organization_id)
    counted = Q(
        charge_attempts__status=ChargeAttempt.Status.FAILED,
        charge_attempts__trigger__in=SCHEDULED,
    ) & ~Q(charge_attempts__failure_code=UNAVAILABLE)
    orders: list[Any] = list(
        waiting.select_related("organization", "customer", "customer__organization", "product")
        .annotate(failure_count=Count("charge_attempts", filter=counted))
        .order_by("next_payment_attempt_at", "pk")[:SHOWN]
    )
    count = waiting.count() if len(orders) == SHOWN else len(orders)
    by_step: dict[str, list[Unpaid]] = defaultdict(list)
    for one in _unpaid(orders, at):
        by_step[one.step].append(one)
    return Board(_steps(by_step), count, count - len(orders))


def merchants_in_dunning() -> list[tuple[UUID, str]]:
    """The id and name of every merchant with unpaid renewals."""
    rows = dunning_orders().order_by("organization__name", "organization_id")
    return list(rows.values_list("organization_id", "organization__name").distinct())


def _unpaid(orders: Sequence[Any], at: datetime) -> Iterable[Unpaid]:
    order_ids = [order.pk for order in orders]
    subscriptions = Subscription.objects.select_related("product").in_bulk(
        [order.subscription_id for order in orders]
    )
    attempts = ChargeAttempt.objects.filter(order_id__in=order_ids)
    latest = {
        one.order_id: one
        for one in attempts.exclude(status=ChargeAttempt.Status.OPEN)
        .order_by("order_id", "-created_at", "-pk")
        .distinct("order_id")
    }
    is_open = set(
        attempts.filter(status=ChargeAttempt.Status.OPEN).values_list("order_id", flat=True)
    )
    mails = {
        one.subject_id: one
        for one in Mail.objects.filter(
            subject_type="subscription", subject_id__in=[str(key) for key in subscriptions]
        )
        .defer("text", "html")
        .order_by("subject_id", "-created_at", "-pk")
        .distinct("subject_id")
    }
    for order in orders:
        subscription = subscriptions.get(order.subscription_id)
        past_due_at = subscription.past_due_at if subscription else None
        tries = coming_tries(
            order.next_payment_attempt_at,
            failure_count=order.failure_count,
            past_due_at=past_due_at or order.next_payment_attempt_at,
            intervals=intervals_of(order.organization.subscription_settings),
        )
        yield Unpaid(
            order=order,
            subscription=subscription,
            failure_count=order.failure_count,
            attempt=latest.get(order.pk),
            is_being_charged=order.pk in is_open or order.payment_lock_acquired_at is not None,
            mail=mails.get(str(order.subscription_id)),
            ends_at=tries[-1],
            now=at + order.organization.clock_offset,
        )


def _steps(by_step: Mapping[str, Sequence[Unpaid]]) -> list[Step]:
    numbers = sorted((key for key in by_step if key.isdecimal()), key=int)
    named = [(key, _failed(int(key)), "warn") for key in numbers]
    named.append((LAST, "Last try to come", "bad"))
    named.append((ENDING, "Last try within 48 h", "bad"))
    return [
        Step(key, title, tone, by_step[key], _sums(by_step[key]))
        for key, title, tone in named
        if by_step.get(key)
    ]


def _failed(count: int) -> str:
    words = {1: "Failed once", 2: "Failed twice"}
    return words.get(count, f"Failed {count} times")


def _sums(rows: Iterable[Unpaid]) -> list[tuple[int, str]]:
    sums: dict[str, int] = defaultdict(int)
    for row in rows:
        sums[row.order.currency] += row.order.due_amount
    return [(amount, currency) for currency, amount in sorted(sums.items())]
