"""
What a change in the middle of a period costs and gives back. Pure; amounts in minor units.

A product change credits what is left of the old prices and debits the same stretch of the new
ones, each rounded half to even. A change of seats or units is one entry for the difference, cut
to whole units. A fresh period is paid for in full. An entry of nothing is not made. See
`docs/algorithms/proration.md`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from fractions import Fraction
from typing import Final
from uuid import UUID

from apps.core.money import round_half_even, truncate
from apps.discounts.terms import DiscountTerms
from apps.subscriptions.periods import Period

METERED: Final = "metered"


class Quantity(StrEnum):
    """What is counted."""

    SEATS = "seats"
    UNITS = "units"


class Side(StrEnum):
    """Whose price an entry is for: of the product before the change, or after it."""

    OLD = "old"
    NEW = "new"


class Direction(StrEnum):
    """Debit: the customer pays. Credit: the customer gets."""

    DEBIT = "debit"
    CREDIT = "credit"


@dataclass(frozen=True, slots=True, kw_only=True)
class PricedLine:
    """A price of a subscription; `amount` is that of a whole period, before the discount."""

    price_id: UUID
    kind: str
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryDraft:
    """
    One billing entry to be. `amount` is never negative and has the discount taken off.

    `discount_amount` is what was taken off: for a whole period on entries of a product change,
    for the prorated part on entries of a quantity change, None where it is nothing.
    """

    type: str
    direction: Direction
    side: Side
    price_id: UUID
    amount: int
    discount_amount: int | None
    period: Period
    quantity_before: int | None = None
    quantity_after: int | None = None

    @property
    def signed_amount(self) -> int:
        """The amount as an order counts it: a credit is negative."""
        return -self.amount if self.direction is Direction.CREDIT else self.amount


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """The price by seats or units, and how their number changes."""

    price_id: UUID
    quantity: Quantity
    before: int
    after: int

    def entry(self, amount: int, discount_amount: int, period: Period) -> EntryDraft:
        """The entry of a signed amount: above zero an increase, below zero a decrease."""
        is_increase = amount >= 0
        return EntryDraft(
            type=f"subscription_{self.quantity}_{'increase' if is_increase else 'decrease'}",
            direction=Direction.DEBIT if is_increase else Direction.CREDIT,
            side=Side.NEW,
            price_id=self.price_id,
            amount=abs(amount),
            discount_amount=abs(discount_amount) or None,
            period=period,
            quantity_before=self.before,
            quantity_after=self.after,
        )


def share_after(period: Period, at: datetime) -> Fraction:
    """Which part of a period comes after `at`, exactly; nothing once it is over."""
    left = max(0, _microseconds(at, period.end_at))
    return Fraction(left, _microseconds(period.start_at, period.end_at))


def prorated(amount: int, share: Fraction) -> int:
    """The part of a price that falls on `share` of its period, rounded half to even."""
    return round_half_even(amount * share)


def product_change(
    *,
    old: Sequence[PricedLine],
    new: Sequence[PricedLine],
    old_discount: DiscountTerms | None,
    new_discount: DiscountTerms | None,
    currency: str,
    at: datetime,
    period: Period,
    fresh: Period | None = None,
) -> list[EntryDraft]:
    """
    The credits of the old prices, then the debits of the new ones.

    With `fresh`, a period that starts at the change because the interval is another one, the new
    prices are owed for all of it; otherwise for what is left of `period`.
    """
    left = Period(at, period.end_at)
    share = share_after(period, at)
    credits = [
        _proration(Direction.CREDIT, Side.OLD, line, off, share, left)
        for line, off in _discounted(old, old_discount, currency)
    ]
    debit_share, debit_span = (Fraction(1), fresh) if fresh else (share, left)
    debits = [
        _proration(Direction.DEBIT, Side.NEW, line, off, debit_share, debit_span)
        for line, off in _discounted(new, new_discount, currency)
    ]
    return [entry for entry in (*credits, *debits) if entry.amount]


def fresh_period(
    *,
    lines: Sequence[PricedLine],
    discount: DiscountTerms | None,
    currency: str,
    fresh: Period,
    counted: Counted | None = None,
) -> list[EntryDraft]:
    """
    The whole price of a period that starts now, with nothing given back for the one it ends.

    `counted` says whose number has changed: the entry of that price shows it.
    """
    entries = []
    for line, off in _discounted(lines, discount, currency):
        entry = _proration(Direction.DEBIT, Side.NEW, line, off, Fraction(1), fresh)
        if counted is not None and line.price_id == counted.price_id:
            entry = counted.entry(entry.amount, off, fresh)
        entries.append(entry)
    return [entry for entry in entries if entry.amount]


def quantity_change(
    *,
    before: Sequence[PricedLine],
    after: Sequence[PricedLine],
    counted: Counted,
    discount: DiscountTerms | None,
    currency: str,
    at: datetime,
    period: Period,
) -> list[EntryDraft]:
    """
    The difference that another number of seats or units makes for the rest of the period.

    One entry, or none where it comes to nothing. A fixed discount is shared with the other
    prices, so only the counted price's own share of it moves the difference.
    """
    old_amount, old_off = _line_of(counted.price_id, before, discount, currency)
    new_amount, new_off = _line_of(counted.price_id, after, discount, currency)
    share = share_after(period, at)
    amount = truncate(((new_amount - new_off) - (old_amount - old_off)) * share)
    if not amount:
        return []
    return [counted.entry(amount, truncate((new_off - old_off) * share), Period(at, period.end_at))]


def _proration(
    direction: Direction, side: Side, line: PricedLine, off: int, share: Fraction, period: Period
) -> EntryDraft:
    return EntryDraft(
        type="proration",
        direction=direction,
        side=side,
        price_id=line.price_id,
        amount=prorated(line.amount - off, share),
        discount_amount=off or None,
        period=period,
    )


def _discounted(
    lines: Sequence[PricedLine], discount: DiscountTerms | None, currency: str
) -> list[tuple[PricedLine, int]]:
    """The prices that are paid in advance, each with its part of the discount."""
    counting = [line for line in lines if line.kind != METERED and line.amount]
    amounts = [line.amount for line in counting]
    parts = discount.amounts_off(amounts, currency) if discount else [0] * len(amounts)
    return list(zip(counting, parts, strict=True))


def _line_of(
    price_id: UUID, lines: Sequence[PricedLine], discount: DiscountTerms | None, currency: str
) -> tuple[int, int]:
    """The amount of one price and its part of the discount; nothing for a price of nothing."""
    for line, off in _discounted(lines, discount, currency):
        if line.price_id == price_id:
            return line.amount, off
    return 0, 0


def _microseconds(start: datetime, end: datetime) -> int:
    span = end - start
    return (span.days * 86_400 + span.seconds) * 1_000_000 + span.microseconds
