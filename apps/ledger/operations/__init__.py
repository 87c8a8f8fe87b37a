"""Every write to the books."""

from apps.ledger.operations.checkpoints import take_checkpoints
from apps.ledger.operations.posting import post_entries, post_entry

__all__ = ["post_entries", "post_entry", "take_checkpoints"]
