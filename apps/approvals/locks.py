"""Row locks on approvals: taken after those of the verb that is carried out."""

from __future__ import annotations

from uuid import UUID

from apps.approvals.models import Approval, Limit
from apps.core.errors import ResourceNotFound


def lock_approval(approval_id: UUID) -> Approval:
    """
    The approval, locked until the end of the transaction.

    :raises ResourceNotFound: if there is none.
    """
    found = Approval.objects.select_for_update(no_key=True, of=("self",)).filter(pk=approval_id)
    approval = found.first()
    if approval is None:
        raise ResourceNotFound
    return approval


def lock_limits() -> list[Limit]:
    """All limits, locked in one order: what is said of them is looked at one after the other."""
    return list(Limit.objects.select_for_update(no_key=True).order_by("pk"))
