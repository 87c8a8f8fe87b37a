"""Refusals of a top-up, named as the merchant API names them."""

from typing import ClassVar

from apps.core.errors import DomainError


class MissingPaymentMethodError(DomainError):
    """The customer has nothing to charge."""

    status: ClassVar[int] = 402
    message: ClassVar[str] = "The customer of this wallet has no payment method to charge."


class InvalidPaymentMethodError(DomainError):
    """The payment method is not one of the wallet's customer."""

    status: ClassVar[int] = 403
    message: ClassVar[str] = "This payment method is not one of the wallet's customer."


class PaymentIntentFailedError(DomainError):
    """The money is not there, or not there yet: nothing was credited."""

    status: ClassVar[int] = 400
    message: ClassVar[str] = "The payment of the top-up did not succeed."


class TopUpInProgress(DomainError):
    """The outcome of an earlier top-up must be known before the next."""

    status: ClassVar[int] = 409
    message: ClassVar[str] = "A top-up of this wallet is already in progress."
