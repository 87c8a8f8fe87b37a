"""What several lists of reconciliation show alike."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from apps.core.clock import system_time
from apps.core.staff import show

KIND_TONES: Final = {
    "missing_here": "bad",
    "missing_there": "warn",
    "different_amount": "warn",
}
STATUS_TONES: Final = {
    "open": "bad",
    "repaired": "good",
    "explained": "plain",
    "closed": "good",
}
LINE_TONES: Final = {"matched": "good", "unmatched": "bad", "different": "warn"}

# Where the rows of ours are shown that a line is matched to.
PAGES: Final = {
    "payment": ("payments", "payment"),
    "refund": ("payments", "refund"),
    "dispute": ("disputes", "dispute"),
    "transfer": ("payouts", "payout"),
}


def age(since: datetime, until: datetime | None = None) -> str:
    """How long it has been there, or was."""
    return show.duration(abs((until or system_time()) - since))


def matched_row(line: Any) -> Any:
    """The row of ours that a line is, with its page."""
    if line.fee_type:
        return f"fee: {line.fee_type.replace('_', ' ')}"
    place = PAGES.get(line.matched_to)
    if place is None or line.matched_id is None:
        return line.matched_to.replace("_", " ") or show.blank()
    return show.link_to(*place, line.matched_id, f"{line.matched_to} …{str(line.matched_id)[-8:]}")
