"""How a dispute is shown wherever disputes are listed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from django.utils.html import format_html
from django.utils.safestring import SafeString

from apps.core.clock import moment
from apps.core.staff import columns, show
from apps.disputes.models import Dispute

TONES: Final = {
    "early_warning": "warn",
    "needs_response": "bad",
    "under_review": "busy",
    "won": "good",
    "lost": "plain",
    "prevented": "plain",
}
# From when on a deadline is coloured.
_SOON: Final = ((timedelta(days=1), "bad"), (timedelta(days=3), "warn"))


def name(dispute: Dispute) -> str:
    """The provider's id, shortened."""
    word = str(dispute)
    return word if len(word) <= 14 else f"{word[:3]}…{word[-8:]}"


def gross(dispute: Dispute) -> SafeString:
    """All that is contested."""
    return show.amount(dispute.gross_amount, dispute.currency)


def status_cell(dispute: Dispute) -> SafeString:
    """The status, and under it what is going on."""
    badge = show.badge(dispute.status, TONES[dispute.status])
    note = _note(dispute)
    return format_html('{}<div class="bo-tile-note">{}</div>', badge, note) if note else badge


def deadline_cell(dispute: Dispute) -> SafeString:
    """How long there is to answer; when it is over, when it ended."""
    due_at = dispute.evidence_due_at
    if dispute.closed_at is not None:
        return format_html(
            '<div class="bo-tile-note">closed {}</div>', dispute.closed_at.strftime("%Y-%m-%d")
        )
    if dispute.status != Dispute.Status.NEEDS_RESPONSE or due_at is None:
        return show.blank()
    now = moment(dispute.organization.clock_offset)
    left = due_at - now
    if dispute.is_past_due or left <= timedelta():
        words, tone = "missed", "bad"
    else:
        words = countdown(due_at, now)
        tone = next((tone for span, tone in _SOON if left < span), "plain")
    return format_html(
        '{}<div class="bo-tile-note"><time datetime="{}">{}</time></div>',
        show.badge(words, tone),
        due_at.isoformat(),
        due_at.strftime("%Y-%m-%d %H:%M"),
    )


def countdown(due_at: datetime, now: datetime) -> str:
    """`3 days 4 h`, `5 h 12 min`."""
    minutes = int((due_at - now).total_seconds()) // 60
    days, minutes = divmod(minutes, 24 * 60)
    hours, minutes = divmod(minutes, 60)
    if days:
        return f"{days} {'day' if days == 1 else 'days'} {hours} h"
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"


def _note(dispute: Dispute) -> str:
    if dispute.accept_asked_at is not None and dispute.accepted_at is None:
        return "is being accepted"
    if dispute.accepted_at is not None:
        return "accepted"
    if dispute.status == Dispute.Status.PREVENTED and dispute.is_rapid_resolution:
        return "by rapid resolution"
    if dispute.is_inquiry and not dispute.is_closed:
        return "the bank only asks"
    if dispute.auto_accept_at is not None:
        return "accepted by itself soon"
    return ""


def _reason(dispute: Dispute) -> Any:
    return (dispute.reason or "").replace("_", " ") or show.blank()


def _assignee(dispute: Dispute) -> Any:
    return str(dispute.assignee) if dispute.assignee else show.blank()


DEADLINE = columns.column(deadline_cell, "Due", order="evidence_due_at", kind="status")
STATUS = columns.column(status_cell, "Status", order="status", kind="status")
AMOUNT = columns.column(gross, "Disputed", order="amount", kind="amount")
ASSIGNEE = columns.column(_assignee, "Looked after by", order="assignee", kind="text")
REASON = columns.column(_reason, "Reason", order="reason", kind="text")
BRIEF = (
    columns.column(name, "Dispute", kind="mono"),
    STATUS,
    AMOUNT,
    REASON,
    DEADLINE,
    columns.when("opened_at"),
)
