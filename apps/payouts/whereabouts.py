"""
Where a merchant's money is: every cent of it in one of six places. Pure: no database, no clock.

===========  =====================================================================================
settled      may be paid out now
maturing     of sales that may not be paid out yet
in_transit   taken for payouts, and not in a bank
held         kept by a decision of staff, or in payouts that wait for an approval
reserved     kept by the terms of a reserve
owed_back    a balance below zero (a debt), what is disputed or being refunded, and money without an
             order
===========  =====================================================================================

They add up to what the ledger has for the merchant, whatever is in which. What is claimed of it and
not booked yet (refunds that the processor is just being asked for) is still in one of the others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from apps.ledger.claims import Claim
from apps.ledger.kinds import CUSTOMER_KINDS, AccountKind
from apps.ledger.selectors import MerchantMoney, Release

SETTLED, MATURING, IN_TRANSIT = "settled", "maturing", "in_transit"
HELD, RESERVED, OWED_BACK = "held", "reserved", "owed_back"
PLACES: Final = (SETTLED, MATURING, IN_TRANSIT, HELD, RESERVED, OWED_BACK)
TITLES: Final = {
    SETTLED: "Settled",
    MATURING: "Maturing",
    IN_TRANSIT: "In transit",
    HELD: "Held",
    RESERVED: "Reserved",
    OWED_BACK: "Owed back",
}

# A merchant's accounts beside the balance, each in one place; the rest is explained below.
DISPUTED, UNCLAIMED = "Open disputes", "Payments without an order"
REFUNDS = "Refunds under way"
OWED_KINDS: Final = {
    AccountKind.DISPUTE_HOLDS: DISPUTED,
    AccountKind.REFUND_HOLDS: REFUNDS,
    AccountKind.UNCLAIMED_PAYMENTS: UNCLAIMED,
    AccountKind.SALES_CLEARING: "Being booked",
}
# Where money of payouts is meanwhile, and promises to customers: no money of the merchant's own.
ELSEWHERE: Final = frozenset({AccountKind.PAYOUT_ACCOUNTS, *CUSTOMER_KINDS})
DEBT: Final = "Balance below zero"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Some of the money in a place: why it is there, by whom, until when, as far as known."""

    title: str
    amount: int
    why: str = ""
    by: str = ""
    until: datetime | None = None
    record: Any = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One of the places, with what is there."""

    key: str
    amount: int
    parts: Sequence[Part] = ()

    @property
    def title(self) -> str:
        """Its name."""
        return TITLES[self.key]


@dataclass(frozen=True, slots=True, kw_only=True)
class Whereabouts:
    """
    All of a merchant's money in one currency, in minor units.

    `places` add up to `total_amount`; `ledger_amount` is what the accounts hold, and must be the
    same. `in_accounts_amount` of what is in transit is in the merchant's account at the processor.
    """

    currency: str
    at: datetime
    places: Sequence[Place]
    releases: Sequence[Release]
    claims: Sequence[Claim]
    ledger_amount: int
    in_accounts_amount: int

    @property
    def total_amount(self) -> int:
        """All places together."""
        return sum(place.amount for place in self.places)

    @property
    def claimed_amount(self) -> int:
        """What is claimed of it and not booked."""
        return sum(claim.amount for claim in self.claims)

    def place(self, key: str) -> Place:
        """The place called so."""
        return next(place for place in self.places if place.key == key)


def divide(
    *,
    money: MerchantMoney,
    balances: Mapping[str, int],
    transit: Sequence[Part],
    held_payouts: Sequence[Part],
    holds: Sequence[Part],
    reserves: Sequence[Part],
    claims: Sequence[Claim],
    at: datetime,
) -> Whereabouts:
    """
    Put a merchant's money in its places.

    `balances` are those of the merchant's accounts by kind. Amounts come from the ledger wherever
    it tells two places apart, and from the rows in `held_payouts` where only they do.
    """
    held_due = sum(part.amount for part in held_payouts)
    owed = [
        Part(title=title, amount=balances.get(kind, 0))
        for kind, title in OWED_KINDS.items()
        if balances.get(kind, 0)
    ]
    if money.available_amount < 0:
        owed.insert(0, Part(title=DEBT, amount=money.available_amount))
    amounts = {
        SETTLED: max(money.available_amount, 0),
        MATURING: money.pending_amount,
        IN_TRANSIT: balances.get(AccountKind.PAYOUTS_DUE, 0) - held_due,
        HELD: balances.get(AccountKind.HELD, 0) + held_due,
        RESERVED: balances.get(AccountKind.RESERVED, 0),
        OWED_BACK: sum(part.amount for part in owed),
    }
    parts = {
        IN_TRANSIT: transit,
        HELD: [*holds, *held_payouts],
        RESERVED: reserves,
        OWED_BACK: owed,
    }
    return Whereabouts(
        currency=money.currency,
        at=at,
        places=[
            Place(key=key, amount=amounts[key], parts=tuple(parts.get(key, ()))) for key in PLACES
        ],
        releases=money.releases,
        claims=claims,
        ledger_amount=sum(amount for kind, amount in balances.items() if kind not in ELSEWHERE),
        in_accounts_amount=balances.get(AccountKind.PAYOUT_ACCOUNTS, 0),
    )
