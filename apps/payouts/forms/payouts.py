"""What finance is asked before something happens to a payout or its account."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError

from apps.core.money import format_amount, to_major, to_minor
from apps.core.staff import fields
from apps.core.staff.records import as_uuid
from apps.core.staff.verbs import ReasonForm
from apps.payouts.forms.organizations import OrganizationForm
from apps.payouts.models import Payout, PayoutAccount, PayoutProfile
from apps.payouts.selectors import left_to_pay


class ScheduleForm(OrganizationForm):
    """When an organization is paid out by itself."""

    field_order = ("organization", "schedule", "reason")
    schedule = fields.choice("Schedule", PayoutProfile.Schedule.choices)


class LinkForm(OrganizationForm):
    """To which account an organization is paid out."""

    field_order = ("organization", "account", "reason")
    account = fields.line(
        "Payout account", required=False, help_text="Id or acct_…; empty for none."
    )

    def clean_account(self) -> PayoutAccount | None:
        """The living account meant; None if it was left empty."""
        term = self.cleaned_data["account"].strip()
        if not term:
            return None
        key = as_uuid(term)
        rows = PayoutAccount.objects.filter(deleted_at=None)
        found = (rows.filter(pk=key) if key else rows.filter(processor_id=term)).first()
        if found is None:
            raise ValidationError("There is no such payout account.")
        return found


class AccountForm(ReasonForm):
    """A new payout account."""

    field_order = ("type", "name", "email", "country", "currency", "reason")
    type = fields.choice("Kind", PayoutAccount.Type.choices)
    name = fields.line("Name", max_length=200)
    email = fields.email("E-mail", required=False)
    country = fields.line("Country", min_length=2, max_length=2, help_text="As US.")
    currency = fields.line("Currency", min_length=3, max_length=3, help_text="As usd.")


class RetryForm(ReasonForm):
    """How much of a payout is tried again: all that is left, unless less is asked for."""

    field_order = ("amount", "reason")
    amount = fields.line("Amount", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        payout = self._payout()
        if payout is None:
            return
        left = left_to_pay(payout)
        if left:
            currency = payout.account_currency
            self.fields["amount"].initial = str(to_major(left, currency))
            self.fields["amount"].help_text = f"{format_amount(left, currency)} is left."
        else:
            self.fields["amount"].help_text = "Leave empty: it is transferred again as a whole."

    def clean_amount(self) -> int | None:
        """Minor units of the account's currency; None for all that is left."""
        text = self.cleaned_data["amount"].strip()
        payout = self._payout()
        if not text or payout is None:
            return None
        try:
            amount = to_minor(text, payout.account_currency)
        except ValueError as error:
            raise ValidationError("Not an amount.") from error
        if amount <= 0:
            raise ValidationError("It must be more than nothing.")
        return amount

    def _payout(self) -> Payout | None:
        return Payout.objects.filter(pk=self.object_id).first() if self.object_id else None


class PaidForm(ReasonForm):
    """The bank's reference of a payout that somebody has made."""

    field_order = ("reference", "reason")
    reference = fields.line("Reference", max_length=200, help_text="As on the bank statement.")


class BillingForm(OrganizationForm):
    """Who an organization's reverse invoices are from."""

    field_order = ("organization", "name", "line1", "postal_code", "city", "country", "reason")
    name = fields.line("Name", max_length=200)
    line1 = fields.line("Street", max_length=200)
    postal_code = fields.line("Postal code", max_length=20, required=False)
    city = fields.line("City", max_length=100)
    country = fields.line("Country", min_length=2, max_length=2, help_text="As US.")

    def clean(self) -> dict[str, Any]:
        """The address as one."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        names = ("line1", "postal_code", "city", "country")
        data["address"] = {name: data[name] for name in names if data.get(name)}
        return data


class InvoiceForm(ReasonForm):
    """Under which number a payout is invoiced."""

    field_order = ("invoice_number", "reason")
    invoice_number = fields.line(
        "Number", required=False, max_length=64, help_text="Empty for the one it has."
    )
