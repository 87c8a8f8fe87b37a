"""What finance is asked before money goes back."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q

from apps.core.money import to_minor
from apps.core.staff import fields
from apps.core.staff.records import as_uuid
from apps.core.staff.verbs import ReasonForm
from apps.orders.models import Order
from apps.payments.models import Payment, Refund

# What only the system itself may say.
WHYS = [(value, label) for value, label in Refund.Reason.choices if value != "dispute_prevention"]


class RefundForm(ReasonForm):
    """Which order, how much and why; an address may name the order (`?order=`)."""

    field_order = ("order", "amount", "why", "revoke_benefits", "reason")
    order = fields.line("Order", help_text="Its invoice number or id.")
    amount = fields.line(
        "Amount without tax", required=False, help_text="As 5.00. Empty: all that is left."
    )
    why = fields.choice("What the merchant is told", WHYS, initial="customer_request")
    revoke_benefits = fields.switch("Revoke the benefits of the purchase")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["order"].initial = self.request.GET.get("order", "")

    def clean_order(self) -> Order:
        """The order meant."""
        term = self.cleaned_data["order"].strip()
        key = as_uuid(term)
        rows = Order.objects.select_related("organization")
        found = rows.filter(Q(pk=key) if key else Q(invoice_number__iexact=term)).first()
        if found is None:
            raise ValidationError("There is no such order.")
        return found

    def clean(self) -> dict[str, Any]:
        """The amount in minor units of the order's currency, None for all that is left."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        written, order = data.get("amount", "").strip(), data.get("order")
        data["amount"] = None
        if written and order is not None:
            try:
                data["amount"] = to_minor(written, order.currency)
            except ValueError:
                self.add_error("amount", "Not an amount.")
            else:
                if data["amount"] <= 0:
                    self.add_error("amount", "It must be more than nothing.")
        return data


class ReturnForm(ReasonForm):
    """Which payment; an address may name it (`?payment=`)."""

    field_order = ("payment", "reason")
    payment = fields.line("Payment", help_text="Its ch_… or id.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["payment"].initial = self.request.GET.get("payment", "")

    def clean_payment(self) -> Payment:
        """The payment meant."""
        term = self.cleaned_data["payment"].strip()
        key = as_uuid(term)
        rows = Payment.objects.select_related("organization")
        found = rows.filter(Q(pk=key) if key else Q(processor_id=term)).first()
        if found is None:
            raise ValidationError("There is no such payment.")
        return found


class ImportForm(ReasonForm):
    """Which refund of the processor; an address may name it (`?refund=`)."""

    field_order = ("processor_id", "reason")
    processor_id = fields.line("Refund", help_text="Its re_… at Stripe.", max_length=64)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["processor_id"].initial = self.request.GET.get("refund", "")
