"""The locks of reconciliation. A run is locked before lines, lines before discrepancies."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from apps.core.errors import ResourceNotFound
from apps.reconciliation.models import AccountReading, BalanceTransaction, Discrepancy, Run


def lock_run(run_id: UUID) -> Run:
    """The run, locked until the transaction ends."""
    row = Run.objects.select_for_update(no_key=True).filter(pk=run_id).first()
    if row is None:
        raise ResourceNotFound
    return row


def lock_account_reading(account_id: UUID) -> AccountReading:
    """What is known of the statement of an account, locked; made by the first who asks."""
    AccountReading.objects.get_or_create(payout_account_id=account_id)
    rows = AccountReading.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("payout_account").get(payout_account_id=account_id)


def lock_open_of_account(account_id: UUID) -> dict[str, Discrepancy]:
    """What is open about the movements of an account, by subject, locked."""
    rows = Discrepancy.objects.select_for_update(of=("self",), no_key=True)
    found = rows.filter(payout_account_id=account_id, status=Discrepancy.Status.OPEN)
    return {row.subject: row for row in found.order_by("pk")}


def lock_lines(ids: Collection[UUID]) -> list[BalanceTransaction]:
    """Lines of the statement, locked in the order of their ids."""
    rows = BalanceTransaction.objects.select_for_update(of=("self",), no_key=True)
    return list(rows.filter(pk__in=ids).order_by("pk"))


def lock_lines_named(processor_ids: Collection[str]) -> list[BalanceTransaction]:
    """The same by the processor's ids."""
    rows = BalanceTransaction.objects.select_for_update(of=("self",), no_key=True)
    return list(rows.filter(processor_id__in=processor_ids).order_by("pk"))


def lock_open_discrepancies(subjects: Collection[str]) -> dict[str, Discrepancy]:
    """What is open about these subjects, locked in the order of their ids."""
    rows = Discrepancy.objects.select_for_update(of=("self",), no_key=True)
    found = rows.filter(subject__in=subjects, status=Discrepancy.Status.OPEN).order_by("pk")
    return {row.subject: row for row in found}


def lock_open_about_entries(entry_ids: Collection[UUID]) -> list[Discrepancy]:
    """What is open about entries that the statement had no line for, locked."""
    rows = Discrepancy.objects.select_for_update(of=("self",), no_key=True)
    found = rows.filter(entry_id__in=entry_ids, status=Discrepancy.Status.OPEN)
    return list(found.order_by("pk"))


def lock_discrepancy(discrepancy_id: UUID) -> Discrepancy:
    """
    The discrepancy, after its line, locked until the transaction ends.

    :raises ResourceNotFound: if there is none.
    """
    found = Discrepancy.objects.filter(pk=discrepancy_id).first()
    if found is None:
        raise ResourceNotFound
    if found.transaction_id is not None:
        lock_lines([found.transaction_id])
    rows = Discrepancy.objects.select_related("organization", "transaction", "assignee")
    return rows.select_for_update(of=("self",), no_key=True).get(pk=discrepancy_id)
