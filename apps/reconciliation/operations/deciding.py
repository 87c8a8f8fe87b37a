"""What people decide and write about discrepancies; no money moves."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from apps.accounts.models import User
from apps.core.errors import ValidationFailed
from apps.core.origin import Actor, Origin
from apps.core.plans import Change, Money, Plan
from apps.events.operations import record
from apps.reconciliation.errors import DiscrepancySettled
from apps.reconciliation.locks import lock_discrepancy
from apps.reconciliation.models import Discrepancy, DiscrepancyNote
from apps.reconciliation.operations.judging import close

Status = Discrepancy.Status


def plan_explain_discrepancy(*, discrepancy_id: UUID, explanation: str, origin: Origin) -> Plan:
    """What `explain_discrepancy` would do. Raises as it does."""
    return _plan_explaining(Discrepancy.objects.get(pk=discrepancy_id), explanation)


@transaction.atomic
def explain_discrepancy(
    *, discrepancy_id: UUID, explanation: str, agreed: str | None = None, origin: Origin
) -> Discrepancy:
    """
    Leave a difference as it is, because it is known why. It comes up again only if it changes.

    Records `discrepancy.explained`.

    :raises ValidationFailed: without words.
    :raises DiscrepancySettled: if it is no longer open.
    :raises PlanChanged: if another plan was agreed to.
    """
    row = _open(discrepancy_id)
    _plan_explaining(row, explanation).require(agreed)
    explanation = explanation.strip()
    close(row, Status.EXPLAINED, origin)
    row.explanation = explanation
    row.save(update_fields=["status", "explanation", "closed_at", "modified_at"])
    record(
        "discrepancy.explained",
        subject=row,
        organization_id=row.organization_id,
        origin=origin,
        changes={"status": (Status.OPEN.value, row.status)},
        payload={"subject": row.subject, "explanation": explanation},
    )
    return row


@transaction.atomic
def assign_discrepancy(
    *, discrepancy_id: UUID, assignee_id: UUID | None, origin: Origin
) -> Discrepancy:
    """
    Say who looks after it, or nobody; the same again changes nothing.

    Records `discrepancy.assigned`.

    :raises ValidationFailed: if the assignee is no active member of staff.
    :raises DiscrepancySettled: if it is no longer open.
    """
    row = _open(discrepancy_id)
    if row.assignee_id == assignee_id:
        return row
    if assignee_id is not None:
        found = User.objects.filter(pk=assignee_id, is_active=True).exclude(staff_role="")
        if not found.exists():
            raise ValidationFailed.at("body", "assignee", msg="Nobody of the staff.")
    before, row.assignee_id = row.assignee_id, assignee_id
    row.modified_at = origin.at
    row.save(update_fields=["assignee", "modified_at"])
    record(
        "discrepancy.assigned",
        subject=row,
        organization_id=row.organization_id,
        origin=origin,
        changes={"assignee_id": (_text(before), _text(assignee_id))},
    )
    return row


@transaction.atomic
def note_on_discrepancy(*, discrepancy_id: UUID, text: str, origin: Origin) -> DiscrepancyNote:
    """Write something about it, for good; also about one that is settled."""
    row = lock_discrepancy(discrepancy_id)
    text = text.strip()
    if not text:
        raise ValidationFailed.at("body", "text", msg="Write something.", value=text)
    is_person = origin.actor == Actor.STAFF and bool(origin.actor_id)
    return DiscrepancyNote.objects.create(
        discrepancy=row,
        author_id=UUID(origin.actor_id) if is_person else None,
        text=text,
        created_at=origin.at,
    )


def _open(discrepancy_id: UUID) -> Discrepancy:
    row = lock_discrepancy(discrepancy_id)
    if row.status != Status.OPEN:
        raise DiscrepancySettled
    return row


def _text(value: UUID | None) -> str | None:
    return str(value) if value else None


def _plan_explaining(row: Discrepancy, explanation: str) -> Plan:
    if row.status != Status.OPEN:
        raise DiscrepancySettled
    if not explanation.strip():
        raise ValidationFailed.at("body", "explanation", msg="Say why.", value=explanation)
    difference = abs(row.difference_amount)
    return Plan(
        title=f"{row} is left as it is",
        changes=(Change(str(row), row.status, Status.EXPLAINED.value),),
        effects=("Nothing is booked. It comes up again if either side says something else.",),
        money=(Money("Left as a difference", difference, row.currency),) if difference else (),
        events=("discrepancy.explained",),
    )
