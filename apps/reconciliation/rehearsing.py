"""
What a change would do, found out by doing it and taking it back.

A repair goes through operations of many apps. Its plan is what they wrote: entries, events, states
that moved. Rehearsed, all of it is undone; done, it stays only if it is what was agreed to. So the
plan cannot differ from the outcome. Nothing that leaves the database may happen in either: the
processor is asked before.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeVar
from uuid import UUID

from django.db import connection, transaction

from apps.core.errors import DomainError
from apps.core.ids import new_id
from apps.core.plans import Change, Plan
from apps.events.models import Event
from apps.ledger.books import Move
from apps.ledger.models import Entry
from apps.ledger.selectors import planned_moves
from apps.ledger.selectors.refunding import moves_of

Made = TypeVar("Made")

# What moves so that people want to see it; times and counters of work do not.
SHOWN: Final = frozenset({"status", "transfer_status", "fee_type"})

# Rows behind a mark that this transaction wrote, in whatever savepoint: visible to it, though the
# one that wrote them has not ended. Others may have committed rows there meanwhile.
_OURS: Final = """
SELECT id FROM {table} WHERE id > %s AND pg_xact_status((
    (pg_current_xact_id()::text::numeric - mod(pg_current_xact_id()::text::numeric, 4294967296))
    + xmin::text::numeric)::text::xid8) = 'in progress'
ORDER BY id
"""


def rehearse(act: Callable[[], object], *, title: str, effects: tuple[str, ...] = ()) -> Plan:
    """The plan of `act`; nothing of it stays. What refuses it is an obstacle."""
    try:
        with transaction.atomic():
            _, moves, plan = _observed(act, title, effects)
            transaction.set_rollback(True)
    except DomainError as error:
        return Plan(title=title, obstacles=(error.detail,))
    return plan.joined([planned_moves(moves)])


def done(
    act: Callable[[], Made], *, title: str, effects: tuple[str, ...] = ()
) -> tuple[Made, Plan]:
    """
    Do `act` in the caller's transaction; what it gave, and the plan of what it did.

    The caller compares the plan with the one that was agreed to, and lets the transaction fail.
    What the plan says that accounts hold is as of then, which makes it no other plan.
    """
    made, moves, plan = _observed(act, title, effects)
    return made, plan.joined([planned_moves(moves)])


def _observed(
    act: Callable[[], Made], title: str, effects: tuple[str, ...]
) -> tuple[Made, list[Move], Plan]:
    # Ids grow with time: what is written from here on is behind this one.
    mark = new_id()
    made = act()
    entries = Entry.objects.filter(pk__in=_ours(Entry._meta.db_table, mark)).order_by("pk")
    events = list(Event.objects.filter(pk__in=_ours(Event._meta.db_table, mark)).order_by("pk"))
    plan = Plan(
        title=title,
        effects=effects,
        changes=tuple(change for event in events for change in _changes(event, mark)),
        events=tuple(event.type for event in events),
    )
    return made, [one for entry in entries for one in moves_of(entry)], plan


def _ours(table: str, mark: UUID) -> list[UUID]:
    with connection.cursor() as cursor:
        cursor.execute(_OURS.format(table=table), [mark])
        return [row[0] for row in cursor.fetchall()]


def _changes(event: Event, mark: UUID) -> list[Change]:
    # What is made here is made under another id each time.
    is_new = event.subject_id > str(mark)
    noun = event.subject_type.replace("_", " ")
    subject = f"new {noun}" if is_new else f"{noun} …{event.subject_id[-8:]}"
    return [
        Change(subject, str(before or "").replace("_", " "), str(after or "").replace("_", " "))
        for name, (before, after) in sorted(event.changes.items())
        if name in SHOWN and before != after
    ]
