"""The books, for staff: every balance opens to its entries, every entry to its cause."""

from apps.ledger.admin.accounts import AccountAdmin
from apps.ledger.admin.entries import EntryAdmin, TransferAdmin
from apps.ledger.admin.fees import FeeCreditAdmin

__all__ = ["AccountAdmin", "EntryAdmin", "FeeCreditAdmin", "TransferAdmin"]
