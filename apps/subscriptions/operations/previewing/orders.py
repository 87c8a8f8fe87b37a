"""The next order of a subscription as it is, or as it would be."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from apps.catalog.models import Price
from apps.core.money import minimum_amount
from apps.orders.models import Order
from apps.orders.operations.recurring import price_subscription_order
from apps.subscriptions.models import BillingEntry, PendingUpdate, Subscription
from apps.subscriptions.operations.billing import order_draft, quantity_of
from apps.subscriptions.operations.changing.computing import (
    Change,
    compute_unbilled,
    without_spent_discount,
)
from apps.subscriptions.operations.changing.offers import present_lines
from apps.subscriptions.operations.changing.paying import changed_copy
from apps.subscriptions.operations.changing.pending import coming_change, waiting_update
from apps.subscriptions.operations.changing.wishes import UNCHANGED
from apps.subscriptions.operations.previewing.values import ChargePreview
from apps.subscriptions.periods import Period, anchor_of, next_period
from apps.subscriptions.proration import METERED, PricedLine
from apps.subscriptions.selectors import pending_entries
from apps.subscriptions.states import BILLABLE
from apps.wallets.amounts import apply_balance
from apps.wallets.selectors import balance

_Reason: Final = Order.BillingReason


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A subscription as it is or would be, with all that bears on its next order."""

    subscription: Subscription
    lines: tuple[PricedLine, ...]
    waiting: tuple[BillingEntry, ...]
    update: PendingUpdate | None
    balance: int


def preview_charge(*, subscription: Subscription) -> ChargePreview:
    """
    The next order, at the end of the current period: prices, what waits, discount, tax, balance.

    A subscription that is about to end is billed only for what waits; one that is about to pause,
    or is not billed, for nothing. Usage is added when its period ends, and is nothing so far.
    """
    return next_charge_of(standing_of(subscription))


def standing_of(subscription: Subscription) -> Standing:
    """The subscription as it is."""
    return Standing(
        subscription=subscription,
        lines=present_lines(subscription),
        waiting=tuple(pending_entries(subscription)),
        update=waiting_update(subscription),
        balance=balance(subscription.customer_id, subscription.currency),
    )


def standing_after(standing: Standing, charge: ChargePreview) -> Standing:
    """The same after its next order: a new period, with everything billed."""
    changed = changed_copy(standing.subscription, coming_state(standing))
    period = _coming_period(changed)
    if changed.status == Subscription.Status.TRIALING:
        changed.anchor_day = anchor_of(period.start_at)
        changed.status = Subscription.Status.ACTIVE
    if changed.discount is not None and changed.discount_applied_at is None:
        changed.discount_applied_at = period.start_at
    changed.current_period_start_at, changed.current_period_end_at = period.start_at, period.end_at
    return replace(
        standing,
        subscription=changed,
        waiting=(),
        update=None,
        balance=charge.balance_after,
    )


def next_charge_of(standing: Standing) -> ChargePreview:
    """The order that is made when the period ends."""
    subscription = standing.subscription
    boundary_at = subscription.current_period_end_at
    if subscription.status in BILLABLE and subscription.cancel_at_period_end:
        return last_charge_of(standing)
    if subscription.status not in BILLABLE or subscription.pause_at_period_end:
        return ChargePreview(
            at=boundary_at, currency=subscription.currency, balance_after=standing.balance
        )
    wanted = coming_state(standing)
    changed = changed_copy(subscription, wanted)
    entries = [*standing.waiting, *_cycle_entries(changed, wanted.lines)]
    is_trial = subscription.status == Subscription.Status.TRIALING
    reason = _Reason.SUBSCRIPTION_CYCLE_AFTER_TRIAL if is_trial else _Reason.SUBSCRIPTION_CYCLE
    return bill(replace(standing, subscription=changed), entries, reason, boundary_at)


def last_charge_of(standing: Standing) -> ChargePreview:
    """The order that is made when the subscription ends with its period."""
    at = standing.subscription.current_period_end_at
    return bill(standing, standing.waiting, _Reason.SUBSCRIPTION_CANCEL, at)


def coming_state(standing: Standing) -> Change:
    """What it is at its boundary: what waits is applied, a discount that is over is gone."""
    subscription, boundary_at = standing.subscription, standing.subscription.current_period_end_at
    wanted = None
    if standing.update is not None:
        wanted = coming_change(subscription, standing.update, boundary_at)
    if wanted is None:
        wanted = compute_unbilled(subscription, standing.lines, UNCHANGED)
    return without_spent_discount(wanted, boundary_at)


def bill(
    standing: Standing, entries: Iterable[BillingEntry], reason: str, at: datetime
) -> ChargePreview:
    """What an order of these entries would come to."""
    subscription = standing.subscription
    draft = order_draft(subscription, list(entries), reason=reason)
    if not draft.lines:
        return ChargePreview(at=at, currency=subscription.currency, balance_after=standing.balance)
    totals = price_subscription_order(draft, reference=f"preview:{subscription.pk}").totals
    applied = apply_balance(totals.total_amount, standing.balance)
    is_small = applied.due_amount < minimum_amount(subscription.currency)
    carried = applied.due_amount if is_small else 0
    plain = [line for line in draft.lines if not line.is_proration]
    prorations = sum(line.amount for line in draft.lines if line.is_proration)
    return ChargePreview(
        at=at,
        currency=subscription.currency,
        lines=tuple(draft.lines),
        base_amount=sum(line.amount for line in plain),
        proration_amount=prorations,
        subtotal_amount=totals.subtotal_amount,
        discount_amount=totals.discount_amount,
        net_amount=totals.net_amount,
        tax_amount=totals.tax_amount,
        total_amount=totals.total_amount,
        applied_balance_amount=applied.applied_balance_amount,
        due_amount=applied.due_amount,
        balance_after=standing.balance + applied.movement_amount - carried,
    )


def _coming_period(subscription: Subscription) -> Period:
    boundary_at = subscription.current_period_end_at
    is_trial = subscription.status == Subscription.Status.TRIALING
    return next_period(
        boundary_at,
        interval=subscription.recurring_interval,
        count=subscription.recurring_interval_count,
        anchor_day=anchor_of(boundary_at) if is_trial else subscription.anchor_day,
    )


def _cycle_entries(
    subscription: Subscription, lines: Sequence[PricedLine]
) -> Iterable[BillingEntry]:
    """What the next period will be billed as, not saved."""
    period = _coming_period(subscription)
    prices = Price.objects.select_related("product").in_bulk([line.price_id for line in lines])
    for line in lines:
        if line.kind != METERED:
            price = prices[line.price_id]
            yield BillingEntry(
                subscription=subscription,
                product=price.product,
                price=price,
                type=BillingEntry.Type.CYCLE,
                direction=BillingEntry.Direction.DEBIT,
                amount=line.amount,
                quantity_after=quantity_of(subscription, price),
                currency=subscription.currency,
                start_at=period.start_at,
                end_at=period.end_at,
            )
