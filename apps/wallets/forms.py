"""What finance is asked before a balance is adjusted."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q

from apps.core.money import is_presentment_currency, to_minor
from apps.core.staff import fields
from apps.core.staff.records import as_uuid
from apps.core.staff.verbs import ReasonForm
from apps.customers.models import Customer
from apps.wallets.models import Wallet

_GIVE, _TAKE = "give", "take"


class AdjustmentForm(ReasonForm):
    """How much, of a wallet that is there; `amount` becomes minor units, negative if taken."""

    field_order: tuple[str, ...] = ("direction", "amount", "reason")
    direction = fields.choice(
        "What", [(_GIVE, "Give credit"), (_TAKE, "Take credit away, or note a debt")]
    )
    amount = fields.line("Amount", help_text="In the currency of the wallet, as 5.00.")

    def currency_of(self, data: dict[str, Any]) -> str | None:
        """The currency meant; None if that is not known."""
        return Wallet.objects.filter(pk=self.object_id).values_list("currency", flat=True).first()

    def clean(self) -> dict[str, Any]:
        """The signed amount."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        currency = self.currency_of(data)
        if currency is None or "amount" not in data:
            return data
        try:
            amount = to_minor(data["amount"].strip(), currency)
        except ValueError:
            self.add_error("amount", "Not an amount.")
            return data
        if amount <= 0:
            self.add_error("amount", "Say above whether it is given or taken.")
        data["amount"] = amount if data.get("direction") == _GIVE else -amount
        return data


class FirstAdjustmentForm(AdjustmentForm):
    """Whose balance, and in which currency; an address may name the customer (`?customer=`)."""

    field_order = ("customer", "currency", "direction", "amount", "reason")
    customer = fields.line("Customer", help_text="Id, or an e-mail that one customer has.")
    currency = fields.line("Currency", min_length=3, max_length=3, help_text="As usd.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["customer"].initial = self.request.GET.get("customer", "")
        self.fields["amount"].help_text = "In this currency, as 5.00."

    def clean_customer(self) -> Customer:
        """The customer meant."""
        term = self.cleaned_data["customer"].strip()
        key = as_uuid(term)
        wanted = Q(pk=key) if key else Q(email__iexact=term, deleted_at=None)
        found = list(Customer.objects.select_related("organization").filter(wanted)[:2])
        if len(found) != 1:
            raise ValidationError(
                "Several merchants have a customer with this address: give the id."
                if found
                else "There is no such customer."
            )
        return found[0]

    def clean_currency(self) -> str:
        """A currency that buyers can pay in."""
        currency = str(self.cleaned_data["currency"]).strip().lower()
        if not is_presentment_currency(currency):
            raise ValidationError("Buyers cannot pay in this currency.")
        return currency

    def currency_of(self, data: dict[str, Any]) -> str | None:
        """The one chosen."""
        return data.get("currency")
