"""Forgetting customers in what was told about them."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from apps.core.origin import Origin
from apps.webhooks.models import WebhookDelivery, WebhookEvent


@transaction.atomic
def forget_told(*, customer_id: UUID, origin: Origin) -> int:
    """
    Archive every event about a customer; how many. What still waits is skipped.

    Answers of receivers may repeat what they were sent, and go as well.
    """
    events = WebhookEvent.objects.filter(customer_id=customer_id, payload__isnull=False)
    deliveries = WebhookDelivery.objects.filter(event__customer_id=customer_id)
    deliveries.exclude(response=None).update(response=None)
    events.filter(status=WebhookEvent.Status.PENDING).update(
        status=WebhookEvent.Status.SKIPPED, finished_at=origin.at, modified_at=origin.at
    )
    return events.update(payload=None)
