"""The moves of a checkout session."""

from typing import Final

from apps.core.states import Machine

# A payment failure leads back from confirmed to open; a success never does.
CHECKOUT: Final = Machine(
    noun="checkout",
    moves={
        "open": frozenset({"confirmed", "expired"}),
        "confirmed": frozenset({"open", "succeeded"}),
        # Paid after all, by an authentication that was under way.
        "expired": frozenset({"confirmed"}),
    },
)

# Where money that is what the checkout asks for still buys what it sells.
PAYABLE: Final = frozenset({"open", "confirmed", "expired"})
