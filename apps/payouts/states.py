"""The statuses of payouts and of their attempts, and what the attempts make of a payout."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from apps.core.states import Machine

PAYOUT: Final = Machine(
    noun="payout",
    moves={
        "held": frozenset({"pending", "canceled"}),
        "pending": frozenset({"in_transit", "succeeded", "failed", "canceled"}),
        "in_transit": frozenset({"pending", "succeeded", "failed"}),
        "failed": frozenset({"pending", "in_transit", "succeeded", "canceled"}),
        # A bank may send back what it has paid.
        "succeeded": frozenset({"pending", "in_transit", "failed"}),
    },
)

# What the processor reports late never takes an attempt back.
ATTEMPT: Final = Machine(
    noun="payout attempt",
    moves={
        "pending": frozenset({"in_transit", "succeeded", "failed"}),
        "in_transit": frozenset({"succeeded", "failed"}),
        "succeeded": frozenset({"failed"}),
    },
)

# Canceled for good, or kept back by us: no attempt changes that.
FIXED: Final = frozenset({"canceled", "held"})
CANCELABLE: Final = frozenset({"pending", "failed", "held"})
# Paid only once the organization is approved.
HOLDING: Final = frozenset({"review", "snoozed"})
# Organizations of these statuses lose what waits; in the first only what is held.
LOSING_HELD: Final = frozenset({"created"})
LOSING_ALL: Final = frozenset({"denied", "blocked", "offboarding"})

_BY_PROVIDER: Final = {
    "in_transit": "in_transit",
    "paid": "succeeded",
    "failed": "failed",
    "canceled": "failed",
}


class Tried(NamedTuple):
    """An attempt, as far as the payout depends on it."""

    status: str
    amount: int


def attempt_status(provider_status: str) -> str:
    """The status of an attempt by that of the processor's payout; pending for any other."""
    return _BY_PROVIDER.get(provider_status, "pending")


def payout_status(current: str, attempts: Sequence[Tried], *, amount: int | None) -> str:
    """
    The status of a payout of `amount` after its attempts, oldest first.

    It has succeeded when what succeeded adds up to all of it. A part that arrived keeps it in
    transit until the rest has arrived as well.
    """
    if current in FIXED:
        return current
    if not attempts:
        return "pending"
    paid = sum(one.amount for one in attempts if one.status == "succeeded")
    if amount is not None and paid >= amount:
        return "succeeded"
    if paid or attempts[-1].status == "in_transit":
        return "in_transit"
    if all(one.status == "failed" for one in attempts):
        return "failed"
    return "pending"


def unclaimed_amount(attempts: Sequence[Tried], *, amount: int) -> int:
    """What no attempt is paying or has paid."""
    return amount - sum(one.amount for one in attempts if one.status != "failed")
