"""The moves of a seat, and how long an invitation holds. Pure."""

from datetime import timedelta
from typing import Final

from apps.core.states import Machine

SEAT = Machine(
    noun="seat",
    moves={
        "pending": frozenset({"claimed", "revoked"}),
        "claimed": frozenset({"revoked"}),
        # The row is used again for the next person.
        "revoked": frozenset({"pending"}),
    },
)
TAKEN: Final = ("pending", "claimed")

INVITATION_LIFETIME: Final = timedelta(hours=24)
# How often one person is written to for one seat, the first mail included.
MAX_INVITATIONS: Final = 5
