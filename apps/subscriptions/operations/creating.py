"""Subscriptions that begin."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from apps.catalog.models import Price, Product
from apps.catalog.selectors import listed_prices, living_products, terms_of
from apps.core.errors import ValidationFailed
from apps.core.metadata import validate_metadata
from apps.core.origin import Origin
from apps.customers.models import Customer
from apps.customers.operations import update_customer
from apps.customers.selectors import customer_by_external_id, living_customers
from apps.discounts.models import Discount
from apps.organizations.models import Organization
from apps.payments.models import PaymentMethod
from apps.subscriptions.errors import AlreadyActiveSubscriptionError
from apps.subscriptions.models import Subscription
from apps.subscriptions.operations.announcing import announce
from apps.subscriptions.operations.pricing import amount_values, lines_for, write_lines
from apps.subscriptions.periods import Period, anchor_of, first_period
from apps.subscriptions.pricing import is_free_of_charge
from apps.subscriptions.selectors import billable_subscriptions_of


@dataclass(frozen=True, slots=True, kw_only=True)
class FreeSubscription:
    """What a merchant's API asks for: one of the two ids names the customer."""

    product_id: UUID
    customer_id: UUID | None = None
    external_customer_id: str | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)


@transaction.atomic
def create_subscription(
    *,
    organization: Organization,
    customer: Customer,
    product: Product,
    prices: Sequence[Price],
    currency: str,
    discount: Discount | None = None,
    seats: int | None = None,
    units: int | None = None,
    chosen_amount: int | None = None,
    trial_end_at: datetime | None = None,
    payment_method: PaymentMethod | None = None,
    checkout_id: UUID | None = None,
    tax_behavior: str | None = None,
    metadata: Mapping[str, Any] | None = None,
    custom_field_data: Mapping[str, Any] | None = None,
    origin: Origin,
) -> Subscription:
    """
    A subscription that begins now, on trial up to `trial_end_at` or active with its first period.

    `prices` are those of one currency; the subscriber keeps them whatever becomes of the catalog.
    `chosen_amount` is the buyer's where a price leaves it open; quantities left open are the
    smallest. Makes no order: whoever was paid does. A price per seat makes the customer a team.
    Asked again for the same checkout it returns the subscription that is there. Records
    `subscription.created`.

    :raises InvalidQuantityError: for a number of seats or units without a price.
    """
    if checkout_id is not None:
        existing = Subscription.objects.filter(checkout_id=checkout_id).first()
        if existing is not None:
            return existing
    rows, chosen = lines_for(prices, seats=seats, units=units, chosen_amount=chosen_amount)
    period = opening_period(product, trial_end_at, origin)
    is_trial = trial_end_at is not None
    subscription = Subscription(
        created_at=origin.at,
        organization=organization,
        customer=customer,
        product=product,
        discount=discount,
        payment_method=payment_method,
        checkout_id=checkout_id,
        status=Subscription.Status.TRIALING if is_trial else Subscription.Status.ACTIVE,
        currency=currency,
        amount=0,
        net_amount=0,
        recurring_interval=product.recurring_interval or "",
        recurring_interval_count=product.recurring_interval_count or 1,
        anchor_day=anchor_of(origin.at),
        current_period_start_at=period.start_at,
        current_period_end_at=period.end_at,
        trial_start_at=origin.at if is_trial else None,
        trial_end_at=trial_end_at,
        started_at=origin.at,
        discount_applied_at=period.start_at if discount and not is_trial else None,
        seats=chosen.seats,
        units=chosen.units,
        tax_behavior=tax_behavior,
        metadata=dict(metadata or {}),
        custom_field_data=dict(custom_field_data or {}),
    )
    for name, value in amount_values(subscription, [row.amount for row in rows], discount).items():
        setattr(subscription, name, value)
    subscription.save(force_insert=True)
    write_lines(subscription, rows)
    make_team_for_seats(customer, prices, origin)
    announce(subscription, "subscription.created", origin=origin)
    return subscription


@transaction.atomic
def create_free_subscription(
    *, organization: Organization, data: FreeSubscription, origin: Origin
) -> Subscription:
    """
    A subscription that costs nothing, without a checkout and without an order.

    Every price of the product in the organization's currency must be free, not only the first.
    Each call makes one more.

    :raises ValidationFailed: for a product that is unknown, archived, sold once or not free, an
        unknown customer, or wrong metadata.
    """
    product = living_products(organization).filter(pk=data.product_id).first()
    if product is None or product.is_archived:
        raise _wrong("product_id", "There is no such product.", data.product_id)
    if not product.is_recurring:
        raise _wrong("product_id", "The product is not a recurring one.", data.product_id)
    currency = organization.default_presentment_currency
    prices = [price for price in listed_prices(product) if price.currency == currency]
    if not prices or not is_free_of_charge(terms_of(price) for price in prices):
        raise _wrong(
            "product_id",
            "The product is not free: use a checkout for it.",
            data.product_id,
        )
    return create_subscription(
        organization=organization,
        customer=_customer(organization, data),
        product=product,
        prices=prices,
        currency=currency,
        metadata=validate_metadata(data.metadata),
        origin=origin,
    )


def require_no_other_subscription(
    *,
    organization: Organization,
    customer_id: UUID | None = None,
    email: str | None = None,
    upgraded_id: UUID | None = None,
) -> None:
    """
    Pass if the customer may begin another subscription: most organizations allow one at a time.

    `upgraded_id` is one that the new purchase takes the place of.

    :raises AlreadyActiveSubscriptionError: if there is a billable one, by id or by e-mail.
    """
    if organization.subscription_settings.get("allow_multiple_subscriptions"):
        return
    others = billable_subscriptions_of(organization, customer_id=customer_id, email=email)
    if upgraded_id is not None:
        others = others.exclude(pk=upgraded_id)
    if others.exists():
        raise AlreadyActiveSubscriptionError


def make_team_for_seats(customer: Customer, prices: Sequence[Price], origin: Origin) -> None:
    """A customer who has seats to give away is a team, and stays one."""
    has_seats = any(price.kind == Price.Kind.SEAT for price in prices)
    if has_seats and customer.type != Customer.Type.TEAM:
        update_customer(
            customer_id=customer.pk, changes={"type": Customer.Type.TEAM.value}, origin=origin
        )
        customer.type = Customer.Type.TEAM


def opening_period(product: Product, trial_end_at: datetime | None, origin: Origin) -> Period:
    """The period up to the end of the trial, or else the first one that is billed."""
    if trial_end_at is not None:
        return Period(origin.at, trial_end_at)
    return first_period(
        origin.at,
        interval=product.recurring_interval or "",
        count=product.recurring_interval_count or 1,
    )


def _customer(organization: Organization, data: FreeSubscription) -> Customer:
    if data.customer_id is not None:
        found = living_customers(organization).filter(pk=data.customer_id).first()
        if found is None:
            raise _wrong("customer_id", "There is no such customer.", data.customer_id)
        return found
    external_id = data.external_customer_id or ""
    found = customer_by_external_id(organization, external_id)
    if found is None:
        raise _wrong("external_customer_id", "There is no such customer.", external_id)
    return found


def _wrong(name: str, message: str, value: UUID | str) -> ValidationFailed:
    return ValidationFailed.at("body", name, msg=message, value=str(value))
