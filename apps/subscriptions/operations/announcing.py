"""Writing a changed subscription, and telling the rest of the system what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from apps.core.changes import Changes, assign
from apps.core.origin import Origin
from apps.core.rows import save_fields
from apps.events.operations import record
from apps.subscriptions.announcements import access_after
from apps.subscriptions.models import Subscription

# The scheduler's own, of no interest to anyone else.
_UNTOLD: Final = frozenset({"claimed_until"})


def change(subscription: Subscription, values: Mapping[str, Any], origin: Origin) -> Changes:
    """Set `values` on a locked subscription and save them; what differs, as (before, after)."""
    changes = assign(subscription, values)
    if changes:
        subscription.modified_at = origin.at
        save_fields(subscription, *changes, "modified_at")
    return {name: pair for name, pair in changes.items() if name not in _UNTOLD}


def announce(
    subscription: Subscription,
    event_type: str,
    *,
    origin: Origin,
    changes: Changes | None = None,
    **more: Any,
) -> None:
    """
    Record `event_type` with what every listener and mail wants to know; `more` is JSON-ready.

    `access` in it says what becomes of the subscriber's access, see `access_after`.
    """
    record(
        event_type,
        subject=subscription,
        organization_id=subscription.organization_id,
        origin=origin,
        changes=changes,
        payload={**facts_of(subscription), **more, "access": access_after(event_type, more)},
    )


def facts_of(subscription: Subscription) -> dict[str, Any]:
    """A subscription as its events tell of it: amounts in minor units, times in ISO 8601."""
    return {
        "customer_id": str(subscription.customer_id),
        "product_id": str(subscription.product_id),
        "product_name": subscription.product.name,
        "checkout_id": str(subscription.checkout_id) if subscription.checkout_id else None,
        "status": subscription.status,
        "amount": subscription.amount,
        "currency": subscription.currency,
        "seats": subscription.seats,
        "units": subscription.units,
        "recurring_interval": subscription.recurring_interval,
        "recurring_interval_count": subscription.recurring_interval_count,
        "current_period_start_at": _text(subscription.current_period_start_at),
        "current_period_end_at": _text(subscription.current_period_end_at),
        "trial_end_at": _text(subscription.trial_end_at),
        "cancel_at_period_end": subscription.cancel_at_period_end,
        "ends_at": _text(subscription.ends_at),
        "resumes_at": _text(subscription.resumes_at),
    }


def _text(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
