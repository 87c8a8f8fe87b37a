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


class CheckoutCustomerDeleted(DomainError):
    """The customer this checkout was made for has been deleted."""

    status: ClassVar[int] = 409
    message: ClassVar[str] = "The customer of this checkout no longer exists."


class OutdatedCheckoutIntent(DomainError):
    """Money or a set-up that belongs to a state this checkout is no longer in."""

    status: ClassVar[int] = 409
    message: ClassVar[str] = "The payment does not belong to the checkout as it is now."


class EmbedHostNotAllowed(DomainError):
    """The merchant lets only some websites show its checkouts, and this is none of them."""

    status: ClassVar[int] = 403
    message: ClassVar[str] = "Checkouts of this merchant cannot be embedded there."
