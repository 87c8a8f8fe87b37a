"""What finance is asked before money of a merchant is kept back, or kept longer."""

from __future__ import annotations

from datetime import UTC, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError

from apps.core.money import to_minor
from apps.core.staff import fields
from apps.core.staff.verbs import ReasonForm
from apps.payouts.forms.organizations import OrganizationForm
from apps.payouts.models import Reserve
from apps.payouts.operations import HoldTerms, ReserveTerms


class HoldForm(OrganizationForm):
    """How much of a balance is held, and until when."""

    field_order = ("organization", "amount", "until", "reason")
    amount = fields.line("Amount", help_text="In the settlement currency, as 250.00.")
    until = fields.day("Until", required=False, help_text="Empty: until it is released.")

    def clean_amount(self) -> int:
        """Minor units."""
        return _minor(self.cleaned_data["amount"])

    def terms(self) -> HoldTerms:
        """What was asked for."""
        data = self.cleaned_data
        return HoldTerms(amount=data["amount"], release_at=_midnight(data.get("until")))

    def clean(self) -> dict[str, Any]:
        """The terms as one."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors:
            data["terms"] = self.terms()
        return data


class ReserveForm(OrganizationForm):
    """How much is reserved: a share of each sale for some days, or an amount."""

    field_order = ("organization", "kind", "percent", "days", "amount", "until", "reason")
    kind = fields.choice("Kind", Reserve.Kind.choices)
    percent = fields.line(
        "Share of each sale", required=False, help_text="In percent, as 10; for a rolling reserve."
    )
    days = fields.whole("Days", required=False, help_text="For a rolling reserve.")
    amount = fields.line(
        "Amount", required=False, help_text="In the settlement currency; for a fixed reserve."
    )
    until = fields.day(
        "Until", required=False, help_text="For a fixed reserve; empty: until it is released."
    )

    def clean_percent(self) -> int | None:
        """Hundredths of a percent."""
        text = self.cleaned_data["percent"].strip().rstrip("%").strip()
        if not text:
            return None
        try:
            bps = Decimal(text) * 100
        except InvalidOperation as error:
            raise ValidationError("Not a share.") from error
        if bps != bps.to_integral_value():
            raise ValidationError("Two digits after the point at most.")
        return int(bps)

    def clean_amount(self) -> int | None:
        """Minor units."""
        text = self.cleaned_data["amount"].strip()
        return _minor(text) if text else None

    def clean(self) -> dict[str, Any]:
        """The terms as one."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors:
            data["terms"] = ReserveTerms(
                kind=data["kind"],
                bps=data.get("percent"),
                days=data.get("days"),
                amount=data.get("amount"),
                release_at=_midnight(data.get("until")),
            )
        return data


class ReserveEndForm(ReasonForm):
    """Whether what a reserve keeps goes back at once or on its days."""

    field_order = ("keeps_dates", "reason")
    keeps_dates = fields.switch(
        "On its days", help_text="It takes nothing more; what it keeps goes back as it would have."
    )


class UntilForm(ReasonForm):
    """Until when it is kept."""

    field_order = ("until", "reason")
    until = fields.day("Until", help_text="Midnight UTC.")

    def clean_until(self) -> datetime:
        """That midnight."""
        found = _midnight(self.cleaned_data["until"])
        assert found is not None  # noqa: S101  (the field is required)
        return found


def _minor(text: str) -> int:
    try:
        amount = to_minor(text.strip(), settings.SETTLEMENT_CURRENCY)
    except ValueError as error:
        raise ValidationError("Not an amount.") from error
    if amount <= 0:
        raise ValidationError("It must be more than nothing.")
    return amount


def _midnight(day: Any) -> datetime | None:
    return datetime.combine(day, time(), UTC) if day else None
