"""Whether a line of the statement and the books say the same. Pure: no database, no clock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from apps.core.money import format_amount
from apps.reconciliation.models import BalanceTransaction
from apps.reconciliation.selectors.books import Booked
from apps.reconciliation.selectors.targets import Target

Status = BalanceTransaction.Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """
    What a line is found to be. `here_amount` is what the entries put into the balance, null where
    there are none; `detail` says what differs, in sentences.
    """

    status: Status
    here_amount: int | None = None
    detail: str = ""
    organization_id: UUID | None = None
    entry_ids: tuple[UUID, ...] = ()


def verdict_of(
    line: BalanceTransaction, target: Target | None, entries: Sequence[Booked]
) -> Verdict:
    """
    Compare a line with the entries that are it.

    They have to move the balance by the line's net amount, in its currency and no other; and what
    they say of buyer and order has to be what our row of it says.
    """
    organization_id = target.organization_id if target else None
    if not entries:
        is_nothing = line.net == 0
        return Verdict(
            status=Status.MATCHED if is_nothing else Status.UNMATCHED,
            here_amount=0 if is_nothing else None,
            organization_id=organization_id,
        )
    here = sum(entry.effects.get(line.currency, 0) for entry in entries)
    doubts = [*_money_doubts(line, here, entries), *_row_doubts(target, entries)]
    return Verdict(
        status=Status.DIFFERENT if doubts else Status.MATCHED,
        here_amount=here,
        detail=" ".join(doubts),
        organization_id=organization_id or entries[0].organization_id,
        entry_ids=tuple(entry.id for entry in entries),
    )


def _money_doubts(line: BalanceTransaction, here: int, entries: Sequence[Booked]) -> list[str]:
    doubts = []
    if here != line.net:
        doubts.append(
            f"The books have {format_amount(here, line.currency)},"
            f" the processor {format_amount(line.net, line.currency)}."
        )
    foreign = sorted({name for entry in entries for name in entry.effects} - {line.currency})
    if foreign:
        doubts.append(f"The books also moved {', '.join(foreign).upper()} for it.")
    return doubts


def _row_doubts(target: Target | None, entries: Sequence[Booked]) -> list[str]:
    """What our own row of the movement says otherwise than the entry made for it."""
    if target is None or target.shown is None:
        return []
    shown = target.shown
    main = next((entry for entry in entries if entry.presentment_currency), None)
    if main is None:
        return []
    doubts = []
    said = (shown.gross_amount, shown.currency)
    if said != (main.gross_amount, main.presentment_currency):
        doubts.append(
            f"Our {target.kind.value} is of {format_amount(*said)}, its entry of"
            f" {format_amount(main.gross_amount, main.presentment_currency or '')}."
        )
    if target.kind == BalanceTransaction.Match.PAYMENT:
        doubts += _order_doubts(target, main)
    return doubts


def _order_doubts(target: Target, main: Booked) -> list[str]:
    shown = target.shown
    if shown is None:
        return []
    if shown.order_id != main.order_id:
        return ["The payment and its entry name different orders."]
    if shown.due_amount is not None and shown.due_amount != shown.gross_amount:
        return [
            f"The order was to be paid {format_amount(shown.due_amount, shown.currency)},"
            f" its payment is of {format_amount(shown.gross_amount, shown.currency)}."
        ]
    return []
