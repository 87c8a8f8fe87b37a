"""Transfers to payout accounts, and those that were taken back."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from apps.core.origin import Origin
from apps.ledger.operations import post_payout_reversal, post_payout_transfer
from apps.payouts.locks import lock_payout
from apps.payouts.models import Payout
from apps.payouts.operations import settle_transfer
from apps.payouts.selectors import ledger_money_of
from apps.processors import gateway
from apps.processors.errors import PaymentError
from apps.reconciliation.errors import RepairImpossible
from apps.reconciliation.models import Discrepancy
from apps.reconciliation.operations.repairs.base import (
    Repair,
    is_about,
    line_of,
    nothing,
    on_clock_of,
)

GROUP: Final = "payout-"


def _prepare(row: Discrepancy) -> Any:
    line = line_of(row)
    try:
        facts, group = gateway.read_transfer(line.source_id)
    except PaymentError as error:
        raise RepairImpossible("The processor knows of no such transfer.") from error
    arrived = facts.amount
    if facts.destination_payment is not None:
        arrived, _ = gateway.read_arrived_amount(
            account_id=facts.destination, payment_id=facts.destination_payment
        )
    return _payout_id(group), facts.id, arrived


def _act(row: Discrepancy, facts: Any, origin: Origin) -> None:
    payout_id, transfer_id, arrived = facts
    if payout_id is None:
        raise RepairImpossible("The transfer names no payout of ours.")
    payout = lock_payout(payout_id)
    there = on_clock_of(row, payout.organization, origin)
    if payout.transfer_status == Payout.TransferStatus.ASKED:
        settle_transfer(
            payout_id=payout_id, transfer_id=transfer_id, account_amount=arrived, origin=there
        )
    elif payout.transfer_id == transfer_id:
        post_payout_transfer(money=ledger_money_of(payout), transfer_id=transfer_id, origin=there)
    else:
        raise RepairImpossible(f"{payout} was sent by another transfer, or not at all.")


def _act_return(row: Discrepancy, facts: None, origin: Origin) -> None:
    found = Payout.objects.filter(transfer_reversal_id=line_of(row).source_id).first()
    if found is None:
        raise RepairImpossible("No payout of ours was taken back by it.")
    lock_payout(found.pk)
    # What is booked already stays as it is, and so do the fees.
    post_payout_reversal(payout_id=found.pk, keeps_fees=True, origin=origin)


def _payout_id(group: str) -> UUID | None:
    try:
        return UUID(group.removeprefix(GROUP)) if group.startswith(GROUP) else None
    except ValueError:
        return None


BOOK: Final = Repair(
    name="book_transfer",
    title="Book the transfer",
    fits=is_about("transfer"),
    prepare=_prepare,
    act=_act,
    effects=("The money has been sent already; this only writes it down.",),
)
BOOK_RETURN: Final = Repair(
    name="book_returned_transfer",
    title="Book the return of the transfer",
    fits=is_about("transfer_reversal"),
    prepare=nothing,
    act=_act_return,
    effects=("The money is back already; this only writes it down.",),
)
