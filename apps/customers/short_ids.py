"""Short ids of customers: 42 bits of time and 10 of a sequence, shown in invoice numbers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from django.db import connection

EPOCH: Final = datetime(2025, 1, 1, tzinfo=UTC)
SEQUENCE_BITS: Final = 10


def next_short_id(at: datetime) -> int:
    """
    A short id for a customer made at `at`.

    The sequence keeps apart up to 1,024 customers of one millisecond; the column is unique.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('customers_short_id')")
        number = int(cursor.fetchone()[0])
    milliseconds = max(0, (at - EPOCH) // timedelta(milliseconds=1))
    return milliseconds << SEQUENCE_BITS | number % (1 << SEQUENCE_BITS)
