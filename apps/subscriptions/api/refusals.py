"""Refusals of an update in the words that clients of the API know for it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from typing import Final

from apps.core.errors import DomainError, ResourceUnavailable, ValidationFailed
from apps.discounts.errors import DiscountRedemptionLimitReached
from apps.orders.errors import PaymentAlreadyInProgress
from apps.payments.errors import OrganizationNotReadyForPayments
from apps.subscriptions.errors import (
    AboveMaximumSeats,
    AboveMaximumUnits,
    AlreadyCanceledSubscription,
    BadRequest,
    BelowMinimumSeats,
    BelowMinimumUnits,
    CannotPauseSubscription,
    InactiveSubscription,
    NoScheduledPause,
    NotASeatBasedSubscription,
    NotAUnitBasedSubscription,
    NotPausedSubscription,
    PaymentNotReady,
    SeatsAlreadyAssigned,
    SubscriptionLocked,
    SubscriptionNotScheduledToCancel,
)
from apps.subscriptions.models import Subscription
from apps.subscriptions.states import ACTIVE, ENDED

Rewording = Callable[[DomainError], DomainError]
Names = Collection[str]


@contextmanager
def as_declared(subscription: Subscription, body: Names) -> Iterator[None]:
    """
    Let an update of this subscription refuse with one of the errors that are declared for it.

    A client that parses a declared status by the name in its body fails on any other name. What
    has no name of its own there is located in the request (422), whose fields `body` names.
    """
    try:
        yield
    except SeatsAlreadyAssigned as error:
        if "seats" in body:
            # Its status is declared by nobody, so that its name is read as it is.
            raise
        raise _at("product_id")(error) from error
    except CannotPauseSubscription as error:
        raise _cannot_pause(subscription, error) from error
    except (*_OF_SEATS, *_OF_UNITS) as error:
        name = "seats" if isinstance(error, _OF_SEATS) else "units"
        # A product that does not suit the number, where none was asked for.
        raise _at(name if name in body else "product_id")(error) from error
    except DomainError as error:
        reword = _REWORDED.get(type(error))
        if reword is None:
            raise
        raise reword(error) from error


def _cannot_pause(subscription: Subscription, error: DomainError) -> DomainError:
    if subscription.status in ENDED or subscription.cancel_at_period_end:
        return AlreadyCanceledSubscription()
    if subscription.status not in ACTIVE:
        return InactiveSubscription()
    return _at("pause_at_period_end")(error)


def _at(name: str) -> Rewording:
    return lambda error: ValidationFailed.at("body", name, msg=error.detail)


_OF_SEATS: Final = (
    NotASeatBasedSubscription,
    BelowMinimumSeats,
    AboveMaximumSeats,
)
_OF_UNITS: Final = (NotAUnitBasedSubscription, BelowMinimumUnits, AboveMaximumUnits)
_REWORDED: Final[dict[type[DomainError], Rewording]] = {
    DiscountRedemptionLimitReached: _at("discount_id"),
    NoScheduledPause: _at("pause_at_period_end"),
    NotPausedSubscription: _at("resume"),
    BadRequest: lambda error: SubscriptionNotScheduledToCancel(),
    ResourceUnavailable: lambda error: AlreadyCanceledSubscription(),
    OrganizationNotReadyForPayments: lambda error: PaymentNotReady(),
    # The outcome of the charge is not known yet: until then nothing else is changed.
    PaymentAlreadyInProgress: lambda error: SubscriptionLocked(error.detail),
}
