"""The verbs of staff, each as a deed: shown by `plan_deed`, done by `carry_out_deed`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from uuid import UUID

from apps.catalog.models import Product
from apps.core.origin import Origin
from apps.discounts.models import Discount
from apps.subscriptions.locks import lock_for_change
from apps.subscriptions.models import Subscription
from apps.subscriptions.operations.canceling import (
    cancel_subscription,
    revoke_subscription,
    uncancel_subscription,
)
from apps.subscriptions.operations.changing.discount import change_discount
from apps.subscriptions.operations.changing.pending import discard_pending_update
from apps.subscriptions.operations.changing.product import begin_product_change
from apps.subscriptions.operations.changing.quantity import Wish, begin_quantity_change
from apps.subscriptions.operations.changing.wishes import UNCHANGED
from apps.subscriptions.operations.pausing import (
    cancel_pause,
    pause_subscription,
    resume_subscription,
)
from apps.subscriptions.operations.rehearsing import Deed
from apps.subscriptions.operations.reinstating import reinstate_subscription
from apps.subscriptions.operations.trialing import change_period_end, set_trial_end
from apps.subscriptions.proration import Quantity


def cancel_deed(subscription: Subscription, *, reason: str | None, comment: str | None) -> Deed:
    """`cancel_subscription`: it ends with its period."""
    return _deed(
        subscription,
        f"It ends on {subscription.current_period_end_at:%Y-%m-%d}",
        partial(cancel_subscription, reason=reason, comment=comment),
    )


def revoke_deed(subscription: Subscription, *, reason: str | None, comment: str | None) -> Deed:
    """`revoke_subscription`: it ends now."""
    return _deed(
        subscription,
        "It ends now",
        partial(revoke_subscription, reason=reason, comment=comment),
        "What was bought is lost at once, and nothing is given back.",
    )


def uncancel_deed(subscription: Subscription) -> Deed:
    """`uncancel_subscription`: it goes on."""
    return _deed(subscription, "It goes on", uncancel_subscription)


def pause_deed(subscription: Subscription, *, resumes_at: datetime | None) -> Deed:
    """`pause_subscription`: it pauses when its period ends."""
    return _deed(
        subscription,
        f"It pauses on {subscription.current_period_end_at:%Y-%m-%d}",
        partial(pause_subscription, resumes_at=resumes_at),
    )


def cancel_pause_deed(subscription: Subscription) -> Deed:
    """`cancel_pause`: it does not pause."""
    return _deed(subscription, "It does not pause", cancel_pause)


def resume_deed(subscription: Subscription) -> Deed:
    """`resume_subscription`: a new period begins now."""
    return _deed(subscription, "It resumes now", resume_subscription)


def reinstate_deed(subscription: Subscription) -> Deed:
    """`reinstate_subscription`: it goes on as if it had not ended."""
    return _deed(subscription, "It is active again", reinstate_subscription)


def trial_end_deed(subscription: Subscription, *, trial_end_at: datetime | None) -> Deed:
    """`set_trial_end`: None ends the trial now."""
    title = f"The trial ends on {trial_end_at:%Y-%m-%d}" if trial_end_at else "The trial ends now"
    return _deed(subscription, title, partial(set_trial_end, trial_end_at=trial_end_at))


def period_end_deed(subscription: Subscription, *, period_end_at: datetime) -> Deed:
    """`change_period_end`: nothing is billed or credited for the difference."""
    return _deed(
        subscription,
        f"The period ends on {period_end_at:%Y-%m-%d}",
        partial(change_period_end, period_end_at=period_end_at),
    )


def discount_deed(subscription: Subscription, *, discount: Discount | None) -> Deed:
    """`change_discount`: None takes it away."""
    title = f"The next order has {discount}" if discount else "The next order has no discount"
    return _deed(subscription, title, partial(change_discount, discount=discount))


def discard_update_deed(subscription: Subscription) -> Deed:
    """`discard_pending_update`: what waits for the next period is given up."""
    return _deed(subscription, "The next period begins as this one", discard_pending_update)


def product_deed(subscription: Subscription, *, product: Product, behavior: str) -> Deed:
    """As `change_product`."""

    def act(origin: Origin) -> UUID | None:
        return begin_product_change(
            lock_for_change(subscription.pk),
            product_id=product.pk,
            behavior=behavior,
            discount=UNCHANGED,
            origin=origin,
        ).attempt_id

    return Deed(
        subscription_id=subscription.pk,
        title=f"It changes to {product.name}",
        act=act,
        is_drifting=True,
    )


def seats_deed(subscription: Subscription, *, seats: int, behavior: str) -> Deed:
    """As `change_seats`."""
    return _quantity_deed(subscription, Quantity.SEATS, seats, behavior)


def units_deed(subscription: Subscription, *, units: int, behavior: str) -> Deed:
    """As `change_units`."""
    return _quantity_deed(subscription, Quantity.UNITS, units, behavior)


def _quantity_deed(
    subscription: Subscription, quantity: Quantity, number: int, behavior: str
) -> Deed:
    wish = Wish(quantity=quantity, number=number, behavior=behavior, agreed=None)
    return Deed(
        subscription_id=subscription.pk,
        title=f"It has {number:,} {quantity.value}",
        act=lambda origin: begin_quantity_change(lock_for_change(subscription.pk), wish, origin),
        is_drifting=True,
    )


def _deed(
    subscription: Subscription, title: str, verb: Callable[..., object], *warnings: str
) -> Deed:
    """A deed that is one call of an operation, with nothing to be charged after it."""

    def act(origin: Origin) -> None:
        verb(subscription_id=subscription.pk, origin=origin)

    return Deed(subscription_id=subscription.pk, title=title, act=act, warnings=tuple(warnings))
