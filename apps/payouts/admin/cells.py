"""How a payout is shown wherever payouts are listed."""

from __future__ import annotations

from typing import Final

from django.utils.html import format_html
from django.utils.safestring import SafeString

from apps.core.money import format_amount
from apps.core.staff import columns, show
from apps.payouts.models import Payout

TONES = {
    "pending": "busy",
    "held": "warn",
    "in_transit": "busy",
    "succeeded": "good",
    "failed": "bad",
    "canceled": "plain",
}

# What became of a payout, behind its name.
COURSE: Final = {
    "pending": "is pending",
    "held": "is held back",
    "in_transit": "is on its way",
    "succeeded": "has arrived",
    "failed": "has failed",
    "canceled": "is canceled",
}


def status_cell(payout: Payout) -> SafeString:
    """The status, and under it why it failed or what it waits for."""
    badge = show.badge(payout.get_status_display(), TONES.get(payout.status, ""))
    note = payout.failure_message
    if 0 < payout.settled_amount < payout.amount:
        missing = format_amount(payout.amount - payout.settled_amount, payout.currency)
        note = f"{missing} has not arrived. {note}"
    if payout.transfer_status in ("asked", "returning"):
        note = "the processor has not confirmed"
    return format_html('{}<div class="bo-tile-note">{}</div>', badge, note) if note else badge


BRIEF = (
    columns.text("invoice_number", "Payout"),
    columns.column(status_cell, "Status", order="status", kind="status"),
    columns.amount("amount", title="Paid out"),
    columns.amount("fees_amount", title="Fees"),
    columns.when("created_at"),
)
