"""What the processor thinks of a merchant's payments."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db.models import Avg, Count

from apps.organizations.models import Organization
from apps.payments.models import Payment

# The levels by which the processor warns, and the score from which it calls a payment elevated.
RISKY_LEVELS: Final = frozenset({"elevated", "highest"})
ELEVATED_FROM: Final = 65
LEAST_SCORED: Final = 5
WINDOW: Final = timedelta(days=90)


def is_scored_risky(organization: Organization, at: datetime) -> bool:
    """
    Whether the processor's scores of a merchant's payments come to an elevated risk, at its time.

    The mean of the last 90 days, of five payments at least, and of those alone that came after its
    status last changed: what a review has looked at does not call for the next one.
    """
    scored = Payment.objects.filter(
        organization=organization,
        created_at__gt=max(at - WINDOW, organization.status_changed_at),
        risk_score__isnull=False,
    ).aggregate(count=Count("pk"), mean=Avg("risk_score"))
    return bool(scored["count"] >= LEAST_SCORED and scored["mean"] >= ELEVATED_FROM)
