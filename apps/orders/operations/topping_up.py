"""Orders of credit: what a customer pays to fill a wallet."""

from __future__ import annotations

from dataclasses import asdict

from django.conf import settings
from django.db import transaction

from apps.core.errors import ValidationFailed
from apps.core.ids import new_id
from apps.core.origin import Origin
from apps.customers.models import Customer
from apps.orders.models import Order, OrderItem
from apps.orders.operations.announcing import announce_order
from apps.orders.totals import order_totals
from apps.tax.addresses import Address
from apps.tax.behavior import TaxBehavior
from apps.tax.calculators import TaxRequest, TaxResult, calculate_tax, configured_calculators
from apps.tax.errors import TaxCalculationLogicalError

LABEL = "Wallet top-up"


@transaction.atomic
def create_top_up_order(*, customer: Customer, amount: int, currency: str, origin: Origin) -> Order:
    """
    The draft of an order of credit worth `amount` minor units; its tax comes on top.

    A customer without an address is not taxed. Records `order.created`.

    :raises ValidationFailed: if the address does not allow to compute the tax.
    :raises TaxCalculationTechnicalError: if no tax provider answers.
    """
    order_id = new_id()
    tax = _tax(customer, amount=amount, currency=currency, reference=str(order_id))
    totals = order_totals([amount], tax_amount=tax.tax_amount, tax_behavior=tax.behavior)
    order = Order.objects.create(
        pk=order_id,
        created_at=origin.at,
        organization=customer.organization,
        customer=customer,
        status=Order.Status.DRAFT,
        billing_reason=Order.BillingReason.PURCHASE,
        currency=currency,
        subtotal_amount=totals.subtotal_amount,
        net_amount=totals.net_amount,
        tax_amount=totals.tax_amount,
        tax_behavior=tax.behavior,
        tax_breakdown=[
            {**asdict(line), "rate": str(line.rate), "reason": line.reason.value}
            for line in tax.lines
        ],
        billing_name=customer.billing_name or customer.name,
        billing_address=customer.billing_address,
        tax_id=customer.tax_id,
    )
    OrderItem.objects.create(
        created_at=origin.at,
        order=order,
        label=LABEL,
        amount=totals.subtotal_amount,
        net_amount=totals.net_amount,
        tax_amount=totals.tax_amount,
    )
    announce_order(order, "order.created", origin=origin)
    return order


def _tax(customer: Customer, *, amount: int, currency: str, reference: str) -> TaxResult:
    stored = customer.billing_address
    address = Address(**stored) if stored else None
    request = TaxRequest(
        reference=reference,
        amount=amount,
        currency=currency,
        behavior=TaxBehavior.EXCLUSIVE,
        country=address.country if address else None,
        state=address.state if address else None,
        postal_code=address.postal_code if address else None,
        line1=address.line1 if address else None,
        city=address.city if address else None,
        is_taxable=address is not None,
    )
    try:
        return calculate_tax(
            request, calculators=configured_calculators(), is_sandbox=settings.SANDBOX
        )
    except TaxCalculationLogicalError as error:
        raise ValidationFailed.at(
            "body", "amount", msg=f"The tax cannot be computed. {error.detail}", value=amount
        ) from error
