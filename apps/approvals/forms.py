"""What admins are asked about limits."""

from __future__ import annotations

from typing import Any

from apps.approvals.models import Limit
from apps.core.money import to_minor
from apps.core.staff import fields
from apps.core.staff.verbs import ReasonForm


class LimitForm(ReasonForm):
    """Which role, which currency, how much."""

    field_order = ("role", "currency", "amount", "approval_amount", "reason")
    role = fields.choice("Role", Limit.Role.choices)
    currency = fields.line("Currency", max_length=3, help_text="As usd.")
    amount = fields.line("Alone, up to", help_text="As 100.00.")
    approval_amount = fields.line(
        "As the second person, up to", required=False, help_text="Empty: any amount."
    )

    def clean_currency(self) -> str:
        """Lower case."""
        return str(self.cleaned_data["currency"]).strip().lower()

    def clean(self) -> dict[str, Any]:
        """Both amounts in minor units."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        for name in ("amount", "approval_amount"):
            written, data[name] = str(data.get(name) or "").strip(), None
            if not written:
                continue
            try:
                data[name] = to_minor(written, data.get("currency", ""))
            except (KeyError, ValueError):
                self.add_error(name, "Not an amount in this currency.")
        return data
