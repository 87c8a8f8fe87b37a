"""
Draft orders: what a merchant means to charge a customer who is not there.

A draft has its amounts and its line, and neither an invoice number nor a payment; finalizing it
charges a saved payment method.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from apps.catalog.models import Price, Product
from apps.catalog.selectors import listed_prices, living_products
from apps.core.errors import ValidationFailed
from apps.core.ids import new_id
from apps.core.metadata import validate_metadata
from apps.core.money import maximum_amount, minimum_amount
from apps.core.origin import Origin
from apps.customers.models import Customer
from apps.customers.selectors import living_customers
from apps.orders.errors import AmountTooSmall, OffSessionChargesNotEnabled
from apps.orders.models import Order, OrderItem
from apps.orders.operations.announcing import announce_order
from apps.orders.totals import order_totals
from apps.organizations.models import Organization
from apps.tax.addresses import Address, missing_fields
from apps.tax.behavior import resolve_behavior
from apps.tax.calculators import TaxRequest, TaxResult, ask_for_tax
from apps.tax.errors import TaxCalculationLogicalError

OFF_SESSION_FEATURE: Final = "off_session_charges_enabled"


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftInput:
    """
    What to charge whom for. `amount` is in minor units of `currency` and replaces the price.

    Without a `currency` it is the organization's default; without a `description` the line is
    called as the product.
    """

    customer_id: UUID
    product_id: UUID
    currency: str | None = None
    amount: int | None = None
    units: int | None = None
    description: str | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)
    custom_field_data: Mapping[str, Any] = field(default_factory=dict)


@transaction.atomic
def create_draft_order(*, organization: Organization, data: DraftInput, origin: Origin) -> Order:
    """
    A draft of one line, taxed. Records `order.created`.

    :raises OffSessionChargesNotEnabled: unless the organization has that feature.
    :raises ValidationFailed: for an unknown customer, a product that is unknown, archived or
        billed in periods, a currency without a price, an amount out of bounds, units, or a
        customer whose address does not allow to compute the tax.
    """
    require_off_session_feature(organization)
    customer = _customer(organization, data.customer_id)
    product = _product(organization, data.product_id)
    if data.units is not None:
        raise _wrong("units", "This product is not priced by units.", data.units)
    price = _price(organization, product, data.currency)
    amount = _amount(price, data.amount)
    order_id = new_id()
    tax = _tax(organization, customer, product, price, amount=amount, reference=str(order_id))
    totals = order_totals([amount], tax_amount=tax.tax_amount, tax_behavior=tax.behavior)
    order = Order.objects.create(
        pk=order_id,
        created_at=origin.at,
        organization=organization,
        customer=customer,
        product=product,
        status=Order.Status.DRAFT,
        billing_reason=Order.BillingReason.PURCHASE,
        currency=price.currency,
        subtotal_amount=totals.subtotal_amount,
        net_amount=totals.net_amount,
        tax_amount=totals.tax_amount,
        tax_behavior=tax.behavior,
        tax_breakdown=tax.breakdown,
        billing_name=customer.billing_name or customer.name,
        billing_address=customer.billing_address,
        tax_id=customer.tax_id,
        metadata=validate_metadata(data.metadata),
        custom_field_data=dict(data.custom_field_data),
    )
    OrderItem.objects.create(
        created_at=origin.at,
        order=order,
        label=data.description or product.name,
        amount=totals.subtotal_amount,
        net_amount=totals.net_amount,
        tax_amount=totals.tax_amount,
        price=price,
    )
    announce_order(order, "order.created", origin=origin)
    return order


def require_off_session_feature(organization: Organization) -> None:
    """
    Pass if the organization may charge customers who are not there.

    :raises OffSessionChargesNotEnabled: otherwise.
    """
    if not organization.feature_settings.get(OFF_SESSION_FEATURE):
        raise OffSessionChargesNotEnabled


def _customer(organization: Organization, customer_id: UUID) -> Customer:
    customer = living_customers(organization).filter(pk=customer_id).first()
    if customer is None:
        raise _wrong("customer_id", "There is no such customer.", str(customer_id))
    return customer


def _product(organization: Organization, product_id: UUID) -> Product:
    product = living_products(organization).filter(pk=product_id).first()
    if product is None:
        raise _wrong("product_id", "There is no such product.", str(product_id))
    if product.is_archived:
        raise _wrong("product_id", "The product is archived.", str(product_id))
    if product.is_recurring:
        raise _wrong("product_id", "The product is billed in periods.", str(product_id))
    return product


def _price(organization: Organization, product: Product, currency: str | None) -> Price:
    wanted = (currency or organization.default_presentment_currency).lower()
    for price in listed_prices(product):
        if price.currency != wanted:
            continue
        if price.kind in (Price.Kind.SEAT, Price.Kind.UNIT):
            raise _wrong("product_id", "The product is sold by quantity.", str(product.pk))
        return price
    raise _wrong("currency", f"The product has no price in {wanted}.", currency)


def _amount(price: Price, amount: int | None) -> int:
    if amount is None:
        if price.kind == Price.Kind.FIXED:
            return price.fixed_amount or 0
        preset = price.preset_amount
        return preset if preset is not None else price.minimum_amount or 0
    least, most = minimum_amount(price.currency), maximum_amount(price.currency)
    if amount and amount < least:
        raise AmountTooSmall(amount, least)
    if amount > most:
        raise _wrong("amount", f"The amount must be at most {most}.", amount)
    return amount


def _tax(
    organization: Organization,
    customer: Customer,
    product: Product,
    price: Price,
    *,
    amount: int,
    reference: str,
) -> TaxResult:
    stored = customer.billing_address
    address = Address(**stored) if stored else None
    is_due = product.is_tax_applicable and amount > 0
    missing = missing_fields(address, is_full_address_required=False)
    if is_due and missing:
        raise _untaxable(customer, f"The customer's address lacks: {', '.join(missing)}.")
    country = address.country if address else None
    option = price.tax_behavior or organization.default_tax_behavior
    request = TaxRequest(
        reference=reference,
        amount=amount,
        currency=price.currency,
        behavior=resolve_behavior(option, country),
        is_taxable=is_due,
    )
    try:
        return ask_for_tax(request.of_buyer_at(stored))
    except TaxCalculationLogicalError as error:
        raise _untaxable(customer, error.detail) from error


def _untaxable(customer: Customer, why: str) -> ValidationFailed:
    return _wrong("customer_id", f"The tax cannot be computed. {why}", str(customer.pk))


def _wrong(name: str, message: str, value: Any) -> ValidationFailed:
    return ValidationFailed.at("body", name, msg=message, value=value)
