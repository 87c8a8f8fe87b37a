"""
What follows from an event of a subscription, for the merchant, the customer and the access. Pure.

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

_REVOKING: Final = frozenset(
    {"subscription.revoked", "subscription.paused", "subscription.access_ended"}
)
_GRANTING: Final = frozenset(
    {
        "subscription.created",
        "subscription.active",
        "subscription.upgraded",
        "subscription.resumed",
        "subscription.reinstated",
    }
)
# Events that may say something of the access: the rest never do.
TOLD_OF_ACCESS: Final = (
    _REVOKING | _GRANTING | {"subscription.past_due", "subscription.updated", "subscription.cycled"}
)
_MAILS: Final = {
    "subscription.canceled": "subscription_cancellation",
    "subscription.uncanceled": "subscription_uncanceled",
    "subscription.revoked": "subscription_revoked",
    "subscription.past_due": "subscription_past_due",
    # A customer is told when the pause is asked for, not when it begins.
    "subscription.pause_scheduled": "subscription_paused",
    "subscription.resumed": "subscription_resumed",
}


def merchant_events(event_type: str, payload: Mapping[str, Any]) -> list[str]:
    """The names under which one of our events is told; none if it is not of a subscription."""
    if not event_type.startswith("subscription."):
        return []
    further = _FURTHER.get(event_type, ())
    if event_type == "subscription.revoked" and payload.get("is_newly_canceled"):
        further = ("subscription.canceled", *further)
    return [UPDATED, *further]


def access_after(event_type: str, payload: Mapping[str, Any]) -> str | None:
    """
    What becomes of the subscriber's access: `grant`, `revoke`, or None where it stays.

    Past due loses it when the grace period is over: at once where there is none, otherwise
    `subscription.access_ended` tells.
    """
    if event_type in _REVOKING or payload.get("is_access_kept") is False:
        return "revoke"
    if event_type in _GRANTING or payload.get("is_product_changed"):
        return "grant"
    return None


def customer_mail(event_type: str, payload: Mapping[str, Any]) -> str | None:
    """
    The kind of mail that the customer gets at once, if any.

    A renewal is confirmed when it is paid, so `subscription.cycled` has none.
    """
    if payload.get("is_customer_told") is False:
        return None
    return _MAILS.get(event_type)
