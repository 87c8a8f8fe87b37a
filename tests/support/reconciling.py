"""Runs of the reconciliation, some time from now, and what they found."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from apps.core.origin import Door, Origin, system_origin
from apps.reconciliation.models import BalanceTransaction, Discrepancy, Run
from apps.reconciliation.operations import is_caught_up, reconcile
from tests.support.tills import Till


def later(minutes: int = 60) -> Origin:
    """The beat, when nothing of now is young any more."""
    origin = system_origin(Door.TASK)
    return replace(origin, at=origin.at + timedelta(minutes=minutes))


def compare(minutes: int = 60) -> Run:
    """Every window up to then."""
    origin = later(minutes)
    while True:
        run = reconcile(origin=origin)
        if is_caught_up(run):
            return run


def open_ones() -> list[tuple[str, int | None, int | None]]:
    """What is open: kind, what the books have, what the processor has."""
    rows = Discrepancy.objects.filter(status="open").order_by("happened_at", "pk")
    return [(row.kind, row.here_amount, row.there_amount) for row in rows]


def states() -> dict[str, int]:
    """How many lines of the statement stand how."""
    found: dict[str, int] = {}
    for status in BalanceTransaction.objects.values_list("status", flat=True):
        found[status] = found.get(status, 0) + 1
    return found


def statement(till: Till, **params: Any) -> list[Any]:
    """What the processor's statement has, newest first."""
    listed = till.sim.client().v1.balance_transactions.list({"limit": 100, **params})  # type: ignore[typeddict-item]
    return list(listed.auto_paging_iter())
