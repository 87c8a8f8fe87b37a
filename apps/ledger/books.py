"""The vocabulary of a posting: places, moves and drafts. Pure; nothing here reads the database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from apps.core.errors import DomainError
from apps.ledger.kinds import AccountKind


class EntryConflict(DomainError):
    """The reference stands in the books with other facts."""

    status = 409
    message = "This was posted before with other facts."


class Place(NamedTuple):
    """Names an account without knowing its row; `organization_id` null is the platform's own."""

    kind: AccountKind
    currency: str
    organization_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """
    A positive amount that leaves `credit` for `debit`, in the one currency of both.

    :raises ValueError: for an amount that is not positive, two currencies, or a single place.
    """

    type: str
    debit: Place
    credit: Place
    amount: int
    available_at: datetime | None = None

    def __post_init__(self) -> None:
        if self.amount <= 0:
            raise ValueError(f"{self.type}: the amount must be positive, not {self.amount}.")
        if self.debit.currency != self.credit.currency:
            raise ValueError(f"{self.type}: {self.debit.currency} into {self.credit.currency}.")
        if self.debit == self.credit:
            raise ValueError(f"{self.type}: both sides are {self.debit.kind}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Presentment:
    """What the buyer saw: `amount` without tax, and the rate into the settlement currency."""

    currency: str
    amount: int
    tax_amount: int
    exchange_rate: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """What an entry can be traced to."""

    order_id: UUID | None = None
    payment_id: UUID | None = None
    # The entry that this one corrects.
    corrects_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An entry before it is written; `details` explains it to people and to the checks."""

    reference: str
    type: str
    transfers: tuple[Move, ...]
    organization_id: UUID | None
    at: datetime
    cause: Cause = field(default_factory=Cause)
    presentment: Presentment | None = None
    details: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.transfers:
            raise ValueError(f"{self.reference}: an entry needs a transfer.")


def moves(*candidates: Move | None) -> tuple[Move, ...]:
    """The moves that there are."""
    return tuple(candidate for candidate in candidates if candidate is not None)


def move(
    kind: str, *, debit: Place, credit: Place, amount: int, available_at: datetime | None = None
) -> Move | None:
    """A move of `amount`; none for zero, the other way round for a negative one."""
    if amount == 0:
        return None
    if amount < 0:
        debit, credit, amount = credit, debit, -amount
    return Move(kind, debit, credit, amount, available_at)
