"""From what waits to be billed to an order: billing entries become its lines."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from apps.catalog.models import Price
from apps.catalog.selectors import terms_of
from apps.core.origin import Origin
from apps.core.rows import insert_rows, save_fields
from apps.orders.models import Order
from apps.orders.operations.recurring import (
    Line,
    SubscriptionOrder,
    create_subscription_order,
    order_of_period,
    write_subscription_order,
)
from apps.orders.selectors import listed_items
from apps.subscriptions.errors import SubscriptionNotTrialing
from apps.subscriptions.labels import entry_label, trial_label
from apps.subscriptions.models import BillingEntry, Subscription
from apps.subscriptions.operations.announcing import change
from apps.subscriptions.operations.pricing import net_value
from apps.subscriptions.periods import Period
from apps.subscriptions.pricing import is_static
from apps.subscriptions.selectors import entries_begun, prices_of

_PLAIN = (BillingEntry.Type.CYCLE, BillingEntry.Type.METERED)


def write_cycle_entries(subscription: Subscription, origin: Origin) -> list[BillingEntry]:
    """One debit for each price whose amount is known, for the current period; not for usage."""
    return insert_rows(
        BillingEntry(
            created_at=origin.at,
            organization_id=subscription.organization_id,
            subscription=subscription,
            product_id=subscription.product_id,
            price=row.price,
            type=BillingEntry.Type.CYCLE,
            direction=BillingEntry.Direction.DEBIT,
            amount=row.amount,
            quantity_after=quantity_of(subscription, row.price),
            currency=subscription.currency,
            start_at=subscription.current_period_start_at,
            end_at=subscription.current_period_end_at,
        )
        for row in prices_of(subscription)
        if is_static(terms_of(row.price))
    )


def quantity_of(subscription: Subscription, price: Price) -> int | None:
    """How many seats or units the price is for; None where it is not by number."""
    if price.kind == Price.Kind.SEAT:
        return subscription.seats
    return subscription.units if price.kind == Price.Kind.UNIT else None


@transaction.atomic
def create_order_from_entries(
    *,
    subscription: Subscription,
    reason: str,
    cutoff_at: datetime,
    period: Period | None = None,
    is_draft: bool = False,
    origin: Origin,
) -> Order | None:
    """
    The order of everything that waits and began by `cutoff_at`; None if nothing does.

    `subscription` is locked by the caller. With `period` the order bills that one as a whole, and
    there is one of those: what came to wait after it was made goes into the next. Nothing is
    charged here, see `create_subscription_order`.
    """
    if period is not None:
        existing = order_of_period(subscription.pk, period.start_at)
        if existing is not None:
            return existing
    return bill_pending(
        subscription,
        reason=reason,
        cutoff_at=cutoff_at,
        period=period,
        is_draft=is_draft,
        origin=origin,
    )


def bill_pending(
    subscription: Subscription,
    *,
    reason: str,
    cutoff_at: datetime,
    period: Period | None,
    is_draft: bool = False,
    origin: Origin,
) -> Order | None:
    """
    As `create_order_from_entries`, inside the transaction of whoever has just begun the period.

    :raises IntegrityError: if the period has its order already.
    """
    entries = entries_begun(subscription, by=cutoff_at)
    if not entries:
        return None
    draft = order_draft(subscription, entries, reason=reason, period=period, is_draft=is_draft)
    order = write_subscription_order(draft, origin)
    link_entries(order, entries)
    learn_net_amount(subscription, order, origin)
    return order


def order_draft(
    subscription: Subscription,
    entries: Sequence[BillingEntry],
    *,
    reason: str,
    period: Period | None = None,
    is_draft: bool = False,
) -> SubscriptionOrder:
    """What `entries` (saved or not) would be billed as; serves previews too."""
    return SubscriptionOrder(
        organization=subscription.organization,
        customer=subscription.customer,
        product=subscription.product,
        subscription_id=subscription.pk,
        billing_reason=reason,
        currency=subscription.currency,
        lines=[line_of(entry) for entry in entries],
        seats=subscription.seats,
        units=subscription.units,
        discount=subscription.discount,
        period=(period.start_at, period.end_at) if period else None,
        tax_behavior=subscription.tax_behavior,
        is_tax_exempted=subscription.is_tax_exempted,
        is_draft=is_draft,
        metadata=subscription.metadata,
        custom_field_data=subscription.custom_field_data,
    )


def line_of(entry: BillingEntry) -> Line:
    """An entry as a line of an order; credits are below zero."""
    is_credit = entry.direction == BillingEntry.Direction.CREDIT
    return Line(
        label=entry_label(entry),
        amount=-entry.amount if is_credit else entry.amount,
        price=entry.price,
        is_proration=entry.type not in _PLAIN,
        start_at=entry.start_at,
        end_at=entry.end_at,
    )


@transaction.atomic
def create_trial_order(
    *, subscription: Subscription, checkout_id: UUID | None = None, origin: Origin
) -> Order:
    """
    The paid order over nothing with which a trial begins. The second time returns the first.

    :raises SubscriptionNotTrialing: if there is no trial.
    """
    if subscription.status != Subscription.Status.TRIALING:
        raise SubscriptionNotTrialing
    period = Period(subscription.current_period_start_at, subscription.current_period_end_at)
    line = Line(
        label=trial_label(subscription), amount=0, start_at=period.start_at, end_at=period.end_at
    )
    return create_subscription_order(
        draft=SubscriptionOrder(
            organization=subscription.organization,
            customer=subscription.customer,
            product=subscription.product,
            subscription_id=subscription.pk,
            billing_reason=Order.BillingReason.SUBSCRIPTION_CREATE,
            currency=subscription.currency,
            lines=[line],
            seats=subscription.seats,
            units=subscription.units,
            period=(period.start_at, period.end_at),
            tax_behavior=subscription.tax_behavior,
            is_tax_exempted=subscription.is_tax_exempted,
            checkout_id=checkout_id,
            # Who agrees to a trial does not agree to pay an old debt on that day.
            leaves_balance=True,
            metadata=subscription.metadata,
            custom_field_data=subscription.custom_field_data,
        ),
        origin=origin,
    )


def link_entries(order: Order, entries: Sequence[BillingEntry]) -> None:
    """Tie entries to the lines that were made of them, one of each: they wait no longer."""
    for entry, item in zip(entries, listed_items(order), strict=True):
        entry.order_item = item
        save_fields(entry, "order_item")


def learn_net_amount(subscription: Subscription, order: Order, origin: Origin) -> None:
    """Keep what one period is without its inclusive tax, as an order of a whole period says."""
    net = net_value(
        subscription,
        behavior=order.tax_behavior,
        net_amount=order.net_amount,
        tax_amount=order.tax_amount,
    )
    change(subscription, {"net_amount": net}, origin)
