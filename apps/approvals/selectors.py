"""Reads of limits and of what waits for a second person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.apps import apps
from django.db.models import F, Model, QuerySet, Sum

from apps.accounts.models import User
from apps.approvals.models import AloneAct, Approval, Limit
from apps.core.clock import clock_offset_of
from apps.core.money import format_amount
from apps.core.plans import Plan
from apps.core.staff import roles
from apps.core.timers import Due
from apps.events.models import Event

# How long what one person did alone is added up.
ALONE_SPAN: Final = timedelta(days=1)
# What gives a person a way into the backoffice, and how long whoever gave it is not a second one.
LETTING_IN: Final = (
    "user.created",
    "user.staff_role_changed",
    "user.password_set",
    "user.reactivated",
)
LETTING_IN_SPAN: Final = timedelta(days=7)


def limits_of(role: str) -> dict[str, Limit]:
    """The limits of a role by currency; empty if it is not limited."""
    return {limit.currency: limit for limit in Limit.objects.filter(role=role)}


def reason_for_second(
    user: Any, role: str, stakes: Mapping[str, int], *, before: Mapping[str, int] | None = None
) -> str:
    """
    Why a person may not do alone what moves `stakes` and needs `role`; empty if they may.

    What they moved alone `before` counts as well, see `moved_alone`. Below the role nothing is done
    alone, unless a limit of their own role allows it.
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
        moved = (before or {}).get(currency, 0)
        if amount + moved > limit.amount:
            return _above(limit, moved)
    return ""


def _above(limit: Limit, moved: int) -> str:
    shown = format_amount(limit.amount, limit.currency)
    text = f"Above {shown} it takes a second person, who is asked to agree."
    if not moved:
        return text
    return f"{text} You moved {format_amount(moved, limit.currency)} of it alone today."


def moved_alone(user: Any, subject: Model | None, *, at: datetime) -> dict[str, int]:
    """What a person moved of something alone in the day before `at`, by currency."""
    rows = AloneAct.objects.filter(user=user, at__gt=at - ALONE_SPAN, **subject_key(subject))
    sums = rows.values("currency").annotate(sum=Sum("amount"))
    return {row["currency"]: int(row["sum"]) for row in sums}


def subject_key(subject: Model | None) -> dict[str, str]:
    """How approvals and acts name what they are about."""
    if subject is None:
        return {"subject_label": "", "subject_id": ""}
    return {"subject_label": subject._meta.label_lower, "subject_id": str(subject.pk)}


def may_decide(user: Any, approval: Approval, stakes: Mapping[str, int] | None = None) -> bool:
    """
    Whether somebody may be the second person: active, of the role, within what it agrees to.

    `stakes` are what it moves by now, if that is known.
    """
    if user.pk == approval.requested_by_id or not roles.reaches(user, approval.role):
        return False
    limits = limits_of(user.staff_role)
    if stakes is None:
        stakes = Plan.from_json(approval.plan).stakes
    for currency, amount in stakes.items():
        limit = limits.get(currency)
        most = limit.approval_amount if limit is not None else None
        if most is not None and amount > most:
            return False
    return not let_in_by_the_other(user, approval)


def let_in_by_the_other(user: Any, approval: Approval) -> bool:
    """Whether one of the two has just given the other a way in: they may be one person."""
    pair = (str(user.pk), str(approval.requested_by_id))
    rows = Event.objects.filter(
        type__in=LETTING_IN,
        subject_type="user",
        subject_id__in=pair,
        actor_id__in=pair,
        at__gt=approval.created_at - LETTING_IN_SPAN,
    )
    return rows.exclude(subject_id=F("actor_id")).exists()


def waiting_approvals() -> QuerySet[Approval]:
    """What waits, the first to run out on top."""
    return Approval.objects.filter(status=Approval.Status.WAITING).order_by("expires_at", "pk")


def count_to_decide(user: Any, *, most: int = 100) -> int:
    """How many wait that somebody may decide by their role, counted no further than `most`."""
    rank = roles.RANKS.index(user.staff_role) if user.staff_role in roles.RANKS else -1
    reached = roles.RANKS[: rank + 1]
    return waiting_approvals().filter(role__in=reached).exclude(requested_by=user)[:most].count()


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
