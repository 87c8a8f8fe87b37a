"""Refusals of a charge without the buyer, named as the merchant API names them."""

from typing import ClassVar

from apps.core.errors import DomainError


class PaymentFailed(DomainError):
    """The charge was declined, or there is nothing to charge."""

    status: ClassVar[int] = 402
    message: ClassVar[str] = "The payment failed."


class PaymentActionRequired(DomainError):
    """The customer would have to authenticate the payment, and is not there."""

    status: ClassVar[int] = 402
    message: ClassVar[str] = "The payment needs the customer's authentication."


class OrganizationNotReadyForPayments(DomainError):
    """The organization may not take payments now."""

    status: ClassVar[int] = 403
    message: ClassVar[str] = "The organization is not ready to take payments."


class PaymentMethodSetupFailed(DomainError):
    """The bank or the processor would not have the method saved."""

    status: ClassVar[int] = 400
    message: ClassVar[str] = "The payment method could not be saved."


class CustomerNotReady(DomainError):
    """The customer has nothing of this kind at the processor."""

    status: ClassVar[int] = 403
    message: ClassVar[str] = "The customer is not ready to confirm a payment method."


class OrderNotEligibleForRetry(DomainError):
    """Only a pending order of a subscription that waits for its next try can be paid by hand."""

    status: ClassVar[int] = 422
    message: ClassVar[str] = "The payment of this order cannot be tried again."


class ManualRetryLimitExceeded(DomainError):
    """The customer has tried this order as often as they may."""

    status: ClassVar[int] = 429
    message: ClassVar[str] = "The payment of this order has been tried too often."
