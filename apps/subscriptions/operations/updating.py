"""What a merchant asks for in one request: all of it is done, or nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from apps.core.errors import ValidationFailed
from apps.core.metadata import validate_metadata
from apps.core.origin import Origin
from apps.discounts.models import Discount
from apps.subscriptions.locks import lock_for_change, lock_subscription
from apps.subscriptions.models import Subscription
from apps.subscriptions.operations.announcing import announce, change
from apps.subscriptions.operations.changing.discount import change_discount
from apps.subscriptions.operations.changing.paying import carry_out, is_carried_out
from apps.subscriptions.operations.changing.product import Begun, begin_product_change
from apps.subscriptions.operations.changing.trial import begin_trial_end
from apps.subscriptions.operations.changing.wishes import UNCHANGED, Unchanged
from apps.subscriptions.operations.trialing import set_trial_end


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionUpdate:
    """
    Another product, discount, end of the trial or metadata; what is left out stays.

    `behavior` says how the product is billed (see `change_product`). With `changes_trial` the trial
    ends at `trial_end_at`, or now if that is None: if the first period is paid.
    """

    product_id: UUID | None = None
    behavior: str | None = None
    discount: Discount | Unchanged | None = UNCHANGED
    changes_trial: bool = False
    trial_end_at: datetime | None = None
    metadata: Mapping[str, Any] | None = None

    @property
    def ends_trial_now(self) -> bool:
        """Whether the trial is to end at once."""
        return self.changes_trial and self.trial_end_at is None

    @property
    def is_a_note(self) -> bool:
        """Whether neither money nor a date is touched."""
        is_about_discount = not isinstance(self.discount, Unchanged)
        return self.product_id is None and not is_about_discount and not self.changes_trial


def update_subscription(
    *, subscription_id: UUID, wishes: SubscriptionUpdate, origin: Origin
) -> Subscription:
    """
    Do everything that is wished, as one change: the product first, the end of the trial last.

    Called outside a transaction: what has to be paid at once, which is a product that is invoiced
    or the period after a trial that ends now, is charged in between, and nothing of the whole is
    done unless it is paid. It raises what `change_product`, `change_discount` and `set_trial_end`
    do.

    :raises SchemaInvalid: if the metadata is too much, or not plain values.
    :raises ValidationFailed: for a new end of a trial beside a product that has to be paid at once:
        whether there will be a trial depends on that payment.
    """
    metadata = None if wishes.metadata is None else validate_metadata(wishes.metadata)
    with transaction.atomic():
        begun = Begun()
        if not wishes.is_a_note:
            subscription = lock_for_change(subscription_id)
            if is_carried_out(subscription, origin):
                return carry_out(subscription_id, None, origin)
            begun = _change(subscription, wishes, metadata, origin)
        if metadata is not None and not begun.is_billed:
            update_subscription_metadata(
                subscription_id=subscription_id, metadata=metadata, origin=origin
            )
    return carry_out(subscription_id, begun.attempt_id, origin)


@transaction.atomic
def update_subscription_metadata(
    *, subscription_id: UUID, metadata: Mapping[str, Any], origin: Origin
) -> Subscription:
    """
    Replace the metadata, whatever the status. The same again changes nothing.

    Records `subscription.updated`.

    :raises SchemaInvalid: if it is too much, or not plain values.
    """
    subscription = lock_subscription(subscription_id)
    changes = change(subscription, {"metadata": validate_metadata(metadata)}, origin)
    if changes:
        announce(subscription, "subscription.updated", origin=origin, changes=changes)
    return subscription


def _change(
    subscription: Subscription,
    wishes: SubscriptionUpdate,
    metadata: Mapping[str, Any] | None,
    origin: Origin,
) -> Begun:
    # One that is to be paused when its trial ends is not billed then.
    if wishes.ends_trial_now and not subscription.pause_at_period_end:
        return begin_trial_end(
            subscription,
            product_id=wishes.product_id,
            behavior=wishes.behavior,
            discount=wishes.discount,
            metadata=metadata,
            origin=origin,
        )
    begun = Begun()
    if wishes.product_id is not None:
        begun = begin_product_change(
            subscription,
            product_id=wishes.product_id,
            behavior=wishes.behavior,
            discount=wishes.discount,
            metadata=metadata,
            origin=origin,
        )
    elif not isinstance(wishes.discount, Unchanged):
        change_discount(subscription_id=subscription.pk, discount=wishes.discount, origin=origin)
    if wishes.changes_trial:
        if begun.is_billed:
            raise ValidationFailed.at(
                "body",
                "trial_end",
                msg="The trial cannot be moved by a change that has to be paid for at once.",
            )
        set_trial_end(
            subscription_id=subscription.pk, trial_end_at=wishes.trial_end_at, origin=origin
        )
    return begun
