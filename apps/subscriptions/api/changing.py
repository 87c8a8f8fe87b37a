"""An update in each of its bodies, as the one operation that it asks for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from rest_framework import serializers

from apps.core.errors import ValidationFailed
from apps.core.origin import Origin
from apps.discounts.models import Discount
from apps.discounts.selectors import living_discounts
from apps.organizations.models import Organization
from apps.subscriptions.api.serializers import (
    BaseUpdateInput,
    CancelInput,
    ClearInput,
    PauseInput,
    PeriodUpdateInput,
    ResumeInput,
    RevokeInput,
    SeatsUpdateInput,
    UnitsUpdateInput,
    trial_end_of,
)
from apps.subscriptions.models import Subscription
from apps.subscriptions.operations import (
    SubscriptionUpdate,
    cancel_pause,
    cancel_subscription,
    change_period_end,
    change_seats,
    change_units,
    discard_pending_update,
    pause_subscription,
    resume_subscription,
    revoke_subscription,
    uncancel_subscription,
    update_subscription,
)
from apps.subscriptions.operations.changing.wishes import UNCHANGED, Unchanged

Values = dict[str, Any]
Verb = Callable[[Subscription, Values, Origin], object]


def carry_out_update(
    subscription: Subscription,
    form: type[serializers.Serializer[Any]],
    values: Values,
    origin: Origin,
) -> None:
    """
    Do what the checked `values` of `form` say; raises what the operation does.

    Called outside a transaction: some of them charge the subscriber.
    """
    _VERBS[form](subscription, values, origin)


def wished_discount(organization: Organization, values: Values) -> Discount | Unchanged | None:
    """
    The discount that a body names: none of its own, taken away by null, or that one.

    :raises ValidationFailed: if there is no such discount.
    """
    if "discount_id" not in values:
        return UNCHANGED
    discount_id = values["discount_id"]
    if discount_id is None:
        return None
    found = living_discounts(organization).filter(pk=discount_id).first()
    if found is None:
        raise ValidationFailed.at(
            "body", "discount_id", msg="There is no such discount.", value=str(discount_id)
        )
    return found


def _update(subscription: Subscription, values: Values, origin: Origin) -> None:
    changes_trial, trial_end_at = trial_end_of(values.get("trial_end"))
    wishes = SubscriptionUpdate(
        product_id=values.get("product_id"),
        behavior=values.get("proration_behavior"),
        discount=wished_discount(subscription.organization, values),
        changes_trial=changes_trial,
        trial_end_at=trial_end_at,
        metadata=values.get("metadata"),
    )
    update_subscription(subscription_id=subscription.pk, wishes=wishes, origin=origin)


def _seats(subscription: Subscription, values: Values, origin: Origin) -> None:
    change_seats(
        subscription_id=subscription.pk,
        seats=values["seats"],
        behavior=values.get("proration_behavior"),
        origin=origin,
    )


def _units(subscription: Subscription, values: Values, origin: Origin) -> None:
    change_units(
        subscription_id=subscription.pk,
        units=values["units"],
        behavior=values.get("proration_behavior"),
        origin=origin,
    )


def _period(subscription: Subscription, values: Values, origin: Origin) -> None:
    change_period_end(
        subscription_id=subscription.pk,
        period_end_at=values["current_billing_period_end"],
        origin=origin,
    )


def _cancel(subscription: Subscription, values: Values, origin: Origin) -> None:
    if not values["cancel_at_period_end"]:
        uncancel_subscription(subscription_id=subscription.pk, origin=origin)
        return
    reason, comment = _words(values)
    cancel_subscription(
        subscription_id=subscription.pk, reason=reason, comment=comment, origin=origin
    )


def _revoke(subscription: Subscription, values: Values, origin: Origin) -> None:
    reason, comment = _words(values)
    revoke_subscription(
        subscription_id=subscription.pk, reason=reason, comment=comment, origin=origin
    )


def _pause(subscription: Subscription, values: Values, origin: Origin) -> None:
    if values["pause_at_period_end"]:
        pause_subscription(
            subscription_id=subscription.pk, resumes_at=values.get("resumes_at"), origin=origin
        )
    else:
        cancel_pause(subscription_id=subscription.pk, origin=origin)


def _resume(subscription: Subscription, values: Values, origin: Origin) -> None:
    resume_subscription(subscription_id=subscription.pk, origin=origin)


def _clear(subscription: Subscription, values: Values, origin: Origin) -> None:
    discard_pending_update(subscription_id=subscription.pk, origin=origin)


def _words(values: Values) -> tuple[str | None, str | None]:
    reason = values.get("customer_cancellation_reason")
    return reason, values.get("customer_cancellation_comment")


_VERBS: Final[dict[type[serializers.Serializer[Any]], Verb]] = {
    BaseUpdateInput: _update,
    SeatsUpdateInput: _seats,
    UnitsUpdateInput: _units,
    PeriodUpdateInput: _period,
    CancelInput: _cancel,
    RevokeInput: _revoke,
    PauseInput: _pause,
    ResumeInput: _resume,
    ClearInput: _clear,
}
