"""
Planning and doing what waits for a second person, as the verb would for the first one.

What was filled in is cleaned again, the record is read again, and the verb plans again.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from apps.approvals.errors import ApprovalStale
from apps.approvals.models import Approval
from apps.core.clock import clock_offset_of
from apps.core.origin import Origin
from apps.core.plans import Plan
from apps.core.staff import roles
from apps.core.staff.dialogs import Reveal
from apps.core.staff.plans import PlannedVerb, find_verb


def replan(approval: Approval, origin: Origin) -> Plan:
    """
    What would happen now; `origin` is by the machine's clock.

    :raises ApprovalStale: if the verb or its record is gone, or what was filled in does not hold.
    :raises DomainError: what the verb refuses.
    """
    _, planned, record, data = _prepared(approval)
    return planned.planner(record, data, _there(approval, record, origin))


def carry_out(approval: Approval, agreed: str, origin: Origin) -> str:
    """
    Do it, if the plan is the one of this fingerprint, and say what came of it.

    Called outside a transaction. Its events tell who asked for it, and why. Raises as `replan`, and
    PlanChanged for another plan.
    """
    owner, planned, record, data = _prepared(approval)
    there = _there(approval, record, origin)
    answer = planned.method(owner, record, {**data, "agreed": agreed}, there)
    return answer.title if isinstance(answer, Reveal) else str(answer)


def _prepared(approval: Approval) -> tuple[Any, PlannedVerb, Any, dict[str, Any]]:
    try:
        owner, planned = find_verb(approval.verb)
    except LookupError as error:
        raise ApprovalStale("There is no such verb any more.") from error
    # Both persons have to be ones when it is done.
    if not roles.reaches(approval.requested_by, planned.proposer):
        raise ApprovalStale(f"{approval.requested_by.email} may not ask for it any more.")
    record = None
    if approval.record_id:
        rows = owner.model._default_manager.select_related(*owner.related)
        record = rows.filter(pk=approval.record_id).first()
        if record is None or not (planned.available is None or planned.available(record)):
            raise ApprovalStale(f"{approval.subject_name} does not allow it any more.")
    filled = planned.refilled(approval.form, approval.requested_by, approval.record_id or None)
    if not filled.is_valid():
        raise ApprovalStale("What was filled in does not hold any more.")
    return owner, planned, record, filled.cleaned_data


def _there(approval: Approval, record: Any, origin: Origin) -> Origin:
    """On the clock of the record, with both persons in it, and one key however often."""
    return replace(
        origin.on_clock(clock_offset_of(record)),
        reason=f"{approval.reason} (asked for by {approval.requested_by.email})",
        idempotency_key=f"approval:{approval.pk}",
    )
