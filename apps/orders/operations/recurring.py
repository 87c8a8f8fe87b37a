"""
Orders of subscriptions: what a period, a change or an end has to be paid for.

An order is written with everything that follows from its lines: discount, tax, the customer's
balance, its invoice number. It is never charged here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from apps.catalog.models import Price, Product
from apps.core.ids import new_id
from apps.core.money import minimum_amount
from apps.core.origin import Origin
from apps.core.rows import insert_row, insert_rows
from apps.customers.models import Customer
from apps.discounts.models import Discount
from apps.discounts.selectors import terms_of
from apps.orders.models import Order, OrderItem
from apps.orders.operations.announcing import announce_order
from apps.orders.operations.numbering import next_invoice_number
from apps.orders.totals import OrderTotals, order_totals, shared_tax
from apps.organizations.models import Organization
from apps.tax.behavior import resolve_behavior, split
from apps.tax.calculators import (
    NoneCalculator,
    TaxRequest,
    TaxResult,
    ask_for_tax,
)
from apps.tax.errors import TaxCalculationLogicalError
from apps.wallets.operations import Applied, apply_to_order, carry_over


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line to be billed: a credit is below zero, and a proration has its discount in it."""

    label: str
    amount: int
    price: Price | None = None
    is_proration: bool = False
    start_at: datetime | None = None
    end_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionOrder:
    """
    What a subscription has to be billed for, in minor units of `currency`.

    `period` is the period it bills as a whole, where it bills one: there is one such order.
    `discount` is taken off what is not a proration. Without `tax_behavior` the price and the
    customer's country decide. With `is_draft` the order is kept back (no number, no event) until
    it is charged or given up. With `leaves_balance` it neither uses credit nor collects a debt.
    """

    organization: Organization
    customer: Customer
    product: Product
    subscription_id: UUID
    billing_reason: str
    currency: str
    lines: Sequence[Line]
    seats: int | None = None
    units: int | None = None
    discount: Discount | None = None
    period: tuple[datetime, datetime] | None = None
    tax_behavior: str | None = None
    is_tax_exempted: bool = False
    checkout_id: UUID | None = None
    is_draft: bool = False
    leaves_balance: bool = False
    metadata: dict[str, Any] = field(default_factory=dict)
    custom_field_data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class PricedOrder:
    """The sums of an order before the customer's balance, and its tax."""

    totals: OrderTotals
    tax: TaxResult


@transaction.atomic
def create_subscription_order(*, draft: SubscriptionOrder, origin: Origin) -> Order:
    """
    The order of a draft: pending, or paid at once where nothing is due.

    What is due but less than the processor charges is left as a debt on the customer's balance.
    Records `order.created`, then `order.paid` if it is. For a period that has its order already
    that one is returned, and nothing moves.

    Where the customer's data allow no tax to be computed there is none.

    :raises TaxCalculationTechnicalError: if no tax provider answers; nothing is written then.
    """
    if draft.period is not None:
        existing = order_of_period(draft.subscription_id, draft.period[0])
        if existing is not None:
            return existing
    return write_subscription_order(draft, origin)


def write_subscription_order(draft: SubscriptionOrder, origin: Origin) -> Order:
    """
    As `create_subscription_order`, for a caller who knows that the period has no order yet.

    :raises IntegrityError: if it has one: the database keeps to one per period.
    """
    order_id = new_id()
    priced = price_subscription_order(draft, reference=str(order_id))
    balance: dict[str, Any] = {
        "customer_id": draft.customer.pk,
        "organization_id": draft.organization.pk,
        "currency": draft.currency,
        "order_id": order_id,
        "origin": origin,
    }
    total_amount = priced.totals.total_amount
    if draft.leaves_balance:
        applied = Applied(0, max(0, total_amount))
    else:
        applied = apply_to_order(total_amount=total_amount, **balance)
    is_small = 0 < applied.due_amount < minimum_amount(draft.currency)
    if is_small and not draft.is_draft:
        carry_over(amount=applied.due_amount, **balance)
    order = _written(
        draft,
        order_id,
        priced,
        applied_balance_amount=applied.applied_balance_amount,
        is_settled=is_small or not applied.due_amount,
        origin=origin,
    )
    if not draft.is_draft:
        announce_created(order, origin)
    return order


def price_subscription_order(draft: SubscriptionOrder, *, reference: str) -> PricedOrder:
    """
    What the lines of a draft come to, discounted and taxed; the balance is not looked at.

    Writes nothing, so it serves previews too.
    """
    discount_amount = _discount_amount(draft)
    amounts = [line.amount for line in draft.lines]
    tax = _tax(draft, sum(amounts) - discount_amount, reference)
    totals = order_totals(
        amounts,
        discount_amount=discount_amount,
        tax_amount=tax.tax_amount,
        tax_behavior=tax.behavior,
    )
    return PricedOrder(totals=totals, tax=tax)


