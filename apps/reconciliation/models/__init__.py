"""What the processor's statement says, how it compares with the books, and what does not agree."""

from apps.reconciliation.models.accounts import AccountReading
from apps.reconciliation.models.discrepancies import Discrepancy, DiscrepancyNote
from apps.reconciliation.models.fees import FeeRule
from apps.reconciliation.models.runs import Run
from apps.reconciliation.models.transactions import BalanceTransaction, EntryLink

__all__ = [
    "AccountReading",
    "BalanceTransaction",
    "Discrepancy",
    "DiscrepancyNote",
    "EntryLink",
    "FeeRule",
    "Run",
]
