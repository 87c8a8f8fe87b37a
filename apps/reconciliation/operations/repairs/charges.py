"""Charges that were never booked, or whose entries are gone."""

from __future__ import annotations

from typing import Any, Final

from apps.core.origin import Origin
from apps.payments.operations import book_charge
from apps.payments.operations.recording import organization_of
from apps.processors import gateway
from apps.processors.errors import PaymentError
from apps.reconciliation.errors import RepairImpossible
from apps.reconciliation.models import Discrepancy
from apps.reconciliation.operations.repairs.base import Repair, is_about, line_of, on_clock_of


def _prepare(row: Discrepancy) -> Any:
    line = line_of(row)
    try:
        charge = gateway.read_charge(line.source_id)
    except PaymentError as error:
        raise RepairImpossible("The processor knows of no such charge.") from error
    return charge, gateway.read_balance_transaction(line.processor_id)


def _act(row: Discrepancy, facts: Any, origin: Origin) -> None:
    charge, settlement = facts
    there = on_clock_of(row, organization_of(charge.metadata), origin)
    if book_charge(charge=charge, settlement=settlement, origin=there) is None:
        raise RepairImpossible("The charge names no organization of ours.")


BOOK: Final = Repair(
    name="book_charge",
    title="Book the charge",
    fits=is_about("charge"),
    prepare=_prepare,
    act=_act,
    effects=("The buyer has paid already; this only writes it down.",),
)