def order_of_period(subscription_id: UUID, start_at: datetime) -> Order | None:
    """The order that bills the period which began at `start_at` as a whole, if there is one."""
    orders = Order.objects.filter(subscription_id=subscription_id, period_start_at=start_at)
    return orders.first()


def announce_created(order: Order, origin: Origin) -> None:
    """Tell of a new subscription order, and that it is paid if nothing was due."""
    facts: dict[str, Any] = {
        "subscription_id": str(order.subscription_id),
        "billing_reason": order.billing_reason,
        "due_amount": order.due_amount if order.status == Order.Status.PENDING else 0,
    }
    announce_order(order, "order.created", origin=origin, **facts)
    if order.is_paid:
        announce_order(order, "order.paid", origin=origin, **facts)


def _discount_amount(draft: SubscriptionOrder) -> int:
    base = sum(line.amount for line in draft.lines if not line.is_proration)
    if draft.discount is None or base <= 0:
        return 0
    return terms_of(draft.discount).amount_off(base, draft.currency)


def _discounted(draft: SubscriptionOrder, discount_amount: int) -> list[int]:
    """The amounts of the lines with the discount taken off where it applies, to the unit."""
    shares = iter(
        shared_tax([line.amount for line in draft.lines if not line.is_proration], discount_amount)
    )
    return [
        line.amount if line.is_proration else line.amount - next(shares) for line in draft.lines
    ]


def _tax(draft: SubscriptionOrder, taxable_amount: int, reference: str) -> TaxResult:
    address = draft.customer.billing_address
    country = address["country"] if address else None
    price = next((line.price for line in draft.lines if line.price is not None), None)
    option = (price.tax_behavior if price else None) or draft.organization.default_tax_behavior
    is_due = draft.product.is_tax_applicable and not draft.is_tax_exempted and bool(address)
    request = TaxRequest(
        reference=reference,
        amount=taxable_amount,
        currency=draft.currency,
        behavior=resolve_behavior(draft.tax_behavior or option, country),
        is_taxable=is_due and taxable_amount != 0,
    ).of_buyer_at(address)
    try:
        return ask_for_tax(request)
    except TaxCalculationLogicalError:
        # What the customer's address leaves open holds up no renewal: it is billed without tax.
        return NoneCalculator().calculate(request)


def _written(
    draft: SubscriptionOrder,
    order_id: UUID,
    priced: PricedOrder,
    *,
    applied_balance_amount: int,
    is_settled: bool,
    origin: Origin,
) -> Order:
    totals, tax = priced.totals, priced.tax
    status = Order.Status.PAID if is_settled else Order.Status.PENDING
    if draft.is_draft:
        status = Order.Status.DRAFT
    start_at, end_at = draft.period or (None, None)
    customer = draft.customer
    number = None
    if not draft.is_draft:
        number = next_invoice_number(organization=draft.organization, customer=customer)
    order = Order(
        pk=order_id,
        created_at=origin.at,
        organization=draft.organization,
        customer=customer,
        product=draft.product,
        checkout_id=draft.checkout_id,
        subscription_id=draft.subscription_id,
        period_start_at=start_at,
        period_end_at=end_at,
        discount=draft.discount,
        status=status,
        paid_at=origin.at if status == Order.Status.PAID else None,
        billing_reason=draft.billing_reason,
        seats=draft.seats,
        units=draft.units,
        currency=draft.currency,
        subtotal_amount=totals.subtotal_amount,
        discount_amount=totals.discount_amount,
        net_amount=totals.net_amount,
        tax_amount=totals.tax_amount,
        tax_behavior=tax.behavior,
        tax_breakdown=tax.breakdown,
        applied_balance_amount=applied_balance_amount,
        billing_name=customer.billing_name or customer.name,
        billing_address=customer.billing_address,
        tax_id=customer.tax_id,
        invoice_number=number,
        metadata=draft.metadata,
        custom_field_data=draft.custom_field_data,
    )
    insert_row(order)
    # Known to `listed_items`, so that nobody reads them again.
    order.listed_items = _write_items(order, draft, origin)  # type: ignore[attr-defined]
    return order


def _write_items(order: Order, draft: SubscriptionOrder, origin: Origin) -> list[OrderItem]:
    amounts = _discounted(draft, order.discount_amount)
    taxes = shared_tax(amounts, order.tax_amount)
    return insert_rows(
        OrderItem(
            created_at=origin.at,
            order=order,
            position=position,
            label=line.label,
            amount=line.amount,
            net_amount=split(amount, tax, order.tax_behavior).net_amount,
            tax_amount=tax,
            is_proration=line.is_proration,
            price=line.price,
            period_start_at=line.start_at,
            period_end_at=line.end_at,
        )
        for position, (line, amount, tax) in enumerate(
            zip(draft.lines, amounts, taxes, strict=True)
        )
    )
