"""What finance is asked before a balance is adjusted."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError

from apps.core.money import is_presentment_currency, to_minor
from apps.core.staff import fields
from apps.core.staff.verbs import ReasonForm
from apps.customers.forms import CustomerForm
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


class FirstAdjustmentForm(AdjustmentForm, CustomerForm):
    """Whose balance, and in which currency; an address may name the customer (`?customer=`)."""

    field_order = ("customer", "currency", "direction", "amount", "reason")
    currency = fields.line("Currency", min_length=3, max_length=3, help_text="As usd.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["amount"].help_text = "In this currency, as 5.00."

    def clean_currency(self) -> str:
        """A currency that buyers can pay in."""
        currency = str(self.cleaned_data["currency"]).strip().lower()
        if not is_presentment_currency(currency):
            raise ValidationError("Buyers cannot pay in this currency.")
        return currency

    def currency_of(self, data: dict[str, Any]) -> str | None:
        """The one chosen."""
        return data.get("currency")
