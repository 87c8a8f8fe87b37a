"""What is told of renewals that were not paid."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Count, DateTimeField, ExpressionWrapper, F, Q, Value

from apps.core.metrics import Sample, register_gauge
from apps.subscriptions.models import Subscription
from apps.subscriptions.selectors import dunning_orders


def register() -> None:
    """Called once, when the app is ready."""
    register_gauge("dunning_orders", "Unpaid renewals, by their next try.", _orders, ["state"])
    register_gauge("past_due_subscriptions", "Subscriptions that are not paid for.", _past_due)


def _orders(at: datetime) -> Iterable[Sample]:
    """By the clock of each merchant."""
    now = ExpressionWrapper(
        Value(at, output_field=DateTimeField()) + F("organization__clock_offset"),
        output_field=DateTimeField(),
    )
    found = dunning_orders().aggregate(
        waiting=Count("pk", filter=Q(next_payment_attempt_at__gt=now)),
        due=Count("pk", filter=Q(next_payment_attempt_at__lte=now)),
    )
    for state, count in found.items():
        yield (state,), count


def _past_due(at: datetime) -> Iterable[Sample]:
    yield (), Subscription.objects.filter(status=Subscription.Status.PAST_DUE).count()
