"""Refusals of an order, named as the merchant API names them."""

from typing import ClassVar

from apps.core.errors import DomainError, ValidationFailed


class OrderNotDraft(DomainError):
    """Only a draft can be finalized."""

    status: ClassVar[int] = 412
    message: ClassVar[str] = "The order is not a draft."


class OffSessionChargesNotEnabled(DomainError):
    """The organization may not charge customers who are not there."""

    status: ClassVar[int] = 403
    message: ClassVar[str] = "Off-session charges are not enabled for this organization."


class OrderNotEligibleForInvoice(DomainError):
    """Drafts and voided orders have no invoice."""

    status: ClassVar[int] = 409
    message: ClassVar[str] = "An invoice cannot be made for an order in this state."


class MissingInvoiceBillingDetails(DomainError):
    """An invoice needs a billing name and address."""

    status: ClassVar[int] = 422
    message: ClassVar[str] = "The billing name and address are missing."


class PaymentAlreadyInProgress(DomainError):
    """A charge of this order is under way; its outcome must be known before the next."""

    status: ClassVar[int] = 409
    message: ClassVar[str] = "A payment of this order is already in progress."


class AmountTooSmall(ValidationFailed):
    """Neither nothing nor as much as the processor charges: `minimum` in minor units."""

    def __init__(self, amount: int, minimum: int) -> None:
        self.minimum = minimum
        message = f"The amount must be 0 or at least {minimum}."
        super().__init__(
            [
                {
                    "loc": ["body", "amount"],
                    "msg": message,
                    "type": "greater_than_equal",
                    "input": amount,
                }
            ]
        )
