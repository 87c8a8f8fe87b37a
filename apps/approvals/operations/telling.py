"""Recording what becomes of an approval, on the timeline of what it is about."""

from __future__ import annotations

from typing import Any

from apps.approvals.models import Approval
from apps.approvals.selectors import subject_of
from apps.core.origin import Origin
from apps.events.operations import record


def announce_approval(
    approval: Approval, event_type: str, *, origin: Origin, before: str = ""
) -> None:
    """Record `event_type` with both persons; `before` is the status that it had."""
    changes: dict[str, tuple[Any, Any]] = {
        "status": (before, approval.status),
        "requested_by": ("", approval.requested_by.email),
    }
    if approval.decided_by is not None:
        changes["decided_by"] = ("", approval.decided_by.email)
    record(
        event_type,
        subject=subject_of(approval) or approval,
        organization_id=approval.organization_id,
        origin=origin,
        changes=changes,
        payload={
            "approval_id": str(approval.pk),
            "verb": approval.verb,
            "title": approval.title,
            "amount": approval.amount,
            "currency": approval.currency,
            "fingerprint": approval.fingerprint,
            "requested_by": str(approval.requested_by_id),
            "decided_by": str(approval.decided_by_id) if approval.decided_by_id else None,
        },
    )
