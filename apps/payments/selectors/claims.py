"""What refunds on their way will take of merchants' money."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final
from uuid import UUID

from django.db import connection

from apps.ledger.claims import Claim

# The merchant gives back the share of what they were given, fractions cut off, as it is booked.
_PENDING: Final = """
SELECT r.id, r.created_at, t.currency,
    sum(trunc(t.amount::numeric * r.amount / e.presentment_amount))::bigint
FROM payments_refund r
JOIN ledger_entry e ON e.payment_id = r.payment_id AND e.type = 'payment'
    AND e.presentment_amount > 0
JOIN ledger_entry b ON b.payment_id = r.payment_id AND b.type = 'balance'
JOIN ledger_transfer t ON t.entry_id = b.id AND t.type = 'balance'
WHERE r.organization_id = %s AND r.status = 'pending' AND r.amount > 0
    AND NOT EXISTS (
        SELECT 1 FROM ledger_entry h WHERE h.reference = 'refund_hold:' || r.id)
GROUP BY r.id, r.created_at, t.currency
"""


def refund_claims(organization_id: UUID) -> Iterable[Claim]:
    """
    What pending refunds of an organization's sales will take of its balance; one query.

    Those for which it is kept already, as it is once the processor has taken one up, are none.
    """
    with connection.cursor() as cursor:
        cursor.execute(_PENDING, [organization_id])
        rows = cursor.fetchall()
    return [
        Claim(
            kind="refunds",
            amount=amount,
            currency=currency,
            since=since,
            model="payments.refund",
            key=key,
        )
        for key, since, currency, amount in rows
    ]
