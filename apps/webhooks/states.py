"""The moves of an event on its way to an endpoint."""

from typing import Final

from apps.core.states import Machine

WEBHOOK_EVENT: Final = Machine(
    noun="webhook event",
    moves={
        "pending": frozenset({"delivered", "failed", "skipped"}),
        # Asked for again.
        "delivered": frozenset({"pending"}),
        "failed": frozenset({"pending"}),
        "skipped": frozenset({"pending"}),
    },
)
