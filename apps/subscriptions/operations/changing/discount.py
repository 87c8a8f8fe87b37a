"""Another discount on a subscription, or none."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from apps.catalog.models import Product
from apps.core.errors import ValidationFailed
from apps.core.origin import Origin
from apps.discounts.models import Discount
from apps.discounts.selectors import is_applicable
from apps.subscriptions.locks import lock_for_change
from apps.subscriptions.models import Subscription
from apps.subscriptions.operations.changing.applying import apply_change
from apps.subscriptions.operations.changing.computing import compute_discount_change
from apps.subscriptions.operations.changing.guards import require_changeable
from apps.subscriptions.operations.changing.pending import forget_discount
from apps.subscriptions.operations.changing.redeeming import use_discount
from apps.subscriptions.operations.changing.wishes import Unchanged


@transaction.atomic
def change_discount(
    *, subscription_id: UUID, discount: Discount | None, origin: Origin
) -> Subscription:
    """
    Set a discount, or take it away with None; it counts from the next order on.

    What is billed already stays as it is. A discount that waited for the next period is forgotten.
    Taking away what is not there does nothing. It is used by this, and stays used when another one
    takes its place. Records `subscription.updated`.

    :raises AlreadyCanceledSubscription: if it has ended or is about to.
    :raises SubscriptionLocked: while another change is being paid for.
    :raises DiscountNotRedeemable: if it has not begun, is over or used up.
    :raises DiscountRedemptionLimitReached: if the customer has used it as often as one may.
    :raises ValidationFailed: for the discount that it has, or one that takes nothing off.
    """
    subscription = lock_for_change(subscription_id)
    require_changeable(subscription)
    require_discount(subscription, subscription.product, discount)
    if discount is None and subscription.discount_id is None:
        return subscription
    forget_discount(subscription, origin)
    if discount is not None:
        use_discount(subscription, discount, origin)
    apply_change(subscription, compute_discount_change(subscription, discount), origin=origin)
    return subscription


def require_discount(
    subscription: Subscription, product: Product, discount: Discount | Unchanged | None
) -> None:
    """
    Pass if the discount is another one than now and takes something off the product.

    :raises ValidationFailed: otherwise.
    """
    if discount is None or isinstance(discount, Unchanged):
        return
    if discount.organization_id != subscription.organization_id or discount.deleted_at is not None:
        raise _wrong(discount, "There is no such discount.")
    if discount.pk == subscription.discount_id:
        raise _wrong(discount, "The subscription has this discount already.")
    if not is_applicable(discount, product_id=product.pk, currency=subscription.currency):
        raise _wrong(discount, "The discount does not apply to this product.")


def _wrong(discount: Discount, message: str) -> ValidationFailed:
    return ValidationFailed.at("body", "discount_id", msg=message, value=str(discount.pk))
