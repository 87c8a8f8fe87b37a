"""Forgetting the payloads of events, after a while."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.db import transaction

from apps.core.origin import Origin
from apps.webhooks.models import WebhookEvent

RETENTION: Final = timedelta(days=90)
BATCH: Final = 5_000


@transaction.atomic
def archive_events(*, limit: int = BATCH, origin: Origin) -> int:
    """
    Drop the payloads of events older than 90 days, at most `limit`; how many.

    What still waits is kept. The rest of each row stays.
    """
    old = (
        WebhookEvent.objects.filter(payload__isnull=False, created_at__lt=origin.at - RETENTION)
        .exclude(status=WebhookEvent.Status.PENDING)
        .order_by("created_at")
        .values("pk")[:limit]
    )
    return WebhookEvent.objects.filter(pk__in=old).update(payload=None)
