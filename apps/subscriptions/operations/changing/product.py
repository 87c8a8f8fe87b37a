"""Another product, at once or from the next period on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.db import transaction

from apps.catalog.models import Product
from apps.catalog.selectors import living_products
from apps.core.errors import ValidationFailed
from apps.core.origin import Origin
from apps.discounts.models import Discount
from apps.subscriptions.locks import lock_for_change
from apps.subscriptions.models import Subscription
from apps.subscriptions.operations.changing.applying import apply_change, write_entries
from apps.subscriptions.operations.changing.computing import (
    Change,
    compute_product_change,
    period_of,
)
from apps.subscriptions.operations.changing.describing import describe_later, describe_now
from apps.subscriptions.operations.changing.discount import require_discount
from apps.subscriptions.operations.changing.guards import require_changeable
from apps.subscriptions.operations.changing.offers import (
    Offer,
    present_lines,
    present_offer,
    require_offer,
    require_same_nature,
)
from apps.subscriptions.operations.changing.paying import carry_out, is_carried_out, pay_for_change
from apps.subscriptions.operations.changing.pending import (
    clear_waiting,
    end_update,
    schedule_product,
    waiting_update,
    with_product,
)
from apps.subscriptions.operations.changing.redeeming import use_new_discount
from apps.subscriptions.operations.changing.wishes import (
    UNCHANGED,
    Behavior,
    Unchanged,
    resolve_behavior,
)
from apps.subscriptions.operations.cycling import cycle_subscription


def change_product(
    *,
    subscription_id: UUID,
    product_id: UUID,
    behavior: str | None = None,
    discount: Discount | Unchanged | None = UNCHANGED,
    agreed: str | None = None,
    origin: Origin,
) -> Subscription:
    """
    Have another product (or the present prices of the same one), billed as `behavior` says.

    Without `behavior` the organization's own counts. Another interval always starts a period that
    is paid at once. A trial goes on as the new product grants it, or ends now. A change that waits
    for the next period is replaced. `discount` goes with the product. Called outside a
    transaction: what has to be paid at once is charged in between, and nothing is changed unless
    it is paid. What it has already, at the same prices, only takes back what waits. `agreed` is
    the fingerprint of the plan that staff saw. Records `subscription.updated`.

    :raises AlreadyCanceledSubscription: if it has ended or is about to.
    :raises SubscriptionLocked: while another change is being paid for.
    :raises PlanChanged: if something else was agreed to.
    :raises ValidationFailed: for a product, discount or behavior that is not possible here.
    :raises DiscountRedemptionLimitReached: if the customer has used it as often as one may.
    :raises QuantityOutOfBounds: if the seats or units do not fit the product.
    :raises PaymentFailed: if the charge is declined, or there is nothing to charge.
    :raises PaymentActionRequired: if the customer would have to authenticate the payment.
    :raises ProcessorUnavailable: if the processor was not reached; nothing was charged.
    :raises PaymentAlreadyInProgress: if the outcome is not known yet. It is changed once paid.
    """
    with transaction.atomic():
        subscription = lock_for_change(subscription_id)
        if is_carried_out(subscription, origin):
            return carry_out(subscription_id, None, origin)
        begun = begin_product_change(
            subscription,
            product_id=product_id,
            behavior=behavior,
            discount=discount,
            agreed=agreed,
            origin=origin,
        )
    return carry_out(subscription_id, begun.attempt_id, origin)


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """How far a change has come: `is_billed` if an order was made, with what is left to charge."""

    is_billed: bool = False
    attempt_id: UUID | None = None


def begin_product_change(
    subscription: Subscription,
    *,
    product_id: UUID,
    behavior: str | None,
    discount: Discount | Unchanged | None,
    metadata: Mapping[str, Any] | None = None,
    agreed: str | None = None,
    origin: Origin,
) -> Begun:
    """
    The part of `change_product` that is one transaction, for a locked subscription.

    `metadata` is set with a change that is billed at once, when that is paid; otherwise it is left
    to the caller.
    """
    require_changeable(subscription)
    product = find_product(subscription, product_id)
    chosen = resolve_behavior(subscription.organization, behavior)
    require_discount(subscription, product, discount)
    if chosen is Behavior.NEXT_PERIOD:
        offer = require_later(subscription, product)
        if agreed is not None:
            row = with_product(subscription, offer, discount)
            describe_later(subscription, row).require(agreed)
        schedule_product(subscription, offer, discount=discount, behavior=chosen, origin=origin)
        return Begun()
    wanted = compute_product_change(
        subscription, product, behavior=chosen, discount=discount, at=origin.at
    )
    if is_as_before(subscription, wanted) and chosen is not Behavior.RESET:
        clear_waiting(subscription, origin)
        return Begun()
    if agreed is not None:
        describe_now(subscription, wanted).require(agreed)
    if not wanted.is_invoiced:
        apply_product_change(subscription, wanted, origin)
        return Begun()
    wanted = replace(wanted, metadata=metadata)
    attempt_id = pay_for_change(subscription, wanted, behavior=chosen, origin=origin)
    return Begun(is_billed=True, attempt_id=attempt_id)


def apply_product_change(subscription: Subscription, wanted: Change, origin: Origin) -> None:
    """Write a change that nothing has to be paid for now; a trial that it ends is billed."""
    use_new_discount(subscription, wanted.discount, origin)
    replace_waiting(subscription, wanted, origin)
    write_entries(subscription, wanted, origin=origin)
    apply_change(subscription, wanted, origin=origin)
    if wanted.ends_trial:
        cycle_subscription(subscription_id=subscription.pk, force=True, origin=origin)


def is_as_before(subscription: Subscription, wanted: Change) -> bool:
    """Whether the change would make no difference: asked for twice, it is made once."""
    discount_id = wanted.discount.pk if wanted.discount else None
    return (
        wanted.product_id == subscription.product_id
        and wanted.lines == present_lines(subscription)
        and (wanted.seats, wanted.units) == (subscription.seats, subscription.units)
        and discount_id == subscription.discount_id
        and wanted.period == period_of(subscription)
    )


def replace_waiting(subscription: Subscription, wanted: Change, origin: Origin) -> None:
    """A product that is had now takes the place of whatever waited."""
    row = waiting_update(subscription)
    if row is not None:
        end_update(row, origin, kept=wanted.discount.pk if wanted.discount else None)


def require_later(subscription: Subscription, product: Product) -> Offer:
    """
    What the subscription may change to with its next period.

    :raises ValidationFailed: for a product that brings seats or units to one without: how many is
        not known before it has them.
    """
    old, new = present_offer(subscription), require_offer(product, subscription.currency)
    require_same_nature(old, new)
    for name, was, is_now in (("seats", old.seats, new.seats), ("units", old.units, new.units)):
        if was is None and is_now is not None:
            raise ValidationFailed.at(
                "body",
                "proration_behavior",
                msg=f"A change to a product by {name} cannot wait for the next period.",
                value=Behavior.NEXT_PERIOD.value,
            )
    return new


def find_product(subscription: Subscription, product_id: UUID) -> Product:
    """
    A product of the subscription's own organization.

    :raises ValidationFailed: if there is none.
    """
    product = living_products(subscription.organization).filter(pk=product_id).first()
    if product is None:
        raise ValidationFailed.at(
            "body", "product_id", msg="There is no such product.", value=str(product_id)
        )
    return product
