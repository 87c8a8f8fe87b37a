"""The uses of discounts that are set on a subscription, or wait to be."""

from __future__ import annotations

from uuid import UUID

from apps.core.origin import Origin
from apps.discounts.models import Discount
from apps.discounts.operations import redeem, release_subscription_redemption
from apps.subscriptions.models import PendingUpdate, Subscription
from apps.subscriptions.selectors import open_update


def use_discount(subscription: Subscription, discount: Discount, origin: Origin) -> None:
    """
    Use a discount for a locked subscription, as its customer.

    :raises DiscountNotRedeemable: if it has not begun, is over or used up.
    :raises DiscountRedemptionLimitReached: if the customer has used it as often as one may.
    """
    redeem(
        discount=discount,
        customer=subscription.customer,
        email=subscription.customer.email,
        subscription_id=subscription.pk,
        origin=origin,
    )


def use_new_discount(subscription: Subscription, discount: Discount | None, origin: Origin) -> bool:
    """
    Use the discount that a change brings, before it is made; whether a use was taken.

    None is for one that the subscription has already, or that waits for it: that is used.

    :raises DiscountNotRedeemable: if it has not begun, is over or used up.
    :raises DiscountRedemptionLimitReached: if the customer has used it as often as one may.
    """
    if discount is None or discount.pk == subscription.discount_id:
        return False
    waiting = open_update(subscription, PendingUpdate.Timing.PERIOD)
    if waiting is not None and held_discount_id(waiting) == discount.pk:
        return False
    use_discount(subscription, discount, origin)
    return True


def held_discount_id(row: PendingUpdate | None) -> UUID | None:
    """The discount that was used for a change that is still open."""
    return row.discount_id if row is not None and row.changes_discount else None


def give_back_discount(row: PendingUpdate, origin: Origin, kept: UUID | None = None) -> None:
    """
    Give back the use that an open change holds, unless the subscription has the discount now.

    `kept` is that one. A discount that did count keeps its use, whatever takes its place.
    """
    discount_id = held_discount_id(row)
    if discount_id is not None and discount_id != kept:
        release_subscription_redemption(
            subscription_id=row.subscription_id, discount_id=discount_id, origin=origin
        )
