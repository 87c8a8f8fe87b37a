"""What moves would make of the books, for the plans of verbs."""

from __future__ import annotations

from collections.abc import Iterable

from apps.core.plans import Plan, Posting, Transfer
from apps.ledger.books import Draft, Move, Place
from apps.ledger.kinds import natural_amount
from apps.ledger.selectors.accounts import accounts_at, balances


def account_name(kind: str) -> str:
    """The kind of an account in words."""
    return str(kind).replace("_", " ")


def planned_entries(drafts: Iterable[Draft], *, undone: bool = False) -> Plan:
    """The lines that these entries, or undoing them, put into a plan; see `planned_moves`."""
    return planned_moves((one for draft in drafts for one in draft.transfers), undone=undone)


def planned_moves(moves: Iterable[Move], *, undone: bool = False) -> Plan:
    """
    The transfers of these moves, and what each account holds before and after all of them.

    Give all moves of a verb at once: each call starts from what is in the books now. `undone`
    shows them the other way round.
    """
    sides = [
        (one.credit, one.debit, one.amount) if undone else (one.debit, one.credit, one.amount)
        for one in moves
    ]
    return Plan(
        transfers=tuple(
            Transfer(account_name(debit.kind), account_name(credit.kind), amount, debit.currency)
            for debit, credit, amount in sides
        ),
        postings=_postings(sides),
    )


def _postings(sides: list[tuple[Place, Place, int]]) -> tuple[Posting, ...]:
    credited: dict[Place, int] = {}
    for debit, credit, amount in sides:
        credited[debit] = credited.get(debit, 0) - amount
        credited[credit] = credited.get(credit, 0) + amount
    accounts = accounts_at(list(credited))
    held = {row.account.pk: row.balance.amount for row in balances(accounts.values())}
    lines = []
    for place, amount in credited.items():
        if not amount:
            continue
        account = accounts.get(place)
        before = held[account.pk] if account else 0
        after = before + natural_amount(place.kind, debit_amount=0, credit_amount=amount)
        lines.append(Posting(account_name(place.kind), before, after, place.currency))
    return tuple(lines)
