"""Whether money can be sent to a payout account, and what it lacks. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from apps.payouts.models import PayoutAccount

READY = "ready"
INCOMPLETE = "incomplete"
UNDER_REVIEW = "under_review"
PAUSED = "paused"


def status_of(account: PayoutAccount) -> str:
    """
    `ready`, or why not: `incomplete` (its holder has to act), `under_review` (the processor looks
    at it), `paused` (the processor does not say why).
    """
    if account.type == "manual" or is_ready(account):
        return READY
    needs = account.requirements or {}
    if not account.processor_id or not account.is_submitted:
        return INCOMPLETE
    if needs.get("due") or needs.get("past_due"):
        return INCOMPLETE
    return UNDER_REVIEW if needs.get("pending") else PAUSED


def is_ready(account: PayoutAccount) -> bool:
    """Whether money can be sent there now; people can always send some."""
    if account.deleted_at is not None:
        return False
    return account.type == "manual" or (
        bool(account.processor_id) and account.is_payout_enabled and account.is_transfer_active
    )
