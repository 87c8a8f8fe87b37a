"""What a customer may ask of a subscription: one body for each thing, and the operation of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from rest_framework import serializers

from apps.api.inputs import ChoiceField, FlagField, TextField, WholeField
from apps.core.errors import DomainError, ValidationFailed
from apps.core.origin import Origin
from apps.payments.errors import PaymentActionRequired, PaymentFailed
from apps.subscriptions.api.refusals import as_declared
from apps.subscriptions.api.serializers import (
    CANCELLATION_REASONS,
    ClearInput,
    PauseInput,
    ResumeInput,
)
from apps.subscriptions.errors import (
    AlreadyCanceledSubscription,
    InactiveSubscription,
    PaymentNotReady,
    SubscriptionLocked,
)
from apps.subscriptions.models import Subscription
from apps.subscriptions.operations import cancel_subscription, discard_pending_update
from apps.subscriptions.operations.selfservice import (
    choose_pause,
    choose_product,
    choose_seats,
    choose_units,
    drop_own_pause,
    end_own_pause,
    explain_cancellation,
    keep_subscription,
)

Form = type[serializers.Serializer[Any]]
Values = dict[str, Any]
Verb = Callable[[Subscription, Values, Origin], object]


class OwnProductInput(serializers.Serializer[Any]):
    """Another product."""

    product_id = serializers.UUIDField()


class OwnSeatsInput(serializers.Serializer[Any]):
    """Another number of seats."""

    seats = WholeField(min_value=1)


class OwnUnitsInput(serializers.Serializer[Any]):
    """Another number of units."""

    units = WholeField(min_value=1)


class OwnCancelInput(serializers.Serializer[Any]):
    """To end with the period, or not to after all; without either, why it was canceled."""

    cancel_at_period_end = FlagField(required=False, allow_null=True)
    cancellation_reason = ChoiceField(choices=CANCELLATION_REASONS, required=False, allow_null=True)
    cancellation_comment = TextField(required=False, allow_null=True)


# The field that tells a body from the others; without any of them it is about the end.
_BY_FIELD: Final[dict[str, Form]] = {
    "product_id": OwnProductInput,
    "seats": OwnSeatsInput,
    "units": OwnUnitsInput,
    "pause_at_period_end": PauseInput,
    "resume": ResumeInput,
    "pending_update": ClearInput,
}
OWN_FORMS: Final[tuple[Form, ...]] = (*_BY_FIELD.values(), OwnCancelInput)


def own_form(data: Any) -> Form:
    """Which body an update is; each is read strictly, so a mixture of two is refused."""
    if isinstance(data, Mapping):
        for name, form in _BY_FIELD.items():
            if name in data:
                return form
    return OwnCancelInput


def carry_out_own(subscription: Subscription, form: Form, values: Values, origin: Origin) -> None:
    """
    Do what the checked `values` of `form` say, or refuse as is declared for customers.

    Called outside a transaction: some of it is charged.
    """
    with _for_customers(form), as_declared(subscription, values):
        _VERBS[form](subscription, values, origin)


@contextmanager
def _for_customers(form: Form) -> Iterator[None]:
    """What has no name of its own here is located in the request, as clients expect of a 422."""
    try:
        yield
    except PaymentActionRequired as error:
        raise PaymentFailed(error.detail) from error
    except InactiveSubscription as error:
        raise AlreadyCanceledSubscription(error.detail) from error
    except (SubscriptionLocked, PaymentNotReady) as error:
        raise _at(form, error) from error


def _at(form: Form, error: DomainError) -> ValidationFailed:
    name = next((name for name, one in _BY_FIELD.items() if one is form), "cancel_at_period_end")
    return ValidationFailed.at("body", name, msg=error.detail)


def _end(subscription: Subscription, values: Values, origin: Origin) -> None:
    reason = values.get("cancellation_reason")
    comment = values.get("cancellation_comment")
    is_ending = values.get("cancel_at_period_end")
    if is_ending is False:
        keep_subscription(subscription_id=subscription.pk, origin=origin)
    elif is_ending:
        cancel_subscription(
            subscription_id=subscription.pk, reason=reason, comment=comment, origin=origin
        )
    elif reason is not None or comment is not None:
        explain_cancellation(
            subscription_id=subscription.pk, reason=reason, comment=comment, origin=origin
        )


def _pause(subscription: Subscription, values: Values, origin: Origin) -> None:
    if values["pause_at_period_end"]:
        choose_pause(
            subscription_id=subscription.pk, resumes_at=values.get("resumes_at"), origin=origin
        )
    else:
        drop_own_pause(subscription_id=subscription.pk, origin=origin)


_VERBS: Final[dict[Form, Verb]] = {
    OwnProductInput: lambda row, values, origin: choose_product(
        subscription_id=row.pk, product_id=values["product_id"], origin=origin
    ),
    OwnSeatsInput: lambda row, values, origin: choose_seats(
        subscription_id=row.pk, seats=values["seats"], origin=origin
    ),
    OwnUnitsInput: lambda row, values, origin: choose_units(
        subscription_id=row.pk, units=values["units"], origin=origin
    ),
    OwnCancelInput: _end,
    PauseInput: _pause,
    ResumeInput: lambda row, values, origin: end_own_pause(subscription_id=row.pk, origin=origin),
    ClearInput: lambda row, values, origin: discard_pending_update(
        subscription_id=row.pk, origin=origin
    ),
}
