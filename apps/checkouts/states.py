"""The moves of a checkout session."""

from typing import Final

from apps.core.states import Machine

# A payment failure leads back from confirmed to open; a success never does.
CHECKOUT: Final = Machine(
    noun="checkout",
    moves={
        "open": frozenset({"confirmed", "expired"}),
        "confirmed": frozenset({"open", "succeeded"}),
    },
)

SETTLED: Final = frozenset({"succeeded", "expired", "failed"})
