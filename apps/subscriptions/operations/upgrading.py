"""A free subscription that its customer now pays for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from apps.catalog.models import Price, Product
from apps.catalog.selectors import terms_of
from apps.core.origin import Origin
from apps.discounts.models import Discount
from apps.payments.models import PaymentMethod
from apps.subscriptions.errors import AlreadyActiveSubscriptionError, AlreadyCanceledSubscription
from apps.subscriptions.locks import lock_for_change
from apps.subscriptions.models import Subscription
from apps.subscriptions.operations.announcing import announce, change
from apps.subscriptions.operations.creating import make_team_for_seats, opening_period
from apps.subscriptions.operations.ending import drop_waiting_change
from apps.subscriptions.operations.pricing import amount_values, lines_for, write_lines
from apps.subscriptions.periods import anchor_of
from apps.subscriptions.pricing import is_free_of_charge
from apps.subscriptions.selectors import prices_of
from apps.subscriptions.states import ACTIVE, SUBSCRIPTION


@transaction.atomic
def upgrade_subscription(
    *,
    subscription_id: UUID,
    product: Product,
    prices: Sequence[Price],
    currency: str,
    checkout_id: UUID,
    discount: Discount | None = None,
    seats: int | None = None,
    units: int | None = None,
    chosen_amount: int | None = None,
    trial_end_at: datetime | None = None,
    payment_method: PaymentMethod | None = None,
    tax_behavior: str | None = None,
    metadata: Mapping[str, Any] | None = None,
    custom_field_data: Mapping[str, Any] | None = None,
    origin: Origin,
) -> Subscription:
    """
    Put a free subscription on what was bought: same row and start, a new first period from now.

    Metadata and custom fields of the checkout win over those that were there. Makes no order, as
    `create_subscription`. The same checkout again changes nothing. Records
    `subscription.upgraded`.

    :raises AlreadyActiveSubscriptionError: if it is paid for already.
    :raises AlreadyCanceledSubscription: if it has ended.
    :raises SubscriptionLocked: while a change of it is being paid for.
    """
    subscription = lock_for_change(subscription_id)
    if subscription.checkout_id == checkout_id:
        return subscription
    if subscription.status not in ACTIVE:
        raise AlreadyCanceledSubscription
    if not is_free_of_charge(terms_of(row.price) for row in prices_of(subscription)):
        raise AlreadyActiveSubscriptionError
    rows, chosen = lines_for(prices, seats=seats, units=units, chosen_amount=chosen_amount)
    period = opening_period(product, trial_end_at, origin)
    is_trial = trial_end_at is not None
    to = Subscription.Status.TRIALING if is_trial else Subscription.Status.ACTIVE
    if subscription.status != to:
        SUBSCRIPTION.require(subscription.status, to)
    subscription.currency = currency
    values = {
        "product": product,
        "discount": discount,
        "payment_method": payment_method,
        "checkout_id": checkout_id,
        "status": to,
        **amount_values(subscription, [row.amount for row in rows], discount),
        "recurring_interval": product.recurring_interval or "",
        "recurring_interval_count": product.recurring_interval_count or 1,
        "anchor_day": anchor_of(origin.at),
        "current_period_start_at": period.start_at,
        "current_period_end_at": period.end_at,
        "trial_start_at": origin.at if is_trial else None,
        "trial_end_at": trial_end_at,
        "discount_applied_at": period.start_at if discount and not is_trial else None,
        "seats": chosen.seats,
        "units": chosen.units,
        "tax_behavior": tax_behavior,
        "cancel_at_period_end": False,
        "canceled_at": None,
        "ends_at": None,
        "cancellation_reason": None,
        "cancellation_comment": None,
        "pause_at_period_end": False,
        "resumes_at": None,
        "metadata": {**subscription.metadata, **(metadata or {})},
        "custom_field_data": {**subscription.custom_field_data, **(custom_field_data or {})},
    }
    changes = change(subscription, values, origin)
    subscription.save(update_fields=["currency"])
    drop_waiting_change(subscription, origin)
    write_lines(subscription, rows)
    make_team_for_seats(subscription.customer, prices, origin)
    announce(subscription, "subscription.upgraded", origin=origin, changes=changes)
    return subscription
