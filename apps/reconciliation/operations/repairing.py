"""A discrepancy, repaired: what is done is what was shown, or nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db import transaction

from apps.core.errors import ResourceNotFound
from apps.core.origin import Origin
from apps.core.plans import Plan
from apps.events.operations import record
from apps.ledger.models import Entry
from apps.reconciliation.errors import DiscrepancySettled, RepairImpossible, RepairIncomplete
from apps.reconciliation.locks import lock_discrepancy, lock_lines
from apps.reconciliation.models import Discrepancy, EntryLink
from apps.reconciliation.operations.judging import judge_lines
from apps.reconciliation.operations.repairs import LAST_RESORT, Repair, proposed_repair
from apps.reconciliation.operations.repairs.base import nothing
from apps.reconciliation.rehearsing import done, rehearse

Status = Discrepancy.Status


def plan_repair(*, discrepancy_id: UUID, origin: Origin) -> Plan:
    """What `repair_discrepancy` would do now; the processor is only asked."""
    row = _found(discrepancy_id)
    return _plan(row, proposed_repair(row), origin)


def repair_discrepancy(
    *, discrepancy_id: UUID, agreed: str | None = None, origin: Origin
) -> Discrepancy:
    """
    Bring in what was lost, by the repair that fits: then both sides agree, or nothing is done.

    Called outside a transaction: the processor is asked first. Racing a webhook that brings the
    same, whoever comes second finds it done. Records `discrepancy.repaired`.

    :raises DiscrepancySettled: if it is no longer open.
    :raises RepairImpossible: if the processor has no such thing, or it is none of ours.
    :raises RepairIncomplete: if the two sides would still not agree.
    :raises PlanChanged: if another plan was agreed to.
    """
    row = _found(discrepancy_id)
    return _repair(row, proposed_repair(row), agreed, origin)


def plan_book_difference(*, discrepancy_id: UUID, origin: Origin) -> Plan:
    """What `book_difference` would do now."""
    return _plan(_found(discrepancy_id), LAST_RESORT, origin)


def book_difference(
    *, discrepancy_id: UUID, agreed: str | None = None, origin: Origin
) -> Discrepancy:
    """
    Correct the books to what the processor has, as the platform's gain or loss.

    For what nothing else brings in. Raises as `repair_discrepancy`.
    """
    return _repair(_found(discrepancy_id), LAST_RESORT, agreed, origin)


def plan_link_entry(*, discrepancy_id: UUID, reference: str, origin: Origin) -> Plan:
    """What `link_entry` would do now."""
    return _plan(_found(discrepancy_id), _linking(reference), origin)


def link_entry(
    *, discrepancy_id: UUID, reference: str, agreed: str | None = None, origin: Origin
) -> Discrepancy:
    """
    Say that an entry of the books is (a part of) a movement whose names do not tell it.

    Raises as `repair_discrepancy`: also if the two do not add up, or the entry is another's.
    """
    return _repair(_found(discrepancy_id), _linking(reference), agreed, origin)


def _found(discrepancy_id: UUID) -> Discrepancy:
    rows = Discrepancy.objects.select_related("organization", "transaction")
    row = rows.filter(pk=discrepancy_id).first()
    if row is None:
        raise ResourceNotFound
    if row.status != Status.OPEN:
        raise DiscrepancySettled
    return row


def _plan(row: Discrepancy, repair: Repair, origin: Origin) -> Plan:
    try:
        facts = repair.prepare(row)
    except RepairImpossible as error:
        return Plan(title=repair.title, obstacles=(error.detail,))
    return rehearse(_act(row.pk, repair, facts, origin), title=repair.title, effects=repair.effects)


def _repair(row: Discrepancy, repair: Repair, agreed: str | None, origin: Origin) -> Discrepancy:
    facts = repair.prepare(row)
    with transaction.atomic():
        made, plan = done(
            _act(row.pk, repair, facts, origin), title=repair.title, effects=repair.effects
        )
        plan.require(agreed)
    return made


def _act(
    discrepancy_id: UUID, repair: Repair, facts: Any, origin: Origin
) -> Callable[[], Discrepancy]:
    def act() -> Discrepancy:
        row = lock_discrepancy(discrepancy_id)
        if row.status != Status.OPEN:
            raise DiscrepancySettled
        repair.act(row, facts, origin)
        if row.transaction_id is not None:
            judge_lines(
                lines=lock_lines([row.transaction_id]), ended=Status.REPAIRED, origin=origin
            )
        row = lock_discrepancy(discrepancy_id)
        if row.status != Status.REPAIRED:
            raise RepairIncomplete
        record(
            "discrepancy.repaired",
            subject=row,
            organization_id=row.organization_id,
            origin=origin,
            changes={"status": (Status.OPEN.value, row.status)},
            payload={"repair": repair.name, "subject": row.subject},
        )
        return row

    return act


def _linking(reference: str) -> Repair:
    def act(row: Discrepancy, facts: None, origin: Origin) -> None:
        entry = Entry.objects.filter(reference=reference).first()
        if entry is None:
            raise RepairImpossible("The books have no entry of that reference.")
        link = EntryLink(transaction=row.transaction, entry_id=entry.pk, is_manual=True)
        EntryLink.objects.bulk_create([link], ignore_conflicts=True)
        kept = EntryLink.objects.get(entry_id=entry.pk)
        if kept.transaction_id != row.transaction_id:
            raise RepairImpossible("That entry is another movement already.")

    return Repair(
        name="link_entry",
        title=f"It is {reference}",
        fits=lambda row: row.transaction_id is not None,
        prepare=nothing,
        act=act,
    )
