"""Refusals of a refund, named as the merchant API names them."""

from typing import ClassVar

from apps.core.errors import DomainError


class RefundsBlocked(DomainError):
    """The order, or its organization, may not refund now."""

    status: ClassVar[int] = 403
    message: ClassVar[str] = "Refunds are blocked for this order."


class RefundedAlready(DomainError):
    """Nothing is left to refund."""

    status: ClassVar[int] = 403
    message: ClassVar[str] = "This has been refunded in full already."


class ChargeDisputed(DomainError):
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
