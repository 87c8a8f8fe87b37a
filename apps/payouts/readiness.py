"""Whether money can be sent to a payout account, and what it lacks. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from apps.payouts.models import PayoutAccount

READY = "ready"
INCOMPLETE = "incomplete"
UNDER_REVIEW = "under_review"
PAUSED = "paused"


# What the processor calls an account that it does not trust; one that waits for papers is none.
_DISTRUSTED = frozenset(
    {
        "listed",
        "under_review",
        "rejected.fraud",
        "rejected.listed",
        "rejected.other",
        "rejected.terms_of_service",
    }
)
# How the names of requirements begin that are about a person, or papers of the business.
_PERSONAL = ("individual.", "person_", "representative.", "owners.", "directors.")

VERIFIED = "verified"
NEEDED = "needed"
PENDING = "pending"
UNKNOWN = "unknown"


def is_distrusted(disabled_reason: str) -> bool:
    """Whether the processor has shut an account, or looks at it, because of who holds it."""
    return disabled_reason in _DISTRUSTED


def identity_of(account: PayoutAccount | None) -> str:
    """
    Whether the processor knows who holds an account.

    `verified`; `needed`: it waits for papers or facts about a person; `pending`: it looks at them;
    `unknown`: it was not asked, as with an account that people pay to.
    """
    if account is None or account.type == "manual" or not account.processor_id:
        return UNKNOWN
    needs = account.requirements or {}
    if not account.is_submitted or _about_people(needs, "due", "past_due"):
        return NEEDED
    return PENDING if _about_people(needs, "pending") else VERIFIED


def _about_people(needs: dict[str, list[str]], *lists: str) -> bool:
    return any(
        name.startswith(_PERSONAL) or ".verification." in name
        for one in lists
        for name in needs.get(one) or ()
    )


def status_of(account: PayoutAccount) -> str:
    """
    `ready`, or why not: `incomplete` (its holder has to act), `under_review` (the processor looks
    at it), `paused` (the processor does not say why).
    """
    if account.type == "manual" or is_ready(account):
        return READY
    needs = account.requirements or {}
    if not account.processor_id or not account.is_submitted:
        return INCOMPLETE
    if needs.get("due") or needs.get("past_due"):
        return INCOMPLETE
    return UNDER_REVIEW if needs.get("pending") else PAUSED


def is_ready(account: PayoutAccount) -> bool:
    """Whether money can be sent there now; people can always send some."""
    if account.deleted_at is not None:
        return False
    return account.type == "manual" or (
        bool(account.processor_id) and account.is_payout_enabled and account.is_transfer_active
    )
