"""
What would be charged, before it is: nothing is written.

A preview goes the way of the real thing up to the last step: the same entries become the same
lines, which are priced, taxed and met with the balance by the same functions.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from apps.catalog.models import Price, Product
from apps.core.origin import Origin
from apps.discounts.models import Discount
from apps.orders.models import Order
from apps.orders.operations.recurring import Line, price_subscription_order
from apps.subscriptions.models import BillingEntry, PendingUpdate, Subscription
from apps.subscriptions.operations.billing import order_draft, quantity_of
from apps.subscriptions.operations.changing.applying import entries_of
from apps.subscriptions.operations.changing.computing import (
    Change,
    compute_product_change,
    compute_unbilled,
    period_of,
    without_spent_discount,
)
from apps.subscriptions.operations.changing.discount import require_discount
from apps.subscriptions.operations.changing.guards import (
    require_changeable,
    require_no_open_payment,
)
from apps.subscriptions.operations.changing.offers import present_lines
from apps.subscriptions.operations.changing.paying import changed_copy
from apps.subscriptions.operations.changing.pending import (
    coming_change,
    waiting_update,
    with_product,
    with_quantity,
)
from apps.subscriptions.operations.changing.product import require_later
from apps.subscriptions.operations.changing.quantity import compute_quantity_now
from apps.subscriptions.operations.changing.wishes import (
    UNCHANGED,
    Behavior,
    Unchanged,
    resolve_behavior,
)
from apps.subscriptions.periods import Period, anchor_of, next_period
from apps.subscriptions.proration import METERED, PricedLine, Quantity
from apps.subscriptions.selectors import pending_entries
from apps.subscriptions.states import BILLABLE
from apps.wallets.amounts import apply_balance
from apps.wallets.selectors import balance

_Reason: Final = Order.BillingReason


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargePreview:
    """
    An order to be, in minor units of `currency`; credits are below zero.

    `at` is when it is made. Of what is due, less than the processor charges is not charged but
    left to the order after. `balance_after` is the customer's balance then.
    """

    at: datetime
    currency: str
    lines: tuple[Line, ...] = ()
    base_amount: int = 0
    metered_amount: int = 0
    proration_amount: int = 0
    subtotal_amount: int = 0
    discount_amount: int = 0
    net_amount: int = 0
    tax_amount: int = 0
    total_amount: int = 0
    applied_balance_amount: int = 0
    due_amount: int = 0
    balance_after: int = 0

    @property
    def prorations(self) -> tuple[Line, ...]:
        """The lines for parts of periods."""
        return tuple(line for line in self.lines if line.is_proration)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangePreview:
    """
    What a change would do.

    `charge` is the order made at once, None where there is none; it takes along whatever else
    waits to be billed. `difference` prices the lines of the change alone, which are billed at once
    or with the next order. `next_charge` is the next order after the change, `applies_at` when the
    change is made, `amount` what recurs from then on.
    """

    applies_at: datetime
    amount: int
    period: Period
    difference: ChargePreview
    charge: ChargePreview | None
    next_charge: ChargePreview


@dataclass(frozen=True, slots=True, kw_only=True)
class EndPreview:
    """
    What an end would leave: the last order, if anything waits, and the orders given up with it.
    """

    ends_at: datetime
    charge: ChargePreview | None
    voided_orders: tuple[Order, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Standing:
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
    return _next_charge(_standing(subscription))


def preview_change(
    *,
    subscription: Subscription,
    product: Product | None = None,
    discount: Discount | Unchanged | None = UNCHANGED,
    seats: int | None = None,
    units: int | None = None,
    behavior: str | None = None,
    origin: Origin,
) -> ChangePreview:
    """
    What `change_product`, `change_seats` or `change_units` would do at `origin.at`.

    Exactly one of `product`, `seats` and `units` is given; `discount` goes with a product.

    :raises DomainError: what the change itself would raise before it charges.
    """
    require_changeable(subscription)
    require_no_open_payment(subscription)
    chosen = resolve_behavior(subscription.organization, behavior)
    if product is not None:
        require_discount(subscription, product, discount)
        if chosen is Behavior.NEXT_PERIOD:
            offer = require_later(subscription, product)
            return _preview_later(subscription, with_product(subscription, offer, discount))
        wanted = compute_product_change(
            subscription, product, behavior=chosen, discount=discount, at=origin.at
        )
        return _preview_now(subscription, wanted, None, origin)
    quantity = Quantity.SEATS if seats is not None else Quantity.UNITS
    number = (seats if seats is not None else units) or 0
    if chosen is Behavior.NEXT_PERIOD:
        return _preview_later(subscription, with_quantity(subscription, quantity, number))
    wanted = compute_quantity_now(subscription, quantity, number, behavior=chosen, origin=origin)
    return _preview_now(subscription, wanted, quantity, origin)


def preview_cancel(*, subscription: Subscription) -> EndPreview:
    """What is left to be billed if the subscription ends with its period."""
    standing = _standing(subscription)
    charge = _last_charge(standing)
    return EndPreview(ends_at=charge.at, charge=charge if charge.lines else None)


def preview_revoke(*, subscription: Subscription, origin: Origin) -> EndPreview:
    """What is given up if the subscription ends now: nothing more is billed."""
    orders = Order.objects.filter(subscription_id=subscription.pk, status=Order.Status.PENDING)
    return EndPreview(
        ends_at=origin.at, charge=None, voided_orders=tuple(orders.order_by("created_at"))
    )


def _preview_now(
    subscription: Subscription, wanted: Change, quantity: Quantity | None, origin: Origin
) -> ChangePreview:
    entries = entries_of(subscription, wanted, origin=origin)
    before = _standing(subscription)
    after = _Standing(
        subscription=changed_copy(subscription, wanted),
        lines=wanted.lines,
        waiting=(*before.waiting, *entries),
        update=_left_waiting(before.update, quantity),
        balance=before.balance,
    )
    charge = None
    if wanted.ends_trial:
        charge = _next_charge(after)
        after = _next_standing(after, charge)
    elif wanted.is_invoiced:
        charge = _bill(after, after.waiting, _Reason.SUBSCRIPTION_UPDATE, origin.at)
        after = replace(after, waiting=(), balance=charge.balance_after)
    return ChangePreview(
        applies_at=origin.at,
        amount=after.subscription.amount,
        period=period_of(after.subscription),
        difference=_bill(
            replace(after, balance=0), entries, _Reason.SUBSCRIPTION_UPDATE, origin.at
        ),
        charge=charge,
        next_charge=_next_charge(after),
    )


def _preview_later(subscription: Subscription, update: PendingUpdate) -> ChangePreview:
    """Nothing happens before the boundary; the order made there is by the new prices."""
    standing = replace(_standing(subscription), update=update)
    boundary_at = subscription.current_period_end_at
    wanted = _coming(standing)
    return ChangePreview(
        applies_at=boundary_at,
        amount=changed_copy(subscription, wanted).amount,
        period=period_of(subscription),
        difference=ChargePreview(at=boundary_at, currency=subscription.currency),
        charge=None,
        next_charge=_next_charge(standing),
    )


def _standing(subscription: Subscription) -> _Standing:
    return _Standing(
        subscription=subscription,
        lines=present_lines(subscription),
        waiting=tuple(pending_entries(subscription)),
        update=waiting_update(subscription),
        balance=balance(subscription.customer_id, subscription.currency),
    )


def _next_standing(standing: _Standing, charge: ChargePreview) -> _Standing:
    """The same after its next order: a new period, with everything billed."""
    changed = changed_copy(standing.subscription, _coming(standing))
    period = _coming_period(changed)
    changed.status = Subscription.Status.ACTIVE
    changed.current_period_start_at, changed.current_period_end_at = period.start_at, period.end_at
    return replace(
        standing,
        subscription=changed,
        waiting=(),
        update=None,
        balance=charge.balance_after,
    )


def _next_charge(standing: _Standing) -> ChargePreview:
    subscription = standing.subscription
    boundary_at = subscription.current_period_end_at
    if subscription.status in BILLABLE and subscription.cancel_at_period_end:
        return _last_charge(standing)
    if subscription.status not in BILLABLE or subscription.pause_at_period_end:
        return ChargePreview(
            at=boundary_at, currency=subscription.currency, balance_after=standing.balance
        )
    wanted = _coming(standing)
    changed = changed_copy(subscription, wanted)
    entries = [*standing.waiting, *_cycle_entries(changed, wanted.lines)]
    is_trial = subscription.status == Subscription.Status.TRIALING
    reason = _Reason.SUBSCRIPTION_CYCLE_AFTER_TRIAL if is_trial else _Reason.SUBSCRIPTION_CYCLE
    return _bill(replace(standing, subscription=changed), entries, reason, boundary_at)


def _last_charge(standing: _Standing) -> ChargePreview:
    at = standing.subscription.current_period_end_at
    return _bill(standing, standing.waiting, _Reason.SUBSCRIPTION_CANCEL, at)


def _coming(standing: _Standing) -> Change:
    """What it is at its boundary: what waits is applied, a discount that is over is gone."""
    subscription, boundary_at = standing.subscription, standing.subscription.current_period_end_at
    wanted = None
    if standing.update is not None:
        wanted = coming_change(subscription, standing.update, boundary_at)
    if wanted is None:
        wanted = compute_unbilled(subscription, standing.lines, UNCHANGED)
    return without_spent_discount(wanted, boundary_at)


def _left_waiting(update: PendingUpdate | None, quantity: Quantity | None) -> PendingUpdate | None:
    """What still waits after a change now: nothing after a product, the rest after a number."""
    if update is None or quantity is None:
        return None
    left = copy.copy(update)
    setattr(left, quantity.value, None)
    return left


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


def _bill(
    standing: _Standing, entries: Iterable[BillingEntry], reason: str, at: datetime
) -> ChargePreview:
    """What an order of these entries would come to."""
    subscription = standing.subscription
    draft = order_draft(subscription, list(entries), reason=reason)
    if not draft.lines:
        return ChargePreview(at=at, currency=subscription.currency, balance_after=standing.balance)
    totals = price_subscription_order(draft, reference=f"preview:{subscription.pk}").totals
    applied = apply_balance(totals.total_amount, standing.balance)
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
        balance_after=standing.balance + applied.movement_amount,
    )
