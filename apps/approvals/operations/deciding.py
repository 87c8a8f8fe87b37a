"""
What becomes of a plan that waits: done once by a second person, or not at all.

That it was agreed to is written in the transaction in which the verb does it, after the verb has
planned again under its locks. A process that dies leaves both or neither, and of two who agree at
the same time the second finds it decided and undoes what it began.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from apps.accounts.models import User
from apps.accounts.selectors import find_user
from apps.approvals.errors import ApprovalClosed, ApprovalStale, MayNotApprove, OwnApproval
from apps.approvals.locks import lock_approval
from apps.approvals.models import Approval
from apps.approvals.operations.telling import announce_approval
from apps.approvals.selectors import may_decide
from apps.approvals.states import APPROVAL
from apps.core.errors import DomainError
from apps.core.origin import Origin
from apps.core.plans import Plan, when_agreed

Status = Approval.Status
# Does the verb; gets the fingerprint to agree to. Says what came of it.
Act = Callable[[str], str]
SERVER_ERROR: Final = 500


def approve_plan(*, approval_id: UUID, user_id: UUID, act: Act, origin: Origin) -> Approval:
    """
    Have a plan done that waits, as the second person.

    Called outside a transaction, since verbs may be. Records `approval.applied` with the verb. If
    other things would happen by now it is closed as stale, and has to be asked for anew.

    :raises OwnApproval, MayNotApprove, ApprovalClosed: if this person may not, or it is too late.
    :raises ApprovalStale: if something else would happen, or the verb refuses; nothing was done.
    :raises DomainError: if the provider refuses what was begun, or is not reached.
    """
    approval = Approval.objects.select_related("requested_by").get(pk=approval_id)
    user = _require_decidable(approval, user_id, origin)

    def mark(plan: Plan) -> None:
        _apply(approval_id, user_id, plan.stakes, origin)

    try:
        with when_agreed(mark):
            outcome = act(approval.fingerprint)
    except (ApprovalClosed, OwnApproval, MayNotApprove):
        raise
    except DomainError as error:
        _end_refused(approval_id, user_id, error, origin)
        raise
    with transaction.atomic():
        if lock_approval(approval_id).status == Status.WAITING:
            _decide(approval_id, Status.APPLIED, user, origin)
    return note_outcome(approval_id=approval_id, outcome=outcome, origin=origin)


@transaction.atomic
def decline_approval(*, approval_id: UUID, user_id: UUID, origin: Origin) -> Approval:
    """
    Refuse a plan that waits, as somebody who might agree to it; `origin` says why.

    :raises OwnApproval, MayNotApprove, ApprovalClosed: as `approve_plan`.
    """
    user = _require_decidable(lock_approval(approval_id), user_id, origin)
    return _decide(approval_id, Status.DECLINED, user, origin)


@transaction.atomic
def withdraw_approval(*, approval_id: UUID, user_id: UUID, origin: Origin) -> Approval:
    """
    Take back what one has asked for.

    :raises MayNotApprove: if somebody else asked for it.
    :raises ApprovalClosed: if it does not wait any more.
    """
    approval = lock_approval(approval_id)
    if approval.requested_by_id != user_id:
        raise MayNotApprove("Only who asked for it takes it back.")
    if approval.status != Status.WAITING:
        raise ApprovalClosed
    return _decide(approval_id, Status.WITHDRAWN, None, origin)


@transaction.atomic
def close_stale_approval(*, approval_id: UUID, message: str, origin: Origin) -> Approval:
    """Close a plan that would do other things by now; one that does not wait stays as it is."""
    approval = lock_approval(approval_id)
    if approval.status != Status.WAITING:
        return approval
    return _decide(approval_id, Status.STALE, None, origin, outcome=message)


@transaction.atomic
def expire_approval(*, approval_id: UUID, origin: Origin) -> bool:
    """Close a plan that nobody agreed to in time; whether this call did it."""
    approval = lock_approval(approval_id)
    if approval.status != Status.WAITING or approval.expires_at > origin.at:
        return False
    _decide(approval_id, Status.EXPIRED, None, origin)
    return True


@transaction.atomic
def note_outcome(*, approval_id: UUID, outcome: str, origin: Origin) -> Approval:
    """Keep what the verb answered to one that was agreed to."""
    approval = lock_approval(approval_id)
    if approval.status == Status.APPLIED and approval.outcome != outcome:
        approval.outcome, approval.modified_at = outcome, origin.at
        approval.save(update_fields=["outcome", "modified_at"])
    return approval


def _end_refused(approval_id: UUID, user_id: UUID, error: DomainError, origin: Origin) -> None:
    """
    Keep what a verb refused that was begun; close what it refused to begin.

    :raises ApprovalClosed: if somebody else was faster.
    :raises ApprovalStale: if it was closed.
    """
    present = Approval.objects.get(pk=approval_id)
    if _is_mine(present, user_id, origin):
        note_outcome(approval_id=approval_id, outcome=error.detail, origin=origin)
        return
    if present.status == Status.WAITING and error.status >= SERVER_ERROR:
        return
    closed = close_stale_approval(approval_id=approval_id, message=error.detail, origin=origin)
    raise (ApprovalStale if closed.status == Status.STALE else ApprovalClosed) from error


def _is_mine(approval: Approval, user_id: UUID, origin: Origin) -> bool:
    """Whether it was applied by this person at this very moment."""
    decided = (approval.status, approval.decided_by_id, approval.decided_at)
    return decided == (Status.APPLIED, user_id, origin.at)


def _apply(approval_id: UUID, user_id: UUID, stakes: Mapping[str, int], origin: Origin) -> None:
    """In the verb's transaction: whether this person still may, and that they did, once."""
    approval = lock_approval(approval_id)
    if _is_mine(approval, user_id, origin):
        # The verb has asked before, in this very run.
        return
    user = _require_decidable(approval, user_id, origin, stakes)
    _decide(approval_id, Status.APPLIED, user, origin)


def _require_decidable(
    approval: Approval, user_id: UUID, origin: Origin, stakes: Mapping[str, int] | None = None
) -> User:
    if approval.status != Status.WAITING or approval.expires_at <= origin.at:
        raise ApprovalClosed
    if approval.requested_by_id == user_id:
        raise OwnApproval
    user = find_user(user_id)
    if not may_decide(user, approval, stakes):
        raise MayNotApprove
    return user


def _decide(
    approval_id: UUID, status: str, user: User | None, origin: Origin, **values: Any
) -> Approval:
    approval = lock_approval(approval_id)
    before = approval.status
    APPROVAL.require(before, status)
    approval.status = status
    approval.decided_by, approval.decided_at = user, origin.at
    approval.decision_reason = origin.reason
    approval.modified_at = origin.at
    for name, value in values.items():
        setattr(approval, name, value)
    approval.save()
    announce_approval(approval, f"approval.{status}", origin=origin, before=before)
    return approval
