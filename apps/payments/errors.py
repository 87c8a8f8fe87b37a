"""Refusals of a charge without the buyer and of a refund, named as the merchant API names them."""

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


class RefundsBlocked(DomainError):
    """The order, or its organization, may not refund now."""

    status: ClassVar[int] = 403
    message: ClassVar[str] = "Refunds are blocked for this order."


class RefundedAlready(DomainError):
    """Nothing is left to refund."""

    status: ClassVar[int] = 403
    message: ClassVar[str] = "This has been refunded in full already."


class RefundDisputedPayment(DomainError):
    """The payer has taken the money back, or is about to."""

    status: ClassVar[int] = 403
    message: ClassVar[str] = "The payment is disputed, so it cannot be refunded."


class RevokeSubscriptionBenefitsProhibited(DomainError):
    """The benefits of a subscription end with it, not with a refund."""

    status: ClassVar[int] = 400
    message: ClassVar[str] = "Benefits of a subscription cannot be revoked by a refund."


class RefundUnknownPayment(DomainError):
    """Nothing was charged that could go back, or it is not in the books yet."""

    status: ClassVar[int] = 404
    message: ClassVar[str] = "There is no settled payment to refund."


class RefundInProgress(DomainError):
    """The outcome of a refund of the same payment is not known; it must be, before the next."""

    status: ClassVar[int] = 409
    message: ClassVar[str] = "A refund of this payment is being made; its outcome is not known yet."


class RefundRefused(DomainError):
    """The processor would not refund; the message says why."""

    status: ClassVar[int] = 400
    message: ClassVar[str] = "The refund was refused."


class RefundTooEarly(DomainError):
    """What the processor tells concerns something that has not reached us yet."""

    status: ClassVar[int] = 409
    message: ClassVar[str] = "The refund concerns something that is not known yet."
