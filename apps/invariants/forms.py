"""What is asked before checks are run."""

from __future__ import annotations

from typing import Any

from apps.core.staff import fields
from apps.core.staff.verbs import ReasonForm
from apps.invariants.registry import registered_checks


class CheckForm(ReasonForm):
    """Which check, all unless one is chosen; an address may name it (`?check=`)."""

    field_order = ("check", "reason")
    check = fields.choice("Check", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = [(name, check.title) for name, check in registered_checks().items()]
        self.fields["check"].choices = [("", "All checks"), *named]
        self.fields["check"].initial = self.request.GET.get("check", "")
