"""What a change of product, seats or units would do."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import Final

from apps.catalog.models import Product
from apps.core.origin import Origin
from apps.discounts.models import Discount
from apps.orders.models import Order
from apps.subscriptions.models import BillingEntry, PendingUpdate, Subscription
from apps.subscriptions.operations.changing.applying import entries_of
from apps.subscriptions.operations.changing.computing import (
    Change,
    compute_product_change,
    compute_unbilled,
    period_of,
)
from apps.subscriptions.operations.changing.discount import require_discount
from apps.subscriptions.operations.changing.guards import (
    require_changeable,
    require_no_open_payment,
)
from apps.subscriptions.operations.changing.offers import present_lines
from apps.subscriptions.operations.changing.paying import changed_copy
from apps.subscriptions.operations.changing.pending import with_product, with_quantity
from apps.subscriptions.operations.changing.product import is_as_before, require_later
from apps.subscriptions.operations.changing.quantity import compute_quantity_now
from apps.subscriptions.operations.changing.wishes import (
    UNCHANGED,
    Behavior,
    Unchanged,
    resolve_behavior,
)
from apps.subscriptions.operations.previewing.orders import (
    Standing,
    bill,
    coming_state,
    next_charge_of,
    standing_after,
    standing_of,
)
from apps.subscriptions.operations.previewing.values import ChangePreview, ChargePreview
from apps.subscriptions.proration import Quantity

_Reason: Final = Order.BillingReason


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
        if is_as_before(subscription, wanted) and chosen is not Behavior.RESET:
            wanted = replace(wanted, entries=(), is_invoiced=False)
        return _preview_now(subscription, wanted, None, origin)
    quantity = Quantity.SEATS if seats is not None else Quantity.UNITS
    number = (seats if seats is not None else units) or 0
    if number == getattr(subscription, quantity.value):
        wanted = compute_unbilled(subscription, present_lines(subscription), UNCHANGED)
        return _preview_now(subscription, wanted, quantity, origin)
    if chosen is Behavior.NEXT_PERIOD:
        return _preview_later(subscription, with_quantity(subscription, quantity, number))
    wanted = compute_quantity_now(subscription, quantity, number, behavior=chosen, origin=origin)
    return _preview_now(subscription, wanted, quantity, origin)


def _preview_now(
    subscription: Subscription, wanted: Change, quantity: Quantity | None, origin: Origin
) -> ChangePreview:
    entries = entries_of(subscription, wanted, origin=origin)
    before = standing_of(subscription)
    after = Standing(
        subscription=changed_copy(subscription, wanted),
        lines=wanted.lines,
        waiting=(*before.waiting, *entries),
        update=_left_waiting(before.update, quantity),
        balance=before.balance,
    )
    charge = None
    if wanted.ends_trial:
        charge = next_charge_of(after)
        after = standing_after(after, charge)
    elif wanted.is_invoiced:
        static = [one for one in after.waiting if one.type != BillingEntry.Type.METERED]
        usage = tuple(one for one in after.waiting if one.type == BillingEntry.Type.METERED)
        charge = bill(after, static, _Reason.SUBSCRIPTION_UPDATE, origin.at)
        after = replace(after, waiting=usage, balance=charge.balance_after)
    return ChangePreview(
        applies_at=origin.at,
        amount=after.subscription.amount,
        period=period_of(after.subscription),
        difference=bill(replace(after, balance=0), entries, _Reason.SUBSCRIPTION_UPDATE, origin.at),
        charge=charge,
        next_charge=next_charge_of(after),
    )


def _preview_later(subscription: Subscription, update: PendingUpdate) -> ChangePreview:
    """Nothing happens before the boundary; the order made there is by the new prices."""
    standing = replace(standing_of(subscription), update=update)
    boundary_at = subscription.current_period_end_at
    wanted = coming_state(standing)
    return ChangePreview(
        applies_at=boundary_at,
        amount=changed_copy(subscription, wanted).amount,
        period=period_of(subscription),
        difference=ChargePreview(at=boundary_at, currency=subscription.currency),
        charge=None,
        next_charge=next_charge_of(standing),
    )


def _left_waiting(update: PendingUpdate | None, quantity: Quantity | None) -> PendingUpdate | None:
    """What still waits after a change now: nothing after a product, the rest after a number."""
    if update is None or quantity is None:
        return None
    left = copy.copy(update)
    setattr(left, quantity.value, None)
    return left
