"""
What is kept of a merchant while a refund is under way. Pure: no database, no clock.

Until the processor has said what became of a refund, the merchant's part of it is neither gone nor
theirs to be paid out: it leaves the balance for an account of its own, and comes back whole when
the refund ends. What it then takes is booked as any refund.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from apps.ledger.books import Cause, Draft, Move, Place, move, moves
from apps.ledger.kinds import AccountKind
from apps.ledger.refunds import BookedPayment, reversal_reference, taken_share


def refund_hold_reference(refund_id: UUID) -> str:
    """The reference of the entry that keeps the merchant's part of a refund back."""
    return f"refund_hold:{refund_id}"


def refund_hold_draft(
    refund_id: UUID, amount: int, booked: BookedPayment, *, at: datetime
) -> Draft | None:
    """
    Keep the merchant's part of a refund of `amount`, net, as the buyer sees it; None for nothing.

    What matures with its sale is kept of what matures with it.
    """
    if booked.is_unclaimed:
        # Their payer's already.
        return None
    merchant = Place(AccountKind.MERCHANT_BALANCE, booked.currency, booked.organization_id)
    holds = Place(AccountKind.REFUND_HOLDS, booked.currency, booked.organization_id)
    shares = (taken_share(share, amount, booked, at) for share in booked.shares)
    kept = moves(
        *(
            move(
                "refund_hold",
                debit=merchant,
                credit=holds,
                amount=share.amount,
                available_at=share.available_at,
            )
            for share in shares
        )
    )
    if not kept:
        return None
    return Draft(
        reference=refund_hold_reference(refund_id),
        type="refund_hold",
        transfers=kept,
        organization_id=booked.organization_id,
        at=at,
        cause=Cause(order_id=booked.order_id, payment_id=booked.payment_id),
        details={"refund_id": str(refund_id)},
    )


def refund_release_draft(hold: Draft, *, corrects_id: UUID, at: datetime) -> Draft:
    """What was kept, given back whole: the refund has ended."""
    return replace(
        hold,
        reference=reversal_reference(hold.reference),
        type="refund_hold_reversal",
        transfers=tuple(
            Move(one.type, one.credit, one.debit, one.amount, one.available_at)
            for one in hold.transfers
        ),
        at=at,
        cause=replace(hold.cause, corrects_id=corrects_id),
    )
