"""Orders of credit: what a customer pays to fill a wallet."""

from __future__ import annotations

from django.db import transaction

from apps.core.errors import ValidationFailed
from apps.core.ids import new_id
from apps.core.origin import Origin
from apps.customers.models import Customer
from apps.orders.models import Order, OrderItem
from apps.orders.operations.announcing import announce_order
from apps.orders.totals import order_totals
from apps.tax.behavior import TaxBehavior
from apps.tax.calculators import TaxRequest, TaxResult, ask_for_tax
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
        tax_breakdown=tax.breakdown,
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
    request = TaxRequest(
        reference=reference,
        amount=amount,
        currency=currency,
        behavior=TaxBehavior.EXCLUSIVE,
        is_taxable=customer.billing_address is not None,
    )
    try:
        return ask_for_tax(request.of_buyer_at(customer.billing_address))
    except TaxCalculationLogicalError as error:
        raise ValidationFailed.at(
            "body", "amount", msg=f"The tax cannot be computed. {error.detail}", value=amount
        ) from error
