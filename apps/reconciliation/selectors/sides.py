"""Both sides of a discrepancy, as far as each is known."""

from __future__ import annotations

from dataclasses import dataclass

from apps.ledger.models import Entry
from apps.reconciliation.models import BalanceTransaction, Discrepancy
from apps.reconciliation.selectors.targets import targets_of


@dataclass(frozen=True, slots=True)
class Sides:
    """The line of the statement, and the entries of the books that are it or might be."""

    discrepancy: Discrepancy
    line: BalanceTransaction | None
    entries: tuple[Entry, ...]


def sides_of(row: Discrepancy) -> Sides:
    """What each side has; a constant number of queries."""
    line = row.transaction
    wanted = Entry.objects.none()
    if line is not None:
        target = targets_of([line]).get(line.pk)
        references = target.references if target else ()
        linked = list(line.links.values_list("entry_id", flat=True))
        wanted = Entry.objects.filter(reference__in=references) | Entry.objects.filter(
            pk__in=linked
        )
    elif row.entry_id is not None:
        wanted = Entry.objects.filter(pk=row.entry_id)
    entries = wanted.prefetch_related("transfers__debit_account", "transfers__credit_account")
    return Sides(row, line, tuple(entries.order_by("posted_at", "pk")))
