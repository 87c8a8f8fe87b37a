"""What finance is asked before a merchant's fees are changed."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Q

from apps.core.money import to_minor
from apps.core.staff import fields
from apps.core.staff.records import as_uuid
from apps.core.staff.verbs import ReasonForm
from apps.ledger import plans
from apps.organizations.models import Organization


class MerchantForm(ReasonForm):
    """Which organization; an address may name it (`?organization=`)."""

    organization = fields.line("Organization", help_text="Its slug or id.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organization"].initial = self.request.GET.get("organization", "")

    def clean_organization(self) -> Organization:
        """The organization meant."""
        term = self.cleaned_data["organization"].strip()
        key = as_uuid(term)
        found = Organization.objects.filter(Q(pk=key) if key else Q(slug=term)).first()
        if found is None:
            raise ValidationError("There is no such organization.")
        return found


class CreditForm(MerchantForm):
    """How much, what for, until when."""

    field_order = ("organization", "title", "amount", "expires_on", "reason")
    title = fields.line("Title", max_length=200, help_text="The merchant sees it.")
    amount = fields.line(
        "Amount", help_text=f"In {settings.SETTLEMENT_CURRENCY.upper()}, as 50.00."
    )
    expires_on = fields.day("Expires on", required=False, help_text="Empty: never.")

    def clean_amount(self) -> int:
        """Minor units of the settlement currency."""
        try:
            return to_minor(self.cleaned_data["amount"].strip(), settings.SETTLEMENT_CURRENCY)
        except ValueError as error:
            raise ValidationError("Not an amount.") from error

    def clean(self) -> dict[str, Any]:
        """`expires_at` as a moment."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        day = data.get("expires_on")
        data["expires_at"] = datetime.combine(day, time.min, tzinfo=UTC) if day else None
        return data


class PlanForm(MerchantForm):
    """Which published plan."""

    field_order = ("organization", "plan", "has_processor_fees", "reason")
    plan = fields.choice("Plan", [(name, name) for name in plans.PLANS])
    has_processor_fees = fields.switch("Pass the processor's surcharges on", initial=True)
