"""Every write to limits and approvals."""

from apps.approvals.operations.alone import pass_alone
from apps.approvals.operations.asking import Wanted, request_approval
from apps.approvals.operations.deciding import (
    approve_plan,
    close_stale_approval,
    decline_approval,
    expire_approval,
    note_outcome,
    withdraw_approval,
)
from apps.approvals.operations.limits import (
    plan_remove_limit,
    plan_set_limit,
    remove_limit,
    set_limit,
)

__all__ = [
    "Wanted",
    "approve_plan",
    "close_stale_approval",
    "decline_approval",
    "expire_approval",
    "note_outcome",
    "pass_alone",
    "plan_remove_limit",
    "plan_set_limit",
    "remove_limit",
    "request_approval",
    "set_limit",
    "withdraw_approval",
]
