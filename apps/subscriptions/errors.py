"""Refusals of a subscription or of a change of it, named as the merchant API names them."""

from typing import Any, ClassVar

from apps.core.errors import DomainError


class AlreadyCanceledSubscription(DomainError):
    """It has ended, or will at the end of its period."""

    status: ClassVar[int] = 403
    message: ClassVar[str] = (
        "This subscription is already canceled or will be at the end of the period."
    )


class AlreadyActiveSubscriptionError(DomainError):
    """The customer has a subscription, and the organization allows one only."""

    status: ClassVar[int] = 403
    message: ClassVar[str] = "You already have an active subscription."


class TrialAlreadyRedeemed(DomainError):
    """The customer had a trial, and the organization gives one only."""

    status: ClassVar[int] = 403
    message: ClassVar[str] = "You have already had a trial. You can subscribe without one."


class InactiveSubscription(DomainError):
    """Only one that is active or on trial can be changed so."""

    status: ClassVar[int] = 403
    message: ClassVar[str] = "This subscription is not active."


class NotBillableSubscription(DomainError):
    """Only one that is active, on trial or past due is billed."""

    status: ClassVar[int] = 403
    message: ClassVar[str] = "This subscription is not billed in its present state."


class CannotPauseSubscription(DomainError):
    """Only an active one that is to go on can be paused."""

    status: ClassVar[int] = 409
    message: ClassVar[str] = "This subscription cannot be paused in its present state."


class NoScheduledPause(DomainError):
    """There is no pause to come."""

    status: ClassVar[int] = 409
    message: ClassVar[str] = "No pause is scheduled for this subscription."


class NotPausedSubscription(DomainError):
    """Only a paused one can be resumed."""

    status: ClassVar[int] = 409
    message: ClassVar[str] = "This subscription is not paused."


class CannotReinstateSubscription(DomainError):
    """It has not ended, or too much time has passed."""

    status: ClassVar[int] = 400
    message: ClassVar[str] = "This subscription cannot be reinstated."


class BadRequest(DomainError):
    """The subscription is not in the state that this undoes."""

    status: ClassVar[int] = 400
    message: ClassVar[str] = "This subscription is not set to be canceled."


class SubscriptionNotTrialing(DomainError):
    """There is no trial."""

    status: ClassVar[int] = 409
    message: ClassVar[str] = "This subscription is not on trial."


class SubscriptionLocked(DomainError):
    """A change of it waits for its payment; until that is known nothing else is changed."""

    status: ClassVar[int] = 409
    message: ClassVar[str] = "A change of this subscription is being paid for. Try again later."


class SubscriptionNotScheduledToCancel(DomainError):
    """There is no end to take back."""

    status: ClassVar[int] = 409
    message: ClassVar[str] = "This subscription is not set to be canceled."


class PaymentNotReady(DomainError):
    """The organization may not charge its subscribers now."""

    status: ClassVar[int] = 403
    message: ClassVar[str] = "The organization is not ready to renew subscriptions."


class NotASeatBasedSubscription(DomainError):
    """It has no price per seat."""

    status: ClassVar[int] = 400
    message: ClassVar[str] = "This subscription is not priced by seats."


class NotAUnitBasedSubscription(DomainError):
    """It has no price per unit."""

    status: ClassVar[int] = 400
    message: ClassVar[str] = "This subscription is not priced by units."


class QuantityOutOfBounds(DomainError):
    """More or fewer than the price allows; `bound` is the limit that was passed."""

    text: ClassVar[str] = ""

    def __init__(self, *, bound: int, requested: int) -> None:
        self.bound = bound
        self.requested = requested
        super().__init__(self.text.format(bound=bound, requested=requested))

    @property
    def extra(self) -> dict[str, Any]:
        """The numbers, for whoever tells more than the text."""
        return {"bound": self.bound, "requested": self.requested}


class BelowMinimumSeats(QuantityOutOfBounds):
    """Fewer seats than the price starts at."""

    text = "At least {bound} seats are needed, not {requested}."


class AboveMaximumSeats(QuantityOutOfBounds):
    """More seats than the price goes up to."""

    text = "At most {bound} seats are possible, not {requested}."


class SeatsAlreadyAssigned(QuantityOutOfBounds):
    """Fewer seats than there are people on them."""

    text = "{bound} seats are assigned. Revoke some before you change to {requested}."


class BelowMinimumUnits(QuantityOutOfBounds):
    """Fewer units than the price starts at."""

    text = "At least {bound} units are needed, not {requested}."


class AboveMaximumUnits(QuantityOutOfBounds):
    """More units than the price goes up to."""

    text = "At most {bound} units are possible, not {requested}."


class UpdateSubscriptionPlanNotAllowed(DomainError):
    """The merchant does not let customers change to another product."""

    status: ClassVar[int] = 403
    message: ClassVar[str] = "The merchant does not let customers change the plan."


class UpdateSubscriptionSeatsNotAllowed(DomainError):
    """The merchant does not let customers change the number of seats."""

    status: ClassVar[int] = 403
    message: ClassVar[str] = "The merchant does not let customers change the number of seats."


class UpdateSubscriptionUnitsNotAllowed(DomainError):
    """The merchant does not let customers change the number of units."""

    status: ClassVar[int] = 403
    message: ClassVar[str] = "The merchant does not let customers change the number of units."


class PauseResumeNotAllowed(DomainError):
    """The merchant does not let customers pause."""

    status: ClassVar[int] = 403
    message: ClassVar[str] = "The merchant does not let customers pause a subscription."


class PaymentMethodRequired(DomainError):
    """What goes on has to be paid, and there is nothing to charge."""

    status: ClassVar[int] = 409
    message: ClassVar[str] = "Add a payment method first."
