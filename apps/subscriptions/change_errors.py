"""Refusals of a change of product, seats or units, named as the merchant API names them."""

from typing import Any, ClassVar

from apps.core.errors import DomainError


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


class BelowMinimumUnits(QuantityOutOfBounds):
    """Fewer units than the price starts at."""

    text = "At least {bound} units are needed, not {requested}."


class AboveMaximumUnits(QuantityOutOfBounds):
    """More units than the price goes up to."""

    text = "At most {bound} units are possible, not {requested}."
