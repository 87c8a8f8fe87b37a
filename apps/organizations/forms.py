"""What staff are asked before a merchant or a token is changed."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import Any

from apps.core.staff import fields
from apps.core.staff.verbs import ReasonForm
from apps.organizations.models import Organization
from apps.organizations.scopes import ALL_SCOPES
from apps.organizations.states import MACHINE

SCOPE_SETS = {
    "all": ("Everything", ALL_SCOPES),
    "read": ("Reading only", tuple(one for one in ALL_SCOPES if one.endswith(":read"))),
}


class StatusForm(ReasonForm):
    """The statuses that the present one may become."""

    field_order = ("to", "reason")
    to = fields.choice("New status")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        current = Organization.objects.values_list("status", flat=True).get(pk=self.object_id)
        moves = sorted(MACHINE.moves[current])
        self.fields["to"].choices = [("", "Choose…"), *((one, one) for one in moves)]


class TokenForm(ReasonForm):
    """What the token is for and what it may do."""

    field_order = ("comment", "scope_set", "scopes", "expires_on", "reason")
    comment = fields.line("Comment", max_length=200)
    scope_set = fields.choice(
        "May do",
        [(name, title) for name, (title, _) in SCOPE_SETS.items()]
        + [("chosen", "Only the scopes below")],
    )
    scopes = fields.line(
        "Scopes", required=False, help_text="Separated by spaces, as in products:read orders:read."
    )
    expires_on = fields.day(
        "Expires on", required=False, help_text="At the start of this day, UTC. Empty: never."
    )

    def clean(self) -> dict[str, Any]:
        """`scopes` as a list and `expires_at` as a moment."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        chosen = data.get("scope_set", "")
        if chosen in SCOPE_SETS:
            data["scopes"] = list(SCOPE_SETS[chosen][1])
        else:
            data["scopes"] = str(data.get("scopes") or "").split()
            if not data["scopes"]:
                self.add_error("scopes", "Name at least one scope.")
        day = data.get("expires_on")
        data["expires_at"] = datetime.combine(day, time.min, tzinfo=UTC) if day else None
        return data
