"""Reads of limits and of what waits for a second person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db.models import Model, QuerySet

from apps.accounts.models import User
from apps.approvals.models import Approval, Limit
from apps.core.clock import clock_offset_of
from apps.core.money import format_amount
from apps.core.staff import roles
from apps.core.timers import Due


def limits_of(role: str) -> dict[str, Limit]:
    """The limits of a role by currency; empty if it is not limited."""
    return {limit.currency: limit for limit in Limit.objects.filter(role=role)}


def reason_for_second(user: Any, role: str, stakes: Mapping[str, int]) -> str:
    """
    Why a person may not do alone what moves `stakes` and needs `role`; empty if they may.

    Below the role nothing is done alone, unless a limit of their own role allows it.
    """
    limits = limits_of(user.staff_role)
    if not roles.reaches(user, role) and not (limits and stakes):
        return f"It takes somebody of {role} to agree to it."
    if not limits:
        return ""
    for currency, amount in sorted(stakes.items()):
        limit = limits.get(currency)
        if limit is None:
            return f"Nothing in {currency.upper()} is done by one person of {user.staff_role}."
        if amount > limit.amount:
            shown = format_amount(limit.amount, currency)
            return f"Above {shown} it takes a second person, who is asked to agree."
    return ""


def may_decide(user: Any, approval: Approval) -> bool:
    """Whether somebody may be the second person: active, of the role, within what it agrees to."""
    if user.pk == approval.requested_by_id or not roles.reaches(user, approval.role):
        return False
    limits = limits_of(user.staff_role)
    limit = limits.get(approval.currency)
    return (
        limit is None or limit.approval_amount is None or (approval.amount <= limit.approval_amount)
    )


def waiting_approvals() -> QuerySet[Approval]:
    """What waits, the first to run out on top."""
    return Approval.objects.filter(status=Approval.Status.WAITING).order_by("expires_at", "pk")


def count_to_decide(user: Any) -> int:
    """How many wait that somebody may decide by their role."""
    rank = roles.RANKS.index(user.staff_role) if user.staff_role in roles.RANKS else -1
    reached = roles.RANKS[: rank + 1]
    return waiting_approvals().filter(role__in=reached).exclude(requested_by=user).count()


def possible_approvers(approval: Approval) -> list[User]:
    """Who may agree to it now."""
    staff = User.objects.filter(is_active=True).exclude(staff_role="").order_by("email")
    return [user for user in staff if may_decide(user, approval)]


def subject_of(approval: Approval) -> Model | None:
    """What it is about, if that is still there."""
    if not approval.subject_label:
        return None
    model = apps.get_model(approval.subject_label)
    found: Model | None = model._default_manager.filter(pk=approval.subject_id).first()
    return found


def overdue_approvals(at: datetime) -> list[UUID]:
    """What has run out when the machine's clock says `at`, each by the clock that counts for it."""
    return [
        approval.pk
        for approval in waiting_approvals()
        if approval.expires_at <= at + clock_offset_of(subject_of(approval))
    ]


def approvals_due_by(organization_id: UUID, until: datetime) -> Iterable[Due]:
    """What of an organization runs out up to `until`."""
    rows = waiting_approvals().filter(organization_id=organization_id, expires_at__lte=until)
    return [Due(row.expires_at, row.pk, organization_id) for row in rows[:1000]]
