"""Jobs of approvals."""

from __future__ import annotations

from apps.approvals.models import Approval
from apps.approvals.operations import expire_approval
from apps.approvals.selectors import overdue_approvals, subject_of
from apps.core.clock import clock_offset_of
from apps.core.jobs import job
from apps.core.origin import Door, system_origin


@job("approvals.expire", queue="low")
def expire_task(**_future: object) -> None:
    """Close what nobody agreed to in time."""
    at = system_origin(Door.TASK).at
    for approval_id in overdue_approvals(at):
        offset = clock_offset_of(subject_of(Approval.objects.get(pk=approval_id)))
        origin = system_origin(Door.TASK, clock_offset=offset)
        expire_approval(approval_id=approval_id, origin=origin)
