"""The day in figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.db.models import Count, DateTimeField, F, QuerySet, Sum, Value
from django.db.models.functions import TruncDate

from apps.checkouts.models import Checkout
from apps.orders.models import Order
from apps.payments.models import Payment
from apps.subscriptions.models import Subscription
from apps.subscriptions.recurring import Recurring, recurring_by_currency
from apps.subscriptions.states import BILLABLE

PAID = (Order.Status.PAID, Order.Status.REFUNDED, Order.Status.PARTIALLY_REFUNDED)
CHART_DAYS = 14


@dataclass(frozen=True, slots=True)
class Volume:
    """What succeeded payments of a day add up to in one currency."""

    currency: str
    amount: int
    count: int


@dataclass(frozen=True, slots=True)
class Day:
    """The paid orders of one day; `share` is their part of the best day's, in percent."""

    day: date
    count: int
    share: int


@dataclass(frozen=True, slots=True)
class Figures:
    """A day (UTC) in numbers."""

    volumes: Sequence[Volume]
    order_count: int
    paid_order_count: int
    open_checkout_count: int
    failed_payment_count: int
    payment_count: int
    days: Sequence[Day]


@dataclass(frozen=True, slots=True)
class Subscribed:
    """What recurs, how many there are, and what of it renews before the UTC day is over."""

    recurring: Sequence[Recurring]
    active_count: int
    trialing_count: int
    past_due_count: int
    renewing_count: int


def midnight(at: datetime) -> datetime:
    """The start of the UTC day of `at`."""
    return at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def figures_of_day(at: datetime) -> Figures:
    """
    The day of `at` so far, in five queries.

    What merchants lived through with their test clocks ahead is of other days.
    """
    start = midnight(at)
    day = (start, _end_of(start))
    orders = Order.objects.filter(created_at__range=day)
    by_status = dict(orders.values_list("status").annotate(count=Count("pk")))
    payments = dict(
        Payment.objects.filter(created_at__range=day)
        .values_list("status")
        .annotate(count=Count("pk"))
    )
    return Figures(
        volumes=_volumes(day),
        order_count=sum(by_status.values()),
        paid_order_count=sum(by_status.get(status, 0) for status in PAID),
        open_checkout_count=Checkout.objects.filter(status=Checkout.Status.OPEN).count(),
        failed_payment_count=payments.get(Payment.Status.FAILED, 0),
        payment_count=sum(payments.values()),
        days=_days(start),
    )


def subscription_figures(at: datetime) -> Subscribed:
    """Subscriptions as of `at`, in three queries; renewals by the clock of each merchant."""
    by_status = dict(
        Subscription.objects.filter(status__in=BILLABLE)
        .order_by()
        .values_list("status")
        .annotate(count=Count("pk"))
    )
    end = midnight(at) + timedelta(days=1)
    renewing = Subscription.objects.filter(
        status__in=BILLABLE,
        cancel_at_period_end=False,
        pause_at_period_end=False,
        current_period_end_at__lt=Value(end, output_field=DateTimeField())
        + F("organization__clock_offset"),
    )
    return Subscribed(
        recurring=recurring_by_currency(Subscription.objects.all()),
        active_count=by_status.get(Subscription.Status.ACTIVE, 0),
        trialing_count=by_status.get(Subscription.Status.TRIALING, 0),
        past_due_count=by_status.get(Subscription.Status.PAST_DUE, 0),
        renewing_count=renewing.count(),
    )


def _end_of(start: datetime) -> datetime:
    """The last moment of the day that begins at `start`."""
    return start + timedelta(days=1) - timedelta.resolution


def _volumes(day: tuple[datetime, datetime]) -> list[Volume]:
    rows = (
        Payment.objects.filter(created_at__range=day, status=Payment.Status.SUCCEEDED)
        .values_list("currency")
        .annotate(amount=Sum("amount"), count=Count("pk"))
        .order_by("-count", "currency")
    )
    return [Volume(currency, amount, count) for currency, amount, count in rows]


def _days(start: datetime) -> list[Day]:
    first = start - timedelta(days=CHART_DAYS - 1)
    rows = (
        Order.objects.filter(created_at__range=(first, _end_of(start)), status__in=PAID)
        .annotate(day=TruncDate("created_at", tzinfo=UTC))
        .values_list("day")
        .annotate(count=Count("pk"))
    )
    counts = dict(rows)
    best = max(counts.values(), default=0) or 1
    days = [(first + timedelta(days=offset)).date() for offset in range(CHART_DAYS)]
    return [Day(day, counts.get(day, 0), counts.get(day, 0) * 100 // best) for day in days]


def latest_orders() -> QuerySet[Order]:
    """Newest first, with what a list of them shows."""
    return Order.objects.select_related("customer", "product", "organization").order_by(
        "-created_at"
    )


def latest_failures() -> QuerySet[Payment]:
    """Failed payments, newest first."""
    return (
        Payment.objects.filter(status=Payment.Status.FAILED)
        .select_related("customer", "organization")
        .order_by("-created_at")
    )
