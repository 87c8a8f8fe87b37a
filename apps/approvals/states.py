"""What becomes of a plan that waits for a second person."""

from typing import Final

from apps.core.states import Machine

APPROVAL: Final = Machine(
    noun="approval",
    moves={
        "waiting": frozenset({"applied", "declined", "withdrawn", "stale", "expired"}),
    },
)
