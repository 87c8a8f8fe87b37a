"""
What would be charged, before it is: nothing is written.

A preview goes the way of the real thing up to the last step: the same entries become the same
lines, which are priced, taxed and met with the balance by the same functions.
"""

from apps.subscriptions.operations.previewing.changes import preview_change
from apps.subscriptions.operations.previewing.ends import preview_cancel, preview_revoke
from apps.subscriptions.operations.previewing.orders import preview_charge
from apps.subscriptions.operations.previewing.values import (
    ChangePreview,
    ChargePreview,
    EndPreview,
)

__all__ = [
    "ChangePreview",
    "ChargePreview",
    "EndPreview",
    "preview_cancel",
    "preview_change",
    "preview_charge",
    "preview_revoke",
]
