"""Subscriptions as the API shows them: plain dicts, the shape of every version."""

from __future__ import annotations

from collections.abc import Sequence

from apps.catalog.api.bodies import PriceBody
from apps.catalog.api.presenters import ProductBody, present_price, present_product
from apps.customers.api.presenters import present_customer
from apps.discounts.api.presenters import DiscountBaseBody, present_discount_base
from apps.organizations.models import Organization
from apps.subscriptions.api.bodies import (
    PendingUpdateBody,
    StateSubscriptionBody,
    SubscriptionBaseBody,
    SubscriptionBody,
    SubscriptionFactsBody,
)
from apps.subscriptions.companions import companions_of
from apps.subscriptions.models import PendingUpdate, Subscription


def present_subscriptions(
    subscriptions: Sequence[Subscription], organization: Organization
) -> list[SubscriptionBody]:
    """
    Subscriptions of one organization, their `customer` loaded already.

    What several of them share (products, prices, discounts) is read and presented once.
    """
    found = companions_of(subscriptions)
    for discount in found.discounts.values():
        # Known, so that nobody reads it again for its usual currency.
        discount.organization = organization
    products = {key: present_product(row) for key, row in found.products.items()}
    prices = {key: present_price(row) for key, row in found.prices.items()}
    discounts = {key: present_discount_base(row) for key, row in found.discounts.items()}
    return [
        _present(
            row,
            product=products[row.product_id],
            discount=discounts[row.discount_id] if row.discount_id else None,
            prices=[prices[price_id] for price_id in found.price_ids.get(row.pk, ())],
            waiting=found.waiting.get(row.pk),
        )
        for row in subscriptions
    ]


def present_subscription(
    subscription: Subscription, organization: Organization
) -> SubscriptionBody:
    """One subscription, its `customer` loaded already."""
    return present_subscriptions([subscription], organization)[0]


def _present(
    row: Subscription,
    *,
    product: ProductBody,
    discount: DiscountBaseBody | None,
    prices: list[PriceBody],
    waiting: PendingUpdate | None,
) -> SubscriptionBody:
    return {
        **present_subscription_base(row),
        "custom_field_data": row.custom_field_data,
        "customer": present_customer(row.customer),
        "product": product,
        "discount": discount,
        "prices": prices,
        "meters": [],
        "pending_update": present_pending_update(waiting) if waiting else None,
    }


def present_subscription_base(row: Subscription) -> SubscriptionBaseBody:
    """A subscription alone, as it is shown beside its orders."""
    return {**present_facts(row), "metadata": row.metadata}


def present_facts(row: Subscription) -> SubscriptionFactsBody:
    """A subscription alone, as everybody sees it."""
    return {
        "created_at": row.created_at,
        "modified_at": row.modified_at,
        "id": row.pk,
        "amount": row.amount,
        "currency": row.currency,
        "recurring_interval": row.recurring_interval,
        "recurring_interval_count": row.recurring_interval_count,
        "status": row.status,
        "current_period_start": row.current_period_start_at,
        "current_period_end": row.current_period_end_at,
        "current_meter_period_start": None,
        "current_meter_period_end": None,
        "trial_start": row.trial_start_at,
        "trial_end": row.trial_end_at,
        "cancel_at_period_end": row.cancel_at_period_end,
        "canceled_at": row.canceled_at,
        "started_at": row.started_at,
        "ends_at": row.ends_at,
        "ended_at": row.ended_at,
        "past_due_at": row.past_due_at,
        "pause_at_period_end": row.pause_at_period_end,
        "paused_at": row.paused_at,
        "resumes_at": row.resumes_at,
        "customer_id": row.customer_id,
        "product_id": row.product_id,
        "discount_id": row.discount_id,
        "checkout_id": row.checkout_id,
        "seats": row.seats,
        "units": row.units,
        "customer_cancellation_reason": row.cancellation_reason,
        "customer_cancellation_comment": row.cancellation_comment,
    }


def present_pending_update(row: PendingUpdate) -> PendingUpdateBody:
    """A change that waits for the next period."""
    return {
        "created_at": row.created_at,
        "modified_at": row.modified_at,
        "id": row.pk,
        "applies_at": row.applies_at,
        "product_id": row.product_id,
        "seats": row.seats,
        "units": row.units,
    }


def present_state_subscription(row: Subscription) -> StateSubscriptionBody:
    """A subscription in the state of its customer."""
    return {
        "id": row.pk,
        "created_at": row.created_at,
        "modified_at": row.modified_at,
        "custom_field_data": row.custom_field_data,
        "metadata": row.metadata,
        "status": row.status,
        "amount": row.amount,
        "currency": row.currency,
        "recurring_interval": row.recurring_interval,
        "current_period_start": row.current_period_start_at,
        "current_period_end": row.current_period_end_at,
        "trial_start": row.trial_start_at,
        "trial_end": row.trial_end_at,
        "cancel_at_period_end": row.cancel_at_period_end,
        "canceled_at": row.canceled_at,
        "started_at": row.started_at,
        "ends_at": row.ends_at,
        "product_id": row.product_id,
        "discount_id": row.discount_id,
        "seats": row.seats,
        "units": row.units,
        "meters": [],
    }
