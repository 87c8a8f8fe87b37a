"""Lines of the statement, compared with the books, and what follows from it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from apps.core.origin import Origin
from apps.reconciliation.locks import lock_open_about_entries, lock_open_discrepancies
from apps.reconciliation.models import BalanceTransaction, Discrepancy, EntryLink
from apps.reconciliation.operations.fees import book_known_fees
from apps.reconciliation.selectors.books import Booked, booked_as, booked_entries
from apps.reconciliation.selectors.targets import Target, targets_of
from apps.reconciliation.states import DISCREPANCY, TRANSACTION
from apps.reconciliation.verdicts import Verdict, verdict_of

# How long money may be under way between the two sides before it is missed.
GRACE: Final = timedelta(minutes=30)

Status = BalanceTransaction.Status
Kind = Discrepancy.Kind

# Kind, what the books have, what the processor has, and the words for it.
Facts = tuple[str, int | None, int | None, str]
Explained = dict[str, list[Facts]]


@dataclass(frozen=True, slots=True)
class Judged:
    """How many discrepancies were opened, and how many went away."""

    opened_count: int = 0
    closed_count: int = 0

    def __add__(self, other: Judged) -> Judged:
        return Judged(
            self.opened_count + other.opened_count, self.closed_count + other.closed_count
        )


@transaction.atomic
def judge_lines(
    *,
    lines: Sequence[BalanceTransaction],
    ended: Discrepancy.Status = Discrepancy.Status.CLOSED,
    origin: Origin,
) -> Judged:
    """
    Compare locked lines with the books as they are now; known fees are booked first.

    What agrees is matched, and what was open about it has `ended`. What does not is a discrepancy
    once it is older than `GRACE`, unless just that was explained. The number of queries does not
    depend on the number of lines, but for fees that are booked.
    """
    if not lines:
        return Judged()
    book_known_fees(lines=[line for line in lines if line.is_fee], origin=origin)
    before = {line.pk: _known(line) for line in lines}
    verdicts = _verdicts(lines)
    for line in lines:
        _follow(line, verdicts[line.pk])
    # As a rule nothing has changed, and nothing is written.
    changed = [line for line in lines if _known(line) != before[line.pk] or not line.compared_at]
    for line in changed:
        line.compared_at = origin.at
    BalanceTransaction.objects.bulk_update(
        changed,
        ["status", "organization", "matched_to", "matched_id", "here_amount", "compared_at"],
    )
    linked = _link(verdicts)
    return _discrepancies(lines, verdicts, ended, origin) + close_about_entries(
        entry_ids=linked, ended=ended, origin=origin
    )


def close_about_entries(
    *,
    entry_ids: Iterable[UUID],
    ended: Discrepancy.Status = Discrepancy.Status.CLOSED,
    origin: Origin,
) -> Judged:
    """Close what was open about entries because the statement had no line for them; now it has."""
    found = lock_open_about_entries(list(entry_ids))
    for row in found:
        close(row, ended, origin)
    save_discrepancies(found)
    return Judged(closed_count=len(found))


def close(row: Discrepancy, status: str, origin: Origin) -> None:
    """Let a locked discrepancy have ended; the caller writes it."""
    DISCREPANCY.require(row.status, status)
    row.status = status
    row.closed_at = row.modified_at = origin.at


def _verdicts(lines: Sequence[BalanceTransaction]) -> dict[UUID, Verdict]:
    targets = targets_of(lines)
    named = booked_as([name for one in targets.values() for name in one.references])
    by_hand = _linked_by_hand(lines)
    verdicts = {}
    for line in lines:
        target = targets.get(line.pk)
        found = [named[name] for name in (target.references if target else ()) if name in named]
        extra = [one for one in by_hand.get(line.pk, ()) if one not in found]
        verdicts[line.pk] = verdict_of(line, target, [*found, *extra])
        line.matched_to, line.matched_id = _match(target, found, extra)
    return verdicts


def _match(
    target: Target | None, found: Sequence[Booked], extra: Sequence[Booked]
) -> tuple[str, UUID | None]:
    if target is not None:
        return target.kind, target.id
    return (BalanceTransaction.Match.CORRECTION if extra else ""), None


def _linked_by_hand(lines: Sequence[BalanceTransaction]) -> dict[UUID, list[Booked]]:
    links = EntryLink.objects.filter(transaction__in=[line.pk for line in lines], is_manual=True)
    owners = dict(links.values_list("entry_id", "transaction_id"))
    found: dict[UUID, list[Booked]] = {}
    for one in booked_entries(list(owners)):
        found.setdefault(owners[one.id], []).append(one)
    return found


def _known(line: BalanceTransaction) -> tuple[object, ...]:
    return (
        line.status,
        line.organization_id,
        line.matched_to,
        line.matched_id,
        line.here_amount,
    )


def _follow(line: BalanceTransaction, verdict: Verdict) -> None:
    if line.status != verdict.status:
        TRANSACTION.require(line.status, verdict.status)
        line.status = verdict.status
    line.organization_id = verdict.organization_id
    line.here_amount = verdict.here_amount


def _link(verdicts: dict[UUID, Verdict]) -> list[UUID]:
    """Remember which entries are lines; the ids of all of them."""
    links = [
        EntryLink(transaction_id=line_id, entry_id=entry_id)
        for line_id, verdict in verdicts.items()
        for entry_id in verdict.entry_ids
    ]
    EntryLink.objects.bulk_create(links, ignore_conflicts=True)
    return [link.entry_id for link in links]


def _discrepancies(
    lines: Sequence[BalanceTransaction],
    verdicts: dict[UUID, Verdict],
    ended: Discrepancy.Status,
    origin: Origin,
) -> Judged:
    subjects = [line.processor_id for line in lines]
    open_ones = lock_open_discrepancies(subjects)
    explained = explained_facts(subjects)
    fresh, changed, closed = [], [], 0
    for line in lines:
        verdict, row = verdicts[line.pk], open_ones.get(line.processor_id)
        if not _is_wrong(line, verdict):
            if row is not None:
                close(row, ended, origin)
                row.organization_id = verdict.organization_id
                changed.append(row)
                closed += 1
            continue
        wanted = _draft(line, verdict, origin)
        if row is not None:
            changed += [row] if take_over(row, wanted, origin) else []
        elif _is_missed(line, wanted, explained, origin):
            fresh.append(wanted)
    Discrepancy.objects.bulk_create(fresh, ignore_conflicts=True)
    save_discrepancies(changed)
    return Judged(len(fresh), closed)


def _is_wrong(line: BalanceTransaction, verdict: Verdict) -> bool:
    # A fee that nobody can name yet waits for a person on a list of its own.
    is_waiting = line.is_fee and not line.fee_type
    return verdict.status != Status.MATCHED and not is_waiting


def _is_missed(
    line: BalanceTransaction, wanted: Discrepancy, explained: Explained, origin: Origin
) -> bool:
    """Whether it is no longer under way (the processor's clock may run ahead), nor explained."""
    is_young = min(line.happened_at, line.seen_at) > origin.at - GRACE
    return not is_young and facts_of(wanted) not in explained.get(line.processor_id, ())


def _draft(line: BalanceTransaction, verdict: Verdict, origin: Origin) -> Discrepancy:
    is_missing = verdict.status == Status.UNMATCHED
    return Discrepancy(
        created_at=origin.at,
        organization_id=verdict.organization_id,
        kind=Kind.MISSING_HERE if is_missing else Kind.DIFFERENT,
        transaction=line,
        subject=line.processor_id,
        here_amount=verdict.here_amount,
        there_amount=line.net,
        currency=line.currency,
        detail=verdict.detail or "The books have nothing of it.",
        happened_at=line.happened_at,
    )


def facts_of(row: Discrepancy) -> Facts:
    """What is wrong, to tell whether it is still the same."""
    return row.kind, row.here_amount, row.there_amount, row.detail


def explained_facts(subjects: Sequence[str]) -> Explained:
    """What was explained about these subjects, and so is no alarm."""
    rows = Discrepancy.objects.filter(subject__in=subjects, status=Discrepancy.Status.EXPLAINED)
    found: Explained = {}
    for row in rows:
        found.setdefault(row.subject, []).append(facts_of(row))
    return found


def take_over(row: Discrepancy, wanted: Discrepancy, origin: Origin) -> bool:
    """Bring an open discrepancy to what is wrong now; whether that is anything else."""
    if facts_of(row) == facts_of(wanted) and row.organization_id == wanted.organization_id:
        return False
    row.kind, row.detail = wanted.kind, wanted.detail
    row.here_amount, row.there_amount = wanted.here_amount, wanted.there_amount
    row.organization_id, row.modified_at = wanted.organization_id, origin.at
    return True


def save_discrepancies(rows: Sequence[Discrepancy]) -> None:
    """Write locked discrepancies that were brought to what is wrong now, or have ended."""
    Discrepancy.objects.bulk_update(
        rows,
        [
            "kind",
            "status",
            "organization",
            "here_amount",
            "there_amount",
            "detail",
            "closed_at",
            "modified_at",
        ],
    )
