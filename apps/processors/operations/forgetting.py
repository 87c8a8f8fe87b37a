"""Forgetting what the provider told us of buyers."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.conf import settings
from django.db import transaction

from apps.core.origin import Origin
from apps.processors.locks import claim_old_payloads
from apps.processors.models import InboundEvent

BATCH: Final = 1000


def drop_old_payloads(*, origin: Origin) -> int:
    """
    Drop the payloads of events handled INBOUND_PAYLOAD_DAYS before `origin.at`; returns how many.

    Type, ids and outcome stay. An event that failed keeps its payload, since somebody still has to
    see to it. In batches, each in its own transaction; the second time finds nothing.
    """
    before = origin.at - timedelta(days=settings.INBOUND_PAYLOAD_DAYS)
    dropped = 0
    while True:
        with transaction.atomic():
            old = claim_old_payloads(before, limit=BATCH)
            InboundEvent.objects.filter(pk__in=old).update(payload=None)
        dropped += len(old)
        if len(old) < BATCH:
            return dropped
