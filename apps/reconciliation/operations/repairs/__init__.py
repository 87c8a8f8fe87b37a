"""Ways to repair a discrepancy, by what it is about; the first that fits is proposed."""

from __future__ import annotations

from apps.reconciliation.models import Discrepancy
from apps.reconciliation.operations.repairs import (
    accounts,
    bank,
    charges,
    differences,
    disputes,
    lookup,
    refunds,
    transfers,
)
from apps.reconciliation.operations.repairs.base import Repair

REPAIRS: tuple[Repair, ...] = (
    accounts.ASK,
    charges.BOOK,
    refunds.IMPORT,
    disputes.IMPORT,
    transfers.BOOK,
    transfers.BOOK_RETURN,
    bank.BOOK,
    lookup.ASK,
)

# Fits whatever else does not: the platform bears what is left.
LAST_RESORT: Repair = differences.BOOK


def proposed_repair(row: Discrepancy) -> Repair:
    """The repair that brings in what was lost, or that which writes the difference off."""
    return next((one for one in REPAIRS if one.fits(row)), LAST_RESORT)


__all__ = ["LAST_RESORT", "REPAIRS", "Repair", "proposed_repair"]
