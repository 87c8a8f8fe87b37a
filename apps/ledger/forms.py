"""What finance is asked before a merchant's fees are changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Q

from apps.core.money import to_major, to_minor
from apps.core.staff import fields
from apps.core.staff.records import as_uuid
from apps.core.staff.verbs import ReasonForm
from apps.ledger import plans
from apps.ledger.selectors import FeeTerms, fee_terms
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


class TermsForm(MerchantForm):
    """
    Which terms become others; what stays empty stays as it is.

    An address that names the organization has the form filled in with its terms.
    """

    field_order = (
        "organization",
        "bps",
        "fixed_amount",
        "subscription_bps",
        "three_d_secure_amount",
        "fraud_warning_amount",
        "has_processor_fees",
        "reason",
    )
    bps = fields.line("Share of a sale", required=False, help_text="In percent, as 3.80.")
    fixed_amount = fields.line(
        "Fixed amount of a sale", required=False, help_text="On top of the share, as 0.40."
    )
    subscription_bps = fields.line(
        "Further share of a subscription", required=False, help_text="In percent, as 0.50."
    )
    three_d_secure_amount = fields.line(
        "For a 3-D Secure authentication",
        required=False,
        help_text="What the merchant pays when a buyer had to prove who they are to their bank.",
    )
    fraud_warning_amount = fields.line(
        "For a warning of fraud",
        required=False,
        help_text="What the merchant pays when a card network warns that a payment to them may"
        " be fraud, whether or not a dispute follows. 0.00: nothing.",
    )
    has_processor_fees = fields.choice(
        "The processor's surcharges",
        [("", "As it is"), ("yes", "Passed on"), ("no", "Not passed on")],
        required=False,
        help_text="Foreign cards, 3-D Secure, warnings of fraud: only then are the above asked.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        slug = self.request.GET.get("organization", "")
        found = Organization.objects.filter(slug=slug).first() if slug else None
        if found is not None:
            self._fill(fee_terms(found.pk))

    def clean_bps(self) -> int | None:
        """Hundredths of a percent."""
        return self._share("bps")

    def clean_subscription_bps(self) -> int | None:
        """Hundredths of a percent."""
        return self._share("subscription_bps")

    def clean_fixed_amount(self) -> int | None:
        """Minor units of the settlement currency, as all amounts here."""
        return self._amount("fixed_amount")

    def clean_three_d_secure_amount(self) -> int | None:
        """Minor units."""
        return self._amount("three_d_secure_amount")

    def clean_fraud_warning_amount(self) -> int | None:
        """Minor units."""
        return self._amount("fraud_warning_amount")

    def clean(self) -> dict[str, Any]:
        """`terms`: those of the organization, with what was filled in."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        organization = data.get("organization")
        if organization is not None and not self.errors:
            data["terms"] = self._terms(fee_terms(organization.pk), data)
        return data

    def _terms(self, before: FeeTerms, data: dict[str, Any]) -> FeeTerms:
        names = (name for name in self.field_order if name.endswith(("bps", "amount")))
        given = {name: data[name] for name in names if data[name] is not None}
        rates = replace(before.rates, **given)
        said = data["has_processor_fees"]
        return FeeTerms(
            before.name if rates == before.rates else "custom",
            rates,
            before.has_processor_fees if not said else said == "yes",
        )

    def _fill(self, terms: FeeTerms) -> None:
        currency = settings.SETTLEMENT_CURRENCY
        for name in self.field_order:
            if name.endswith("bps"):
                self.fields[name].initial = f"{Decimal(getattr(terms.rates, name)) / 100:.2f}"
            elif name.endswith("amount"):
                self.fields[name].initial = str(to_major(getattr(terms.rates, name), currency))
        self.fields["has_processor_fees"].initial = "yes" if terms.has_processor_fees else "no"

    def _share(self, name: str) -> int | None:
        said = self.cleaned_data[name].strip().removesuffix("%").strip()
        if not said:
            return None
        try:
            bps = Decimal(said) * 100
        except InvalidOperation as error:
            raise ValidationError("Not a percentage.") from error
        if not bps.is_finite() or bps != bps.to_integral_value() or not 0 <= bps <= 10_000:
            raise ValidationError("From 0 to 100 percent, with two decimals at most.")
        return int(bps)

    def _amount(self, name: str) -> int | None:
        said = self.cleaned_data[name].strip()
        if not said:
            return None
        try:
            amount = to_minor(said, settings.SETTLEMENT_CURRENCY)
        except ValueError as error:
            raise ValidationError("Not an amount.") from error
        if not 0 <= amount <= 1_000_000:
            raise ValidationError("From 0.00 to 10000.00.")
        return amount
