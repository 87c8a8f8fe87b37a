"""Money between the processor and the platform's own bank, moved there by hand or by schedule."""

from __future__ import annotations

from typing import Final

from apps.core.origin import Origin
from apps.ledger.operations import post_bank_movement
from apps.reconciliation.models import Discrepancy
from apps.reconciliation.operations.repairs.base import Repair, is_about, line_of, nothing
from apps.reconciliation.selectors.targets import BANK_CATEGORIES


def _act(row: Discrepancy, facts: None, origin: Origin) -> None:
    line = line_of(row)
    post_bank_movement(
        transaction_id=line.processor_id, amount=line.net, currency=line.currency, origin=origin
    )


BOOK: Final = Repair(
    name="book_bank_movement",
    title="Book it to the platform's bank",
    fits=is_about(*BANK_CATEGORIES),
    prepare=nothing,
    act=_act,
    effects=("The money has moved already; this only writes it down.",),
)
