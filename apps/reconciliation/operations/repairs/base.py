"""What a repair is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from apps.core.origin import Origin
from apps.organizations.models import Organization
from apps.reconciliation.errors import RepairImpossible
from apps.reconciliation.models import BalanceTransaction, Discrepancy


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair:
    """
    One way to bring the two sides together.

    `prepare` asks the processor what is needed, outside a transaction, and changes nothing there.
    `act` writes, in one transaction and whatever order webhooks come in: what is there already is
    not written twice. `effects` are sentences for the plan.
    """

    name: str
    title: str
    fits: Callable[[Discrepancy], bool]
    prepare: Callable[[Discrepancy], Any]
    act: Callable[[Discrepancy, Any, Origin], None]
    effects: tuple[str, ...] = ()


def nothing(row: Discrepancy) -> None:
    """For repairs that need no answer of the processor."""


def line_of(row: Discrepancy) -> BalanceTransaction:
    """
    The line of the statement that a discrepancy is about.

    :raises RepairImpossible: if the statement has none.
    """
    if row.transaction is None:
        raise RepairImpossible("The processor's statement has no line for it.")
    return row.transaction


def is_about(*categories: str) -> Callable[[Discrepancy], bool]:
    """Whether a discrepancy is about a line of one of these categories that the books lack."""

    def fits(row: Discrepancy) -> bool:
        line = row.transaction
        is_missing = row.kind == Discrepancy.Kind.MISSING_HERE
        return line is not None and is_missing and line.category in categories

    return fits


def on_clock_of(row: Discrepancy, organization: Organization | None, origin: Origin) -> Origin:
    """The origin by the clock of an organization that the discrepancy did not know of."""
    if row.organization_id is not None or organization is None:
        return origin
    offset: timedelta = organization.clock_offset
    return origin.on_clock(offset)
