"""What the answer to a validation says of the subscription that grants a licence key."""

from __future__ import annotations

from django.db.models import OuterRef, Subquery
from django.db.models.functions import JSONObject

from apps.license_keys.sources import register_source
from apps.subscriptions.models import Subscription


def register() -> None:
    """Tell licence keys of their subscriptions."""
    register_source("subscription", _subscription)


def _subscription() -> Subquery:
    rows = Subscription.objects.filter(pk=OuterRef("grant__subscription_id")).annotate(
        shown=JSONObject(
            id="id",
            status="status",
            current_period_start="current_period_start_at",
            current_period_end="current_period_end_at",
            cancel_at_period_end="cancel_at_period_end",
            ends_at="ends_at",
        )
    )
    return Subquery(rows.values("shown")[:1])
