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
