"""
What moves the processor balance by itself, and the entries it makes. Pure: no database, no clock.

=====================  =====================  =====================  ==========================
what                   debit                  credit                 entry
=====================  =====================  =====================  ==========================
a fee billed apart     processor fees         processor balance      `processor_fee:<txn>`
to our own bank        bank balance           processor balance      `bank_movement:<txn>`
a correction upwards   processor balance      platform revenue       `correction:<what>:<to>`
=====================  =====================  =====================  ==========================

Below zero each is the other way round.
"""

from __future__ import annotations

from datetime import datetime

from apps.ledger.books import Cause, Draft, Place, move, moves
from apps.ledger.kinds import AccountKind
from apps.ledger.processor_fees import ProcessorFeeType


def account_fee_reference(transaction_id: str) -> str:
    """The reference of the entry that books a fee billed apart."""
    return f"processor_fee:{transaction_id}"


def bank_movement_reference(transaction_id: str) -> str:
    """The reference of the entry that books money to or from the platform's bank."""
    return f"bank_movement:{transaction_id}"


def account_fee_draft(
    transaction_id: str,
    fee_type: ProcessorFeeType,
    amount: int,
    currency: str,
    *,
    description: str,
    at: datetime,
) -> Draft:
    """The fee is spent, and gone from the balance."""
    return Draft(
        reference=account_fee_reference(transaction_id),
        type="processor_fee",
        transfers=moves(
            move(
                f"processor_fee.{fee_type}",
                debit=Place(AccountKind.PROCESSOR_FEES, currency),
                credit=Place(AccountKind.PROCESSOR_BALANCE, currency),
                amount=amount,
            )
        ),
        organization_id=None,
        at=at,
        details={"description": description, "transaction_id": transaction_id},
    )


def bank_movement_draft(transaction_id: str, amount: int, currency: str, *, at: datetime) -> Draft:
    """The money has changed between the processor and the bank."""
    return Draft(
        reference=bank_movement_reference(transaction_id),
        type="bank_movement",
        transfers=moves(
            move(
                "bank_movement",
                debit=Place(AccountKind.PROCESSOR_BALANCE, currency),
                credit=Place(AccountKind.BANK_BALANCE, currency),
                amount=amount,
            )
        ),
        organization_id=None,
        at=at,
        details={"transaction_id": transaction_id},
    )


def correction_draft(
    reference: str, amount: int, currency: str, *, cause: Cause, at: datetime
) -> Draft:
    """The platform gains or bears what the books were wrong by."""
    return Draft(
        reference=reference,
        type="correction",
        transfers=moves(
            move(
                "correction",
                debit=Place(AccountKind.PROCESSOR_BALANCE, currency),
                credit=Place(AccountKind.PLATFORM_REVENUE, currency),
                amount=amount,
            )
        ),
        organization_id=None,
        at=at,
        cause=cause,
    )
