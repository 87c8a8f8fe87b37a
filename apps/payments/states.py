"""The moves of a payment, as the processor reports them."""

from typing import Final

from apps.core.states import Machine

PAYMENT: Final = Machine(
    noun="payment",
    moves={"pending": frozenset({"succeeded", "failed"})},
)
