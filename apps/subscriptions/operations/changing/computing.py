"""
What a change would make of a subscription, and what is billed for it. Nothing is written here.

The same values are shown as a preview, carried out at once, or kept until they are paid for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from apps.catalog.models import Price, Product
from apps.discounts.models import Discount
from apps.discounts.selectors import terms_of as discount_terms_of
from apps.discounts.terms import DiscountTerms, is_expired
from apps.subscriptions.errors import (
    NotASeatBasedSubscription,
    NotAUnitBasedSubscription,
)
from apps.subscriptions.models import BillingEntry, Subscription
from apps.subscriptions.operations.changing.offers import (
    Offer,
    present_lines,
    present_offer,
    quantities_for,
    require_offer,
    require_same_nature,
    require_seats,
    require_units,
)
from apps.subscriptions.operations.changing.wishes import UNCHANGED, Behavior, Unchanged
from apps.subscriptions.periods import Period, anchor_of, ended_at, first_period
from apps.subscriptions.proration import (
    METERED,
    Counted,
    Direction,
    EntryDraft,
    PricedLine,
    Quantity,
    Side,
    fresh_period,
    product_change,
    quantity_change,
)
from apps.subscriptions.trials import trial_end


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a subscription becomes, all of it, and the entries that bill the difference."""

    product_id: UUID
    lines: tuple[PricedLine, ...]
    seats: int | None
    units: int | None
    discount: Discount | None
    discount_applied_at: datetime | None
    recurring_interval: str
    recurring_interval_count: int
    anchor_day: int
    period: Period
    trial_end_at: datetime | None
    entries: tuple[EntryDraft, ...] = ()
    # Whether an order is made at once; otherwise the entries wait for the next.
    is_invoiced: bool = False
    # The trial ends with the change, and the first period is billed.
    ends_trial: bool = False
    # The trial is over with the change, which is billed as the first period itself.
    starts_billing: bool = False
    # What the merchant notes beside; None leaves it.
    metadata: Mapping[str, Any] | None = None

    @property
    def amounts(self) -> list[int]:
        """What recurs by each price, before the discount."""
        return [line.amount for line in self.lines]


def compute_product_change(
    subscription: Subscription,
    product: Product,
    *,
    behavior: Behavior,
    discount: Discount | Unchanged | None,
    at: datetime,
) -> Change:
    """
    The change to another product (or to the present prices of the same one), at once.

    :raises ValidationFailed: for a product that this subscription cannot change to.
    :raises QuantityOutOfBounds: if its seats or units do not fit the product.
    """
    old, new = present_offer(subscription), require_offer(product, subscription.currency)
    require_same_nature(old, new)
    seats, units = quantities_for(new, seats=subscription.seats, units=subscription.units)
    lines = new.lines(seats=seats, units=units)
    after = replace(
        compute_unbilled(subscription, lines, discount),
        product_id=product.pk,
        seats=seats,
        units=units,
        recurring_interval=product.recurring_interval or "",
        recurring_interval_count=product.recurring_interval_count or 0,
    )
    if subscription.status == Subscription.Status.TRIALING:
        return _within_trial(subscription, product, after, at)
    if subscription.status == Subscription.Status.PAUSED:
        return after
    return _billed_product_change(subscription, after, behavior, at)


def compute_quantity_change(
    subscription: Subscription,
    quantity: Quantity,
    number: int,
    *,
    behavior: Behavior,
    at: datetime,
) -> Change:
    """
    The change to another number of seats or units, at once.

    :raises NotASeatBasedSubscription: without a price per seat.
    :raises NotAUnitBasedSubscription: without a price per unit.
    :raises QuantityOutOfBounds: if the price does not allow so many.
    """
    offer = present_offer(subscription)
    require_quantity(offer, quantity, number)
    numbers = {"seats": subscription.seats, "units": subscription.units}
    before = numbers[quantity] or 0
    numbers[quantity] = number
    lines = offer.lines(seats=numbers["seats"], units=numbers["units"])
    after = replace(
        compute_unbilled(subscription, lines, UNCHANGED),
        seats=numbers["seats"],
        units=numbers["units"],
    )
    if subscription.status in (Subscription.Status.TRIALING, Subscription.Status.PAUSED):
        return after
    counted = Counted(
        price_id=_counted_price(offer, quantity).pk, quantity=quantity, before=before, after=number
    )
    if behavior is Behavior.RESET:
        return _in_fresh_period(subscription, after, at, counted)
    entries = quantity_change(
        before=present_lines(subscription),
        after=lines,
        counted=counted,
        discount=terms_or_none(subscription.discount),
        currency=subscription.currency,
        at=at,
        period=period_of(subscription),
    )
    is_invoiced = behavior is Behavior.INVOICE and bool(entries)
    return replace(after, entries=tuple(entries), is_invoiced=is_invoiced)


def compute_discount_change(subscription: Subscription, discount: Discount | None) -> Change:
    """Another discount, or none, from the next order on; what is billed already stays."""
    return compute_unbilled(subscription, present_lines(subscription), discount)


