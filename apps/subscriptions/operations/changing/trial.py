"""A trial that ends before its time, if what follows is paid."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from apps.core.errors import ValidationFailed
from apps.core.origin import Origin
from apps.discounts.models import Discount
from apps.subscriptions.errors import InactiveSubscription
from apps.subscriptions.models import Subscription
from apps.subscriptions.operations.changing.computing import (
    Change,
    compute_discount_change,
    compute_product_change,
    compute_trial_end,
    compute_unbilled,
)
from apps.subscriptions.operations.changing.discount import require_discount
from apps.subscriptions.operations.changing.guards import require_changeable
from apps.subscriptions.operations.changing.offers import present_lines
from apps.subscriptions.operations.changing.paying import pay_for_change
from apps.subscriptions.operations.changing.pending import coming_change, waiting_update
from apps.subscriptions.operations.changing.product import Begun, find_product
from apps.subscriptions.operations.changing.wishes import (
    UNCHANGED,
    Behavior,
    Unchanged,
    resolve_behavior,
)
from apps.subscriptions.states import ACTIVE


def begin_trial_end(
    subscription: Subscription,
    *,
    product_id: UUID | None,
    behavior: str | None,
    discount: Discount | Unchanged | None,
    metadata: Mapping[str, Any] | None,
    origin: Origin,
) -> Begun:
    """
    Let the trial of a locked subscription end now, with the product and discount that go with it.

    One transaction, which writes what is to be paid; `carry_out` is to follow. The trial goes on
    unless it is paid. What waited for its end is had with it.

    :raises AlreadyCanceledSubscription: if it has ended or is about to.
    :raises InactiveSubscription: if it is past due or paused.
    :raises ValidationFailed: if there is no trial, or for a product, discount or behavior that is
        not possible here.
    :raises OrganizationNotReadyForPayments: while the organization may not renew.
    :raises PaymentFailed: if the customer has nothing to charge.
    """
    require_changeable(subscription)
    if subscription.status not in ACTIVE:
        raise InactiveSubscription
    if subscription.status != Subscription.Status.TRIALING:
        raise ValidationFailed.at(
            "body", "trial_end", msg="The subscription is not on trial.", value="now"
        )
    chosen = resolve_behavior(subscription.organization, behavior)
    base = _base(subscription, product_id, discount, chosen, origin)
    wanted = replace(compute_trial_end(base, origin.at), metadata=metadata, ends_trial=False)
    attempt_id = pay_for_change(subscription, wanted, behavior=chosen, origin=origin)
    return Begun(is_billed=True, attempt_id=attempt_id)


def _base(
    subscription: Subscription,
    product_id: UUID | None,
    discount: Discount | Unchanged | None,
    behavior: Behavior,
    origin: Origin,
) -> Change:
    """The subscription with what is wished beside, and else with what waits for its next period."""
    if product_id is not None:
        product = find_product(subscription, product_id)
        require_discount(subscription, product, discount)
        return compute_product_change(
            subscription, product, behavior=behavior, discount=discount, at=origin.at
        )
    if not isinstance(discount, Unchanged):
        require_discount(subscription, subscription.product, discount)
        return compute_discount_change(subscription, discount)
    waiting = waiting_update(subscription)
    coming = coming_change(subscription, waiting, origin.at) if waiting else None
    return coming or compute_unbilled(subscription, present_lines(subscription), UNCHANGED)
