"""What subscriptions are worth a month: one by one, and added up in a few queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final
from uuid import UUID

from django.db.models import Count, QuerySet, Sum

from apps.core.money import round_half_even
from apps.subscriptions.models import Subscription

# How many months each interval lasts, on average.
_MONTHS: Final[Mapping[str, Fraction]] = {
    "day": Fraction(12, 365),
    "week": Fraction(12 * 7, 365),
    "month": Fraction(1),
    "year": Fraction(12),
}
# Who pays, or is still expected to.
COUNTED: Final = (Subscription.Status.ACTIVE, Subscription.Status.PAST_DUE)


@dataclass(frozen=True, slots=True)
class Recurring:
    """What subscriptions of one currency are worth a month, in minor units, and how many."""

    currency: str
    amount: int
    count: int


def monthly_amount(amount: int, *, interval: str, count: int) -> int:
    """The part of `amount`, paid every `count` intervals, that falls on a month; half to even."""
    return round_half_even(Fraction(amount) / (_MONTHS[interval] * count))


def counts_as_recurring(subscription: Subscription) -> bool:
    """Whether its amount recurs: it is paid for, and does not end with its period."""
    return subscription.status in COUNTED and not subscription.cancel_at_period_end


def recurring_by_currency(rows: QuerySet[Subscription]) -> list[Recurring]:
    """What those of `rows` that recur are worth a month, the largest number first. One query."""
    sums: dict[str, Fraction] = defaultdict(Fraction)
    counts: dict[str, int] = defaultdict(int)
    for _, currency, interval, every, amount, count in _grouped(rows):
        sums[currency] += Fraction(amount) / (_MONTHS[interval] * every)
        counts[currency] += count
    found = [Recurring(name, round_half_even(value), counts[name]) for name, value in sums.items()]
    return sorted(found, key=lambda one: (-one.count, one.currency))


def recurring_of_organizations(organization_ids: Iterable[UUID]) -> dict[tuple[UUID, str], int]:
    """By organization and currency: what their subscriptions are worth a month. One query."""
    sums: dict[tuple[UUID, str], Fraction] = defaultdict(Fraction)
    rows = Subscription.objects.filter(organization_id__in=set(organization_ids))
    for organization_id, currency, interval, every, amount, _ in _grouped(rows):
        sums[organization_id, currency] += Fraction(amount) / (_MONTHS[interval] * every)
    return {key: round_half_even(value) for key, value in sums.items()}


def _grouped(
    rows: QuerySet[Subscription],
) -> Iterable[tuple[UUID, str, str, int, int, int]]:
    counted = rows.filter(status__in=COUNTED, cancel_at_period_end=False)
    grouped = counted.order_by().values_list(
        "organization_id", "currency", "recurring_interval", "recurring_interval_count"
    )
    return grouped.annotate(amount=Sum("amount"), count=Count("pk"))
