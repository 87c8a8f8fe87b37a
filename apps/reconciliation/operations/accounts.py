"""
The statements of merchants' own accounts, compared with our payouts and the books.

Money comes into an account by our transfers and leaves it by bank payouts; nothing else should move
it. Each movement is looked for on the other side by the processor's id of what caused it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from apps.core.money import format_amount
from apps.core.origin import Origin
from apps.payouts.models import PayoutAccount
from apps.processors.gateway.balance import AccountMovement, read_account_movements
from apps.reconciliation.locks import lock_account_reading, lock_open_of_account
from apps.reconciliation.models import AccountReading, Discrepancy
from apps.reconciliation.operations.judging import (
    GRACE,
    close,
    explained_facts,
    facts_of,
    save_discrepancies,
    take_over,
)
from apps.reconciliation.selectors.accounts import (
    CAME,
    KEPT,
    LEFT,
    RETURNED,
    TAKEN,
    Expected,
    entries_named,
    expected_movements,
    expected_of,
)

Kind = Discrepancy.Kind
Key = tuple[str, str]
# By the processor's reporting category. What is none of these nobody of us has made.
KINDS: Final[Mapping[str, str]] = {
    "charge": CAME,
    "refund": TAKEN,
    "payout": LEFT,
    "payout_reversal": RETURNED,
}


@dataclass(slots=True)
class _There:
    """What the statement has of one movement."""

    amount: int
    currency: str
    since: datetime


def compare_account(*, account_id: UUID, origin: Origin) -> AccountReading:
    """
    Read the statement of an account and compare it; called outside a transaction.

    :raises ProcessorUnavailable, PaymentError: if it cannot be read.
    """
    account = PayoutAccount.objects.get(pk=account_id)
    movements = read_account_movements(
        account_id=account.processor_id or "", since=origin.at - KEPT
    )
    return judge_account(account_id=account_id, movements=movements, origin=origin)


@transaction.atomic
def judge_account(
    *,
    account_id: UUID,
    movements: Sequence[AccountMovement],
    ended: Discrepancy.Status = Discrepancy.Status.CLOSED,
    origin: Origin,
) -> AccountReading:
    """
    Compare what was read with our rows as they are now, and open or end discrepancies.

    Nothing is an alarm while it may be under way, or if just that was explained.
    """
    reading = lock_account_reading(account_id)
    account = reading.payout_account
    there = _there(movements)
    ours = {one.key: one for one in expected_of(account, [cause for cause, _ in there])}
    ours |= {one.key: one for one in expected_movements(account, at=origin.at)}
    booked = entries_named(one.reference for one in ours.values())
    found = [
        _draft(account, key, there.get(key), ours.get(key), booked, origin)
        for key in sorted({*there, *ours})
    ]
    wrong = {row.subject: row for row in found if row is not None}
    reading.matched_count = len(found) - len(wrong)
    reading.open_count = _settle(account, wrong, ended, origin)
    reading.read_at = origin.at
    reading.save()
    return reading


def subject_of(account: PayoutAccount, key: Key) -> str:
    """What a discrepancy about a movement is called."""
    cause_id, kind = key
    return f"{account.processor_id}:{cause_id}:{kind}"


def _there(movements: Sequence[AccountMovement]) -> dict[Key, _There]:
    found: dict[Key, _There] = {}
    for one in movements:
        key = one.cause_id or one.id, KINDS.get(one.category, one.category or "other")
        known = found.get(key)
        if known is None:
            found[key] = _There(one.net, one.currency, one.created_at)
        elif known.currency == one.currency:
            known.amount += one.net
    return found


def _draft(
    account: PayoutAccount,
    key: Key,
    there: _There | None,
    ours: Expected | None,
    booked: set[str],
    origin: Origin,
) -> Discrepancy | None:
    """What is wrong about a movement; None if both sides agree."""
    kind, detail = _verdict(there, ours, booked)
    if not kind:
        return None
    return Discrepancy(
        created_at=origin.at,
        organization_id=ours.organization_id if ours else None,
        kind=kind,
        payout_account=account,
        subject=subject_of(account, key),
        here_amount=ours.amount if ours else None,
        there_amount=there.amount if there else None,
        currency=there.currency if there else ours.currency if ours else "",
        detail=detail,
        happened_at=there.since if there else ours.since if ours else origin.at,
    )


def _verdict(there: _There | None, ours: Expected | None, booked: set[str]) -> tuple[str, str]:
    if ours is None:
        return Kind.MISSING_HERE, "No payout of ours has moved this."
    if there is None:
        return Kind.MISSING_THERE, "The account's statement has nothing of it."
    if (there.amount, there.currency) != (ours.amount, ours.currency):
        return (
            Kind.DIFFERENT,
            f"Ours is of {format_amount(ours.amount, ours.currency)},"
            f" the account's of {format_amount(there.amount, there.currency)}.",
        )
    if ours.reference and ours.reference not in booked:
        return Kind.DIFFERENT, f"The books have no {ours.reference}."
    return "", ""


def _settle(
    account: PayoutAccount,
    wrong: Mapping[str, Discrepancy],
    ended: Discrepancy.Status,
    origin: Origin,
) -> int:
    """Write what is wrong now and end what is not any more; how many are open then."""
    open_ones = lock_open_of_account(account.pk)
    explained = defaultdict(list, explained_facts(list(wrong)))
    changed: list[Discrepancy] = []
    fresh: list[Discrepancy] = []
    for subject, row in open_ones.items():
        if subject not in wrong:
            close(row, ended, origin)
            changed.append(row)
        elif take_over(row, wrong[subject], origin):
            changed.append(row)
    for subject, row in wrong.items():
        is_young = row.happened_at > origin.at - GRACE
        if subject not in open_ones and not is_young and facts_of(row) not in explained[subject]:
            fresh.append(row)
    Discrepancy.objects.bulk_create(fresh, ignore_conflicts=True)
    save_discrepancies(changed)
    return len(fresh) + sum(1 for subject in open_ones if subject in wrong)
