"""Every write to the books."""

from apps.ledger.operations.checkpoints import take_checkpoints
from apps.ledger.operations.posting import open_accounts, post_entries, post_entry
from apps.ledger.operations.sales import post_sale

__all__ = ["open_accounts", "post_entries", "post_entry", "post_sale", "take_checkpoints"]
