"""
Visa's rule for fraud: earlier payments that nobody disputed can settle a dispute by themselves.

Two payments of the same card, 120 to 365 days before the dispute, that share at least two traits
with the disputed one, of them the address on the internet or the device.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

MIN_AGE: Final = timedelta(days=120)
MAX_AGE: Final = timedelta(days=365)
NEEDED_PAYMENTS: Final = 2
NEEDED_MATCHES: Final = 2
# What must be among the matches.
_STRONG: Final = frozenset({"IP address", "device"})
REASON_CODE: Final = "10.4"


@dataclass(frozen=True, slots=True, kw_only=True)
class Purchase:
    """What a payment is compared by; empty traits match nothing."""

    paid_at: datetime
    card: str = ""
    account: str = ""
    email: str = ""
    ip_address: str = ""
    device: str = ""


def matches(disputed: Purchase, earlier: Purchase) -> tuple[str, ...]:
    """What two purchases share, in words."""
    traits = {
        "customer": (disputed.account, earlier.account),
        "e-mail": (disputed.email.lower(), earlier.email.lower()),
        "IP address": (disputed.ip_address, earlier.ip_address),
        "device": (disputed.device, earlier.device),
    }
    return tuple(name for name, (one, other) in traits.items() if one and one == other)


def is_in_window(earlier: Purchase, *, disputed_at: datetime) -> bool:
    """Whether it is neither too young nor too old to count."""
    return MIN_AGE <= disputed_at - earlier.paid_at <= MAX_AGE


def counts(disputed: Purchase, earlier: Purchase, *, disputed_at: datetime) -> bool:
    """Whether one earlier payment counts for the rule."""
    shared = matches(disputed, earlier)
    return (
        bool(disputed.card)
        and disputed.card == earlier.card
        and is_in_window(earlier, disputed_at=disputed_at)
        and len(shared) >= NEEDED_MATCHES
        and not _STRONG.isdisjoint(shared)
    )


def is_compelling(
    disputed: Purchase, earlier: Iterable[Purchase], *, disputed_at: datetime
) -> bool:
    """Whether enough of them count."""
    found = [one for one in earlier if counts(disputed, one, disputed_at=disputed_at)]
    return len(found) >= NEEDED_PAYMENTS
