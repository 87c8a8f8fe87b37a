"""What is counted of webhooks."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from apps.core.metrics import Counter, Sample, register_gauge
from apps.webhooks.models import WebhookEvent
from apps.webhooks.selectors import backlog
from apps.webhooks.sending import Answer

DELIVERIES: Final = Counter("webhook_deliveries_total", "Tries to deliver a webhook.", "outcome")


def count_delivery(answer: Answer) -> None:
    """By what came of it: `delivered`, `refused` by the receiver, or `unreachable`."""
    if answer.http_code is None:
        DELIVERIES.inc("unreachable")
    else:
        DELIVERIES.inc("delivered" if answer.is_success else "refused")


def register() -> None:
    """Called once, when the app is ready."""
    register_gauge("webhook_events_pending", "Webhooks not delivered yet.", _pending)
    register_gauge("webhook_endpoints_waiting", "Endpoints that are due.", _waiting)
    register_gauge("webhook_backlog_age_seconds", "Since the first of them is due.", _age)


def _pending(at: datetime) -> Iterable[Sample]:
    yield (), WebhookEvent.objects.filter(status=WebhookEvent.Status.PENDING).count()


def _waiting(at: datetime) -> Iterable[Sample]:
    yield (), backlog(at).count


def _age(at: datetime) -> Iterable[Sample]:
    longest = backlog(at).longest
    yield (), max(longest.total_seconds(), 0) if longest else 0
