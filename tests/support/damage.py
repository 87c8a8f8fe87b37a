"""Damage to the books that no operation could do: what a person at the database's console can."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction

from apps.ledger.models import Entry


@contextmanager
def unguarded() -> Iterator[Any]:
    """A cursor past every trigger and foreign key; committed at the end."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        yield cursor


def lose_entries(**which: Any) -> int:
    """Delete entries and their transfers; how many entries."""
    ids = list(Entry.objects.filter(**which).values_list("pk", flat=True))
    with unguarded() as cursor:
        cursor.execute("DELETE FROM ledger_transfer WHERE entry_id = ANY(%s)", [ids])
        cursor.execute("DELETE FROM ledger_entry WHERE id = ANY(%s)", [ids])
    return len(ids)


def change_amounts(by: int, **which: Any) -> None:
    """Add to the amounts of all transfers of some entries."""
    ids = list(Entry.objects.filter(**which).values_list("pk", flat=True))
    with unguarded() as cursor:
        cursor.execute(
            "UPDATE ledger_transfer SET amount = amount + %s WHERE entry_id = ANY(%s)", [by, ids]
        )
