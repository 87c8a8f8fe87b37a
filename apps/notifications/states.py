"""The moves of a mail."""

from typing import Final

from apps.core.states import Machine

MAIL: Final = Machine(
    noun="mail",
    moves={
        "queued": frozenset({"sent", "failed"}),
        "failed": frozenset({"queued", "sent"}),
        "suppressed": frozenset({"queued"}),
        "sent": frozenset({"queued"}),
    },
)