def compute_trial_end(base: Change, at: datetime) -> Change:
    """
    What `base` is once its trial is over: a first period from now on, billed as a renewal is.

    A discount that has not counted yet counts from here.
    """
    moved = _with_fresh_period(base, at)
    quantities = {Price.Kind.SEAT: moved.seats, Price.Kind.UNIT: moved.units}
    entries = tuple(
        EntryDraft(
            type=BillingEntry.Type.CYCLE,
            direction=Direction.DEBIT,
            side=Side.NEW,
            price_id=line.price_id,
            amount=line.amount,
            discount_amount=None,
            period=moved.period,
            quantity_after=quantities.get(Price.Kind(line.kind)),
        )
        for line in moved.lines
        if line.kind != METERED
    )
    return replace(moved, trial_end_at=at, entries=entries, is_invoiced=True, starts_billing=True)


def without_spent_discount(wanted: Change, period_start_at: datetime) -> Change:
    """The same without a discount that no longer holds for a period that starts then."""
    discount = wanted.discount
    if discount is None or not is_expired(
        duration=discount.duration,
        months=discount.duration_in_months,
        applied_at=wanted.discount_applied_at,
        period_start_at=period_start_at,
        anchor_day=wanted.anchor_day,
    ):
        return wanted
    return replace(wanted, discount=None, discount_applied_at=None)


def require_quantity(offer: Offer, quantity: Quantity, number: int | None) -> None:
    """
    Pass if the offer is priced by this quantity and allows so many (None: however many).

    :raises NotASeatBasedSubscription: without a price per seat.
    :raises NotAUnitBasedSubscription: without a price per unit.
    :raises QuantityOutOfBounds: if it does not allow so many.
    """
    if quantity is Quantity.SEATS:
        if offer.seats is None:
            raise NotASeatBasedSubscription
        if number is not None:
            require_seats(offer.seats, number)
    else:
        if offer.units is None:
            raise NotAUnitBasedSubscription
        if number is not None:
            require_units(offer.units, number)


def period_of(subscription: Subscription) -> Period:
    """The period that is running."""
    return Period(subscription.current_period_start_at, subscription.current_period_end_at)


def terms_or_none(discount: Discount | None) -> DiscountTerms | None:
    """A discount as a value; None stays none."""
    return discount_terms_of(discount) if discount is not None else None


def compute_unbilled(
    subscription: Subscription,
    lines: tuple[PricedLine, ...],
    discount: Discount | Unchanged | None,
) -> Change:
    """The subscription as it is, at these prices and this discount, with nothing to bill."""
    applied_at = None
    if isinstance(discount, Unchanged):
        discount, applied_at = subscription.discount, subscription.discount_applied_at
    return Change(
        product_id=subscription.product_id,
        lines=lines,
        seats=subscription.seats,
        units=subscription.units,
        discount=discount,
        discount_applied_at=applied_at,
        recurring_interval=subscription.recurring_interval,
        recurring_interval_count=subscription.recurring_interval_count,
        anchor_day=subscription.anchor_day,
        period=period_of(subscription),
        trial_end_at=subscription.trial_end_at,
    )


def _billed_product_change(
    subscription: Subscription, after: Change, behavior: Behavior, at: datetime
) -> Change:
    if behavior is Behavior.RESET:
        return _in_fresh_period(subscription, after, at, None)
    before = (subscription.recurring_interval, subscription.recurring_interval_count)
    is_fresh = before != (after.recurring_interval, after.recurring_interval_count)
    moved = _with_fresh_period(after, at) if is_fresh else after
    entries = product_change(
        old=present_lines(subscription),
        new=after.lines,
        old_discount=terms_or_none(subscription.discount),
        new_discount=terms_or_none(moved.discount),
        currency=subscription.currency,
        at=at,
        period=period_of(subscription),
        fresh=moved.period if is_fresh else None,
    )
    is_invoiced = (is_fresh or behavior is Behavior.INVOICE) and bool(entries)
    return replace(moved, entries=tuple(entries), is_invoiced=is_invoiced)


def _in_fresh_period(
    subscription: Subscription, after: Change, at: datetime, counted: Counted | None
) -> Change:
    moved = _with_fresh_period(after, at)
    entries = fresh_period(
        lines=moved.lines,
        discount=terms_or_none(moved.discount),
        currency=subscription.currency,
        fresh=moved.period,
        counted=counted,
    )
    return replace(moved, entries=tuple(entries), is_invoiced=bool(entries))


def _with_fresh_period(after: Change, at: datetime) -> Change:
    """A period that starts at the change; its day becomes the anchor."""
    period = first_period(
        at, interval=after.recurring_interval, count=after.recurring_interval_count
    )
    moved = replace(after, period=period, anchor_day=anchor_of(at))
    if moved.discount is not None and moved.discount_applied_at is None:
        return replace(moved, discount_applied_at=period.start_at)
    return without_spent_discount(moved, period.start_at)


def _within_trial(
    subscription: Subscription, product: Product, after: Change, at: datetime
) -> Change:
    """The trial as the new product grants it, counted from when it began; nothing is billed."""
    start = subscription.trial_start_at or subscription.current_period_start_at
    end = at
    if product.trial_interval is not None and product.trial_interval_count is not None:
        end = trial_end(start, interval=product.trial_interval, count=product.trial_interval_count)
    ends_trial = end <= at
    end = ended_at(subscription.current_period_start_at, max(end, at))
    period = Period(subscription.current_period_start_at, end)
    return replace(after, period=period, trial_end_at=end, ends_trial=ends_trial)


def _counted_price(offer: Offer, quantity: Quantity) -> Price:
    kind = Price.Kind.SEAT if quantity is Quantity.SEATS else Price.Kind.UNIT
    return next(price for price, _ in offer.prices if price.kind == kind)
