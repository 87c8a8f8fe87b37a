"""
Money of a merchant that is kept back, and the entries of it. Pure: no database, no clock.

=============  ====================  ====================  =============================
step           debit                 credit                entry
=============  ====================  ====================  =============================
reserved       merchant balance      reserved              `reserve:<part>`
given back     reserved              merchant balance      `reserve_release:<first part>`
held           merchant balance      held                  `hold:<hold>`
released       held                  merchant balance      `hold_release:<hold>`
=============  ====================  ====================  =============================

What is reserved of a sale counts from when the sale does, and goes back no earlier than that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from apps.ledger.books import Draft, Move, Place
from apps.ledger.kinds import AccountKind


@dataclass(frozen=True, slots=True)
class KeptPart:
    """Something that a reserve keeps: `available_at` is that of the sale it was taken of."""

    key: str
    amount: int
    available_at: datetime | None = None


def reserve_reference(part: str) -> str:
    """The reference of the entry by which a reserve takes a part."""
    return f"reserve:{part}"


def reserve_release_reference(part: str) -> str:
    """The reference of the entry that gives parts back, of which this is the first."""
    return f"reserve_release:{part}"


def hold_reference(hold_id: UUID) -> str:
    """The reference of the entry by which an amount is held."""
    return f"hold:{hold_id}"


def hold_release_reference(hold_id: UUID) -> str:
    """The reference of the entry by which it is released."""
    return f"hold_release:{hold_id}"


def reserve_draft(
    part: KeptPart, *, organization_id: UUID, currency: str, reserve_id: UUID, at: datetime
) -> Draft:
    """A part leaves the merchant's balance for the reserve."""
    taken = Move(
        "reserve",
        Place(AccountKind.MERCHANT_BALANCE, currency, organization_id),
        Place(AccountKind.RESERVED, currency, organization_id),
        part.amount,
        part.available_at,
    )
    return Draft(
        reference=reserve_reference(part.key),
        type="reserve",
        transfers=(taken,),
        organization_id=organization_id,
        at=at,
        details={"reserve_id": str(reserve_id)},
    )


def reserve_release_draft(
    parts: Sequence[KeptPart],
    *,
    organization_id: UUID,
    currency: str,
    reserve_id: UUID,
    at: datetime,
) -> Draft:
    """Parts go back together: what has matured at once, the rest with the sale it is of."""
    sums: dict[datetime | None, int] = {}
    for part in parts:
        when = part.available_at if part.available_at and part.available_at > at else None
        sums[when] = sums.get(when, 0) + part.amount
    reserved = Place(AccountKind.RESERVED, currency, organization_id)
    merchant = Place(AccountKind.MERCHANT_BALANCE, currency, organization_id)
    return Draft(
        reference=reserve_release_reference(parts[0].key),
        type="reserve_release",
        transfers=tuple(
            Move("reserve_release", reserved, merchant, amount, when)
            for when, amount in sums.items()
        ),
        organization_id=organization_id,
        at=at,
        details={"reserve_id": str(reserve_id), "parts": len(parts)},
    )


def hold_draft(
    hold_id: UUID, *, organization_id: UUID, currency: str, amount: int, at: datetime
) -> Draft:
    """An amount leaves the merchant's balance to be held."""
    held = Move(
        "hold",
        Place(AccountKind.MERCHANT_BALANCE, currency, organization_id),
        Place(AccountKind.HELD, currency, organization_id),
        amount,
    )
    return _hold(hold_reference(hold_id), "hold", held, hold_id, organization_id, at)


def hold_release_draft(
    hold_id: UUID, *, organization_id: UUID, currency: str, amount: int, at: datetime
) -> Draft:
    """It goes back, available at once."""
    released = Move(
        "hold_release",
        Place(AccountKind.HELD, currency, organization_id),
        Place(AccountKind.MERCHANT_BALANCE, currency, organization_id),
        amount,
    )
    reference = hold_release_reference(hold_id)
    return _hold(reference, "hold_release", released, hold_id, organization_id, at)


def _hold(
    reference: str, type: str, move: Move, hold_id: UUID, organization_id: UUID, at: datetime
) -> Draft:
    return Draft(
        reference=reference,
        type=type,
        transfers=(move,),
        organization_id=organization_id,
        at=at,
        details={"hold_id": str(hold_id)},
    )
