"""Leaving work to be done on a grant, and having a worker do it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models.functions import Now

from apps.benefits.models import BenefitGrant
from apps.core.jobs import BACKOFF_LIMIT_SECONDS, enqueue
from apps.core.origin import Origin
from apps.events.operations import record

WORK: Final = "benefits.work_on_grant"


def plan_work(grant: BenefitGrant, origin: Origin, *fields: str, delay: float = 0) -> None:
    """
    Save `fields` of a locked grant and have it worked on, in `delay` seconds.

    The row remembers it, so that the sweep finds what the broker lost.
    """
    grant.next_attempt_at = Now() + timedelta(seconds=delay)
    grant.modified_at = origin.at
    names = {*fields, "next_attempt_at", "modified_at"}
    grant.save(update_fields=sorted(names))
    send_work(grant.pk, delay)


def send_work(grant_id: UUID, delay: float = 0) -> None:
    """Tell a worker on commit; what waits longer than the broker holds is left to the sweep."""
    if delay < BACKOFF_LIMIT_SECONDS:
        enqueue(WORK, grant_id=str(grant_id), countdown=delay)


def announce_grant(grant: BenefitGrant, event_type: str, origin: Origin, **more: Any) -> None:
    """Record what became of a grant; `more` is JSON-ready."""
    record(
        event_type,
        subject=grant,
        organization_id=grant.organization_id,
        origin=origin,
        payload={
            "benefit_id": str(grant.benefit_id),
            "customer_id": str(grant.customer_id),
            "member_id": str(grant.member_id) if grant.member_id else None,
            "subscription_id": str(grant.subscription_id) if grant.subscription_id else None,
            "order_id": str(grant.order_id) if grant.order_id else None,
            **more,
        },
    )
