"""Refusals of a checkout, named as the merchant API names them."""

from typing import ClassVar

from apps.core.errors import DomainError


class NotOpenCheckout(DomainError):
    """It is being paid, was paid, or has expired: nothing about it can be changed."""

    status: ClassVar[int] = 403
    message: ClassVar[str] = "This checkout is no longer open."


class CheckoutLocked(DomainError):
    """Another request is changing it at this moment."""

    status: ClassVar[int] = 409
    message: ClassVar[str] = "This checkout is being processed. Try again in a moment."


class ExpiredCheckoutError(DomainError):
    """Its time is over."""

    status: ClassVar[int] = 410
    message: ClassVar[str] = "This checkout has expired."


class PaymentNotReady(DomainError):
    """The organization may not take payments now."""

    status: ClassVar[int] = 403
    message: ClassVar[str] = "The merchant is not ready to take payments."


class TooManyConfirmations(DomainError):
    """The payment of one checkout was tried too often; `retry_after` in seconds."""

    status: ClassVar[int] = 429
    message: ClassVar[str] = "Too many attempts. Try again later."

    def __init__(self, retry_after: int) -> None:
        self.retry_after = retry_after
        super().__init__()


class OutdatedCheckoutIntent(DomainError):
    """Money or a set-up that belongs to a state this checkout is no longer in."""

    status: ClassVar[int] = 409
    message: ClassVar[str] = "The payment does not belong to the checkout as it is now."
