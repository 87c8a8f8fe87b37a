"""What entries of the books did to the processor balance."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import connection

# Both sides of a transfer in one pass; an entry that leaves the processor balance alone has no sum.
_BOOKED = """
SELECT e.id, e.reference, e.type, e.organization_id, e.order_id, e.posted_at,
    e.presentment_currency, e.presentment_amount, e.presentment_tax_amount, t.currency,
    sum(CASE WHEN d.kind = 'processor_balance' THEN t.amount ELSE 0 END
        - CASE WHEN k.kind = 'processor_balance' THEN t.amount ELSE 0 END)::bigint
FROM ledger_entry e
JOIN ledger_transfer t ON t.entry_id = e.id
JOIN ledger_account d ON d.id = t.debit_account_id
JOIN ledger_account k ON k.id = t.credit_account_id
WHERE {which}
GROUP BY e.id, t.currency
"""


@dataclass(slots=True)
class Booked:
    """An entry; `effects` is what it put into the processor balance, by currency."""

    id: UUID
    reference: str
    type: str
    organization_id: UUID | None
    order_id: UUID | None
    posted_at: datetime
    presentment_currency: str | None
    presentment_amount: int
    presentment_tax_amount: int
    effects: dict[str, int] = field(default_factory=dict)

    @property
    def gross_amount(self) -> int:
        """What the buyer saw, tax included; below zero where it went back."""
        return self.presentment_amount + self.presentment_tax_amount


def booked_as(references: Collection[str]) -> dict[str, Booked]:
    """The entries of these references that there are, by reference; one query."""
    found = _read("e.reference = ANY(%s)", list(references)) if references else []
    return {one.reference: one for one in found}


def booked_entries(entry_ids: Collection[UUID]) -> list[Booked]:
    """The same by id, in the order of their ids."""
    return _read("e.id = ANY(%s)", list(entry_ids)) if entry_ids else []


def _read(which: str, values: list[str] | list[UUID]) -> list[Booked]:
    found: dict[UUID, Booked] = {}
    with connection.cursor() as cursor:
        cursor.execute(_BOOKED.format(which=which), [values])
        for row in cursor.fetchall():
            entry = Booked(
                id=row[0],
                reference=row[1],
                type=row[2],
                organization_id=row[3],
                order_id=row[4],
                posted_at=row[5],
                presentment_currency=row[6],
                presentment_amount=row[7] or 0,
                presentment_tax_amount=row[8] or 0,
            )
            one = found.setdefault(entry.id, entry)
            if row[10]:
                one.effects[row[9]] = row[10]
    return sorted(found.values(), key=lambda one: one.id)
