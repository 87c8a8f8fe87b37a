"""The moves of a line of the statement, and of a discrepancy."""

from typing import Final

from apps.core.states import Machine

TRANSACTION: Final = Machine(
    noun="balance transaction",
    moves={
        # What is compared again may turn out as anything.
        "unmatched": frozenset({"matched", "different"}),
        "matched": frozenset({"unmatched", "different"}),
        "different": frozenset({"unmatched", "matched"}),
    },
)

DISCREPANCY: Final = Machine(
    noun="discrepancy",
    moves={"open": frozenset({"repaired", "explained", "closed"})},
)
