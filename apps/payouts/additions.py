"""What the verbs of lower apps mean for payouts, for their plans."""

from __future__ import annotations

from typing import Any

from apps.core.plans import Change, Plan, add_to_plan
from apps.payouts.models import Payout
from apps.payouts.states import LOSING_ALL, LOSING_HELD


def register() -> None:
    """Called once, when the app is ready."""
    add_to_plan("organizations.change_status", _followed)


def _followed(*, organization: Any, to: str, **_: Any) -> Plan | None:
    """Which payouts go on, and which are given back."""
    if to == "active":
        after, statuses = "pending", ["held"]
    elif to in LOSING_ALL:
        after, statuses = "canceled", ["held", "pending"]
    elif to in LOSING_HELD:
        after, statuses = "canceled", ["held"]
    else:
        return None
    found = Payout.objects.filter(organization=organization, status__in=statuses)
    rows = found.exclude(transfer_status__in=("asked", "returning")).order_by("created_at", "pk")
    return Plan(changes=tuple(Change(str(one), one.status, after) for one in rows))
