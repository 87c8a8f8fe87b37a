"""What staff are asked before past events are delivered again."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any, Final

from apps.core.staff import fields
from apps.core.staff.verbs import ReasonForm
from apps.webhooks.operations import Selection
from apps.webhooks.registry import EVENT_TYPES

OUTCOMES: Final = (
    ("", "All"),
    ("failed", "Given up"),
    ("skipped", "Skipped while it was disabled"),
    ("delivered", "Delivered"),
)


class RedeliveryForm(ReasonForm):
    """Which events of an endpoint, by time, type and outcome."""

    field_order = ("since", "until", "type", "outcome", "reason")
    since = fields.day("From", required=False, help_text="Empty: from the first one.")
    until = fields.day("To", required=False, help_text="This day included; empty: to the latest.")
    type = fields.choice("Type", [("", "All"), *((name, name) for name in EVENT_TYPES)])
    outcome = fields.choice("Which", OUTCOMES, initial="failed")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("type", "outcome"):
            self.fields[name].required = False

    def clean(self) -> dict[str, Any]:
        """The choice as one value."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        since, until = data.get("since"), data.get("until")
        if since and until and until < since:
            self.add_error("until", "This is before the first day.")
        data["selection"] = Selection(
            since=_midnight(since) if since else None,
            until=_midnight(until) + timedelta(days=1) if until else None,
            types=(data["type"],) if data.get("type") else (),
            statuses=(data["outcome"],) if data.get("outcome") else (),
        )
        return data


def _midnight(day: Any) -> datetime:
    return datetime.combine(day, time(), UTC)
