"""
Who keeps books of their own beside the ledger's, such as those of tax.

An upper app registers in its `AppConfig.ready()` and is shown every entry as it is written, in the
same transaction: what it writes is there exactly when the entry is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from apps.ledger.books import Draft
from apps.ledger.models import Entry

Posted = Sequence[tuple[Entry, Draft]]
Witness = Callable[[Posted], None]
_witnesses: list[Witness] = []


def register_witness(witness: Witness) -> None:
    """Have `witness` called from now on with the entries that a call has written, never twice."""
    if witness not in _witnesses:
        _witnesses.append(witness)


def show_witnesses(posted: Posted) -> None:
    """Called by whoever has written entries, in its transaction."""
    if posted:
        for witness in _witnesses:
            witness(posted)
