"""
Which events a merchant is told of when something happens to a subscription. Pure.

Every change is recorded as one event of our own, which says exactly what became of the row. The
merchant API knows fewer and coarser names, and tells of `subscription.updated` beside each.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

UPDATED: Final = "subscription.updated"
# Events that are told under names beyond `subscription.updated`.
_FURTHER: Final[dict[str, tuple[str, ...]]] = {
    "subscription.created": ("subscription.created", "subscription.active"),
    "subscription.active": ("subscription.active",),
    "subscription.canceled": ("subscription.canceled",),
    "subscription.uncanceled": ("subscription.uncanceled",),
    "subscription.revoked": ("subscription.revoked",),
    "subscription.past_due": ("subscription.past_due",),
    "subscription.paused": ("subscription.paused",),
    "subscription.resumed": ("subscription.resumed",),
    "subscription.reinstated": ("subscription.active",),
    "subscription.cycled": ("subscription.cycled",),
}


def merchant_events(event_type: str, payload: Mapping[str, Any]) -> list[str]:
    """The names under which one of our events is told; none if it is not of a subscription."""
    if not event_type.startswith("subscription."):
        return []
    further = _FURTHER.get(event_type, ())
    if event_type == "subscription.revoked" and payload.get("is_newly_canceled"):
        further = ("subscription.canceled", *further)
    return [UPDATED, *further]
