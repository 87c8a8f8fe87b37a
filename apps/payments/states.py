"""The moves of a payment and of an attempt to charge, as the processor reports them."""

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
