"""Movements of merchants' own accounts: asked for again, and taken over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from apps.core.origin import Origin
from apps.ledger.operations import post_payout_reversal, post_payout_transfer
from apps.payouts.locks import lock_payout
from apps.payouts.models import Payout
from apps.payouts.operations import settle_attempt, settle_transfer
from apps.payouts.selectors import attempt_of_bank_payout, ledger_money_of
from apps.processors import gateway
from apps.processors.errors import PaymentError
from apps.processors.gateway import BankPayout
from apps.processors.gateway.balance import AccountMovement, read_account_movements
from apps.reconciliation.errors import RepairImpossible
from apps.reconciliation.models import Discrepancy
from apps.reconciliation.operations.accounts import judge_account
from apps.reconciliation.operations.repairs.base import Repair
from apps.reconciliation.selectors.accounts import KEPT


@dataclass(frozen=True, slots=True)
class _Read:
    """What the processor has of it now."""

    movements: list[AccountMovement]
    bank_payout: BankPayout | None


def _prepare(row: Discrepancy) -> _Read:
    account_id = _account_of(row)
    cause_id = _cause_of(row)
    try:
        movements = read_account_movements(account_id=account_id, since=row.created_at - KEPT)
        bank_payout = None
        if cause_id.startswith("po_"):
            bank_payout = gateway.read_bank_payout(account_id=account_id, payout_id=cause_id)
    except PaymentError as error:
        raise RepairImpossible("The processor knows of no such movement.") from error
    return _Read(movements, bank_payout)


def _act(row: Discrepancy, read: Any, origin: Origin) -> None:
    cause_id = _cause_of(row)
    if read.bank_payout is not None:
        attempt = attempt_of_bank_payout(cause_id, None)
        if attempt is None:
            raise RepairImpossible("No payout of ours was tried by it.")
        settle_attempt(
            attempt_id=attempt.pk,
            facts=read.bank_payout,
            origin=origin.on_clock(attempt.organization.clock_offset),
        )
    else:
        _take_over_transfer(cause_id, row, origin)
    judge_account(
        account_id=row.payout_account_id,  # type: ignore[arg-type]
        movements=read.movements,
        ended=Discrepancy.Status.REPAIRED,
        origin=origin,
    )


def _take_over_transfer(cause_id: str, row: Discrepancy, origin: Origin) -> None:
    """Bring our row, or the books, to what has been transferred; what is there stays."""
    payout = Payout.objects.filter(transfer_id=cause_id).first()
    returned = Payout.objects.filter(transfer_reversal_id=cause_id).first()
    if payout is None and returned is None:
        raise RepairImpossible("No payout of ours has moved this.")
    if payout is not None:
        locked = lock_payout(payout.pk)
        there = origin.on_clock(locked.organization.clock_offset)
        if locked.transfer_status == Payout.TransferStatus.ASKED and row.there_amount is not None:
            settle_transfer(
                payout_id=locked.pk,
                transfer_id=cause_id,
                account_amount=row.there_amount,
                origin=there,
            )
        post_payout_transfer(money=ledger_money_of(locked), transfer_id=cause_id, origin=there)
    elif returned is not None:
        lock_payout(returned.pk)
        post_payout_reversal(payout_id=returned.pk, keeps_fees=True, origin=origin)


def _account_of(row: Discrepancy) -> str:
    if row.payout_account is None or not row.payout_account.processor_id:
        raise RepairImpossible("The account is not the processor's.")
    return row.payout_account.processor_id


def _cause_of(row: Discrepancy) -> str:
    return row.subject.split(":")[1]


ASK: Final = Repair(
    name="ask_for_account_movement",
    title="Take over what the account's statement says",
    fits=lambda row: row.payout_account_id is not None,
    prepare=_prepare,
    act=_act,
    effects=("The money has moved already, or not at all; this only writes down which.",),
)
