"""What runs out by the clock, and who is written to about what waits."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.urls import reverse

from apps.approvals.models import Approval
from apps.approvals.operations import expire_approval
from apps.approvals.selectors import approvals_due_by, possible_approvers
from apps.core.money import format_amount
from apps.core.origin import Origin
from apps.core.timers import Timer, register_timer
from apps.events.models import Event
from apps.events.registry import subscribe

DECIDED: Final = (
    "approval.applied",
    "approval.declined",
    "approval.stale",
    "approval.expired",
)


def register() -> None:
    """Called once, when Django is ready."""
    subscribe("approval.requested", "approvals.mail_approvers", mail_approvers)
    for event_type in DECIDED:
        subscribe(event_type, "approvals.mail_requester", mail_requester)
    # Before whatever is due at the same moment could do what it waits for.
    register_timer(Timer(name="approvals.expire", due=approvals_due_by, run=_expire, rank=5))


def mail_approvers(event: Event, origin: Origin) -> None:
    """Write to everybody who may agree. A mail server that is down has it tried again."""
    approval = _of(event)
    if approval.status != Approval.Status.WAITING:
        return
    lines = [
        f"{approval.requested_by.email} asks for your approval: {approval.title}.",
        f"Amount: {format_amount(approval.amount, approval.currency)}",
        f"Reason: {approval.reason}",
        f"It waits until {approval.expires_at:%d %b %Y, %H:%M} UTC.",
    ]
    recipients = [user.email for user in possible_approvers(approval)]
    _send(approval, recipients, f"Approval needed: {approval.title}", lines)


def mail_requester(event: Event, origin: Origin) -> None:
    """Write to whoever asked for it what became of it."""
    approval = _of(event)
    by = f" by {approval.decided_by.email}" if approval.decided_by else ""
    lines = [f"{approval.title}: {approval.status}{by}."]
    lines += [line for line in (approval.decision_reason, approval.outcome) if line]
    subject = f"{approval.status.capitalize()}: {approval.title}"
    _send(approval, [approval.requested_by.email], subject, lines)


def _expire(approval_id: UUID, origin: Origin) -> None:
    expire_approval(approval_id=approval_id, origin=origin)


def _of(event: Event) -> Approval:
    rows = Approval.objects.select_related("requested_by", "decided_by")
    return rows.get(pk=event.payload["approval_id"])


def _send(approval: Approval, recipients: list[str], subject: str, lines: list[str]) -> None:
    page = reverse("admin:approvals_approval_change", args=[approval.pk])
    text = "\n\n".join([*lines, f"{settings.BASE_URL}{page}"])
    # One mail each: nobody needs to know who else was asked.
    messages = [EmailMessage(" ".join(subject.split()), text, to=[one]) for one in recipients]
    if messages:
        get_connection().send_messages(messages)
