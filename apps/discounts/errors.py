"""Refusals of a discount."""

from __future__ import annotations

from typing import Any, ClassVar

from apps.core.errors import DomainError, ValidationFailed


class DiscountNotRedeemable(ValidationFailed):
    """It has not begun, is over, used up or gone; the checkout can go on without it."""

    def __init__(self, value: Any = None, field: str = "discount_id") -> None:
        super().__init__(
            [
                {
                    "loc": ["body", field],
                    "msg": "This discount can no longer be redeemed.",
                    "type": "value_error",
                    "input": value,
                }
            ]
        )


class DiscountRedemptionLimitReached(DomainError):
    """This buyer has used it as often as one buyer may."""

    status: ClassVar[int] = 403
    message: ClassVar[str] = "You have already used this discount as often as you may."


class RedemptionElsewhere(DomainError):
    """The redemption belongs to another subscription."""

    status: ClassVar[int] = 409
    message: ClassVar[str] = "This use of the discount belongs to another subscription."
