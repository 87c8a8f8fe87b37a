"""The moves of a payment, of an attempt to charge and of a refund, as the processor tells them."""

from typing import Final

from apps.core.states import Machine

PAYMENT: Final = Machine(
    noun="payment",
    moves={"pending": frozenset({"succeeded", "failed"})},
)

CHARGE_ATTEMPT: Final = Machine(
    noun="charge attempt",
    moves={
        "open": frozenset({"succeeded", "failed"}),
        # Money that arrives after all outweighs an earlier report.
        "failed": frozenset({"succeeded"}),
    },
)

REFUND: Final = Machine(
    noun="refund",
    moves={
        "pending": frozenset({"succeeded", "failed", "canceled"}),
        # The bank may send back what it was sent.
        "succeeded": frozenset({"failed", "canceled"}),
    },
)
