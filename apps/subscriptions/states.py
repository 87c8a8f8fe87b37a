"""The moves of a subscription."""

from typing import Final

from apps.core.states import Machine

SUBSCRIPTION: Final = Machine(
    noun="subscription",
    moves={
        # Paused: a pause was planned before the trial was added.
        "trialing": frozenset({"active", "past_due", "paused", "canceled"}),
        "active": frozenset({"trialing", "past_due", "paused", "canceled"}),
        "past_due": frozenset({"active", "paused", "canceled"}),
        "paused": frozenset({"active", "canceled"}),
        # By staff only: see `reinstate_subscription`.
        "canceled": frozenset({"active"}),
    },
)

ACTIVE: Final = frozenset({"trialing", "active"})
BILLABLE: Final = ACTIVE | {"past_due"}
ENDED: Final = frozenset({"canceled"})
