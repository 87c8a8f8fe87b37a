"""How far a test clock is moved."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms

from apps.core.staff import fields
from apps.ledger.forms import MerchantForm


class AdvanceForm(MerchantForm):
    """Whose clock, and how many days and hours ahead."""

    field_order = ("organization", "days", "hours", "reason")
    days = fields.whole("Days", min_value=0, max_value=3660, initial=30)
    hours = fields.whole("Hours", min_value=0, max_value=23, initial=0)

    def clean(self) -> dict[str, Any]:
        """`span` as a length of time."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        span = timedelta(days=data.get("days") or 0, hours=data.get("hours") or 0)
        if not span:
            raise forms.ValidationError("Say how far the clock is to be moved.")
        data["span"] = span
        return data
