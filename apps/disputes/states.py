"""The moves of a dispute, and what the processor's statuses mean."""

from typing import Final

from apps.core.states import Machine

ENDS: Final = frozenset({"won", "lost", "prevented"})

DISPUTE: Final = Machine(
    noun="dispute",
    moves={
        "early_warning": frozenset({"needs_response", "under_review"}) | ENDS,
        "needs_response": frozenset({"under_review"}) | ENDS,
        # An inquiry that was answered may become a dispute that needs one.
        "under_review": frozenset({"needs_response"}) | ENDS,
        # The preventive refund has failed, and the bank goes on.
        "prevented": frozenset({"needs_response", "under_review"}),
        # A bank may think better of it.
        "lost": frozenset({"won"}),
    },
)

# The bank has taken the money, or is about to, and has not decided.
CONTESTING: Final = frozenset({"needs_response", "under_review"})
# Stripe's words; an inquiry that was closed took no money.
_BY_PROCESSOR: Final = {
    "needs_response": "needs_response",
    "warning_needs_response": "needs_response",
    "under_review": "under_review",
    "warning_under_review": "under_review",
    "won": "won",
    "lost": "lost",
    "prevented": "prevented",
    "warning_closed": "prevented",
}


def dispute_status(processor_status: str) -> str:
    """
    Our status for one of the processor's.

    :raises ValueError: for a status that is not known; somebody has to decide what it means.
    """
    try:
        return _BY_PROCESSOR[processor_status]
    except KeyError:
        raise ValueError(f"{processor_status!r} is no status of a dispute.") from None
