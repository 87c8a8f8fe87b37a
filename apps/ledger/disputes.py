"""A disputed payment, and the entries its money makes. Pure: no database, no clock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

from apps.core.money import truncate
from apps.ledger.books import Cause, Draft, Move, Place, Presentment, move, moves
from apps.ledger.fees import Fee, dispute_fees
from apps.ledger.kinds import AccountKind
from apps.ledger.refunds import BookedPayment, Refunded, returned_tax, settled_tax

DIFFERENCE = "dispute_difference"


@dataclass(frozen=True, slots=True, kw_only=True)
class Disputed:
    """
    What a bank took back: `amount` net and `tax_amount`, as the buyer sees them.

    `settlement_amount` (positive, gross) left the processor balance in `settlement_currency`,
    `fees` besides.
    """

    dispute_id: UUID
    charge_id: str
    amount: int
    tax_amount: int
    settlement_currency: str
    settlement_amount: int
    fees: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if self.amount < 0 or self.tax_amount < 0 or self.amount + self.tax_amount <= 0:
            raise ValueError(f"{self.dispute_id}: a dispute is about money.")
        if self.settlement_amount <= 0:
            raise ValueError(f"{self.dispute_id}: a dispute takes money from the balance.")


def dispute_reference(dispute_id: UUID) -> str:
    """The reference of the entry by which contested money leaves the processor."""
    return f"dispute:{dispute_id}"


def hold_reference(dispute_id: UUID) -> str:
    """The reference of the entry that keeps the merchant's part of it back."""
    return f"dispute_hold:{dispute_id}"


def loss_reference(dispute_id: UUID) -> str:
    """The reference of the entry by which contested money is gone for good."""
    return f"dispute_loss:{dispute_id}"


def loss_balance_reference(dispute_id: UUID) -> str:
    """The reference of the entry by which the merchant's part of it is gone, too."""
    return f"dispute_balance:{dispute_id}"


def withdrawal_drafts(disputed: Disputed, booked: BookedPayment, *, at: datetime) -> list[Draft]:
    """
    The money is gone for now, and so is the merchant's share of what they had; both are contested.

    Nobody has lost anything yet: what the bank took is a claim, what is kept of the merchant a
    debt. The merchant never answers for more than what is left of the payment. What the processor
    charges for a dispute is passed on, whatever its outcome; for money that was never theirs
    nothing is.
    """
    processor = Place(AccountKind.PROCESSOR_BALANCE, booked.currency)
    contested = Place(AccountKind.CONTESTED_PAYMENTS, booked.currency)
    tax, tax_settled = _tax(disputed, booked)
    net = disputed.settlement_amount - tax_settled
    gross = disputed.amount + disputed.tax_amount
    rate = Fraction(disputed.settlement_amount, gross)
    details = {"charge_id": disputed.charge_id, "dispute_id": str(disputed.dispute_id)}
    cause = Cause(order_id=booked.order_id, payment_id=booked.payment_id)

    def draft(reference: str, type: str, transfers: tuple[Move, ...]) -> Draft:
        return Draft(
            reference=reference,
            type=type,
            transfers=transfers,
            organization_id=booked.organization_id,
            at=at,
            cause=cause,
            details=details,
        )

    taken = Draft(
        reference=dispute_reference(disputed.dispute_id),
        type="dispute",
        transfers=moves(
            move("dispute", debit=contested, credit=processor, amount=net),
            move("tax", debit=contested, credit=processor, amount=tax_settled),
        ),
        organization_id=booked.organization_id,
        at=at,
        cause=cause,
        presentment=Presentment(
            currency=booked.presentment_currency,
            amount=tax - gross,
            tax_amount=-tax,
            exchange_rate=Decimal(rate.numerator) / Decimal(rate.denominator),
        ),
        details=details,
    )
    found = [taken]
    if held := _held(disputed, booked, gross - tax, at):
        found.append(draft(hold_reference(disputed.dispute_id), "dispute_hold", held))
    if charged := fee_moves(disputed.fees, booked.currency):
        reference = f"processor_fee:{dispute_reference(disputed.dispute_id)}"
        found.append(draft(reference, "processor_fee", charged))
    if passed_on := _passed_on(disputed, booked):
        reference = f"platform_fee:{dispute_reference(disputed.dispute_id)}"
        found.append(draft(reference, "platform_fee", passed_on))
    return found


def loss_drafts(dispute_id: UUID, taken: Draft, held: Draft | None, *, at: datetime) -> list[Draft]:
    """
    The bank keeps the money: sale and tax are undone, the merchant's share is theirs no more.

    `taken` and `held` are the entries of the withdrawal as they were posted. What rounding and
    another rate leave over is the platform's.
    """
    currency = taken.transfers[0].debit.currency
    contested = Place(AccountKind.CONTESTED_PAYMENTS, currency)
    clearing = Place(AccountKind.SALES_CLEARING, currency, taken.organization_id)
    holds = Place(AccountKind.DISPUTE_HOLDS, currency, taken.organization_id)
    revenue = Place(AccountKind.PLATFORM_REVENUE, currency)
    kept = held.transfers if held else ()
    shares = sum(one.amount for one in kept)
    net = sum(one.amount for one in taken.transfers if one.type == "dispute")
    tax = sum(one.amount for one in taken.transfers if one.type == "tax")
    is_unclaimed = any(one.debit.kind == AccountKind.UNCLAIMED_PAYMENTS for one in kept)
    # Money without an order never was a sale.
    through = contested if is_unclaimed else clearing
    gone = moves(
        None if is_unclaimed else move("dispute", debit=clearing, credit=contested, amount=net),
        move(
            "tax",
            debit=Place(AccountKind.TAX_LIABILITY, currency),
            credit=contested,
            amount=tax,
        ),
    )
    balance = moves(
        *(move("balance", debit=holds, credit=through, amount=one.amount) for one in kept),
        move(DIFFERENCE, debit=revenue, credit=through, amount=net - shares),
    )
    pairs = (
        (loss_reference(dispute_id), "dispute_loss", gone),
        (loss_balance_reference(dispute_id), "dispute_balance", balance),
    )
    return [
        Draft(
            reference=reference,
            type=type,
            transfers=transfers,
            organization_id=taken.organization_id,
            at=at,
            cause=taken.cause,
            details=taken.details,
        )
        for reference, type, transfers in pairs
        if transfers
    ]


def _tax(disputed: Disputed, booked: BookedPayment) -> tuple[int, int]:
    """The tax that is contested: as the buyer saw it, and as it was settled."""
    if booked.is_unclaimed:
        return 0, 0
    as_refund = Refunded(
        refund_id=disputed.dispute_id,
        charge_id=disputed.charge_id,
        amount=disputed.amount,
        tax_amount=disputed.tax_amount,
        settlement_currency=disputed.settlement_currency,
        settlement_amount=disputed.settlement_amount,
    )
    tax = returned_tax(as_refund, booked)
    return tax, min(settled_tax(tax, as_refund, booked), disputed.settlement_amount)


def _held(
    disputed: Disputed, booked: BookedPayment, presentment_net: int, at: datetime
) -> tuple[Move, ...]:
    holds = Place(AccountKind.DISPUTE_HOLDS, booked.currency, booked.organization_id)
    if booked.is_unclaimed:
        owed = Place(AccountKind.UNCLAIMED_PAYMENTS, booked.currency, booked.organization_id)
        gross = min(disputed.amount + disputed.tax_amount, max(0, booked.presentment_left))
        left = min(booked.settled(gross), booked.settlement_left) if gross else 0
        return moves(move("dispute_hold", debit=owed, credit=holds, amount=left))
    merchant = Place(AccountKind.MERCHANT_BALANCE, booked.currency, booked.organization_id)
    left = booked.presentment_net_amount - booked.returned_presentment_net_amount
    net = min(presentment_net, max(0, left))
    whole = booked.presentment_net_amount
    return moves(
        *(
            move(
                "dispute_hold",
                debit=merchant,
                credit=holds,
                amount=truncate(Fraction(share.amount * net, whole)) if whole else 0,
                # At once from what may be paid out; with the rest where that is still held.
                available_at=max(at, share.available_at) if share.available_at else at,
            )
            for share in booked.shares
        )
    )


def fee_moves(fees: Sequence[int], currency: str) -> tuple[Move, ...]:
    """What the processor keeps for a dispute, or gives back of it where negative."""
    return moves(
        *(
            move(
                "processor_fee.dispute",
                debit=Place(AccountKind.PROCESSOR_FEES, currency),
                credit=Place(AccountKind.PROCESSOR_BALANCE, currency),
                amount=fee,
            )
            for fee in fees
        )
    )


def passed_on_moves(fees: Sequence[Fee], currency: str, organization_id: UUID) -> tuple[Move, ...]:
    """What a merchant is charged beside a payment."""
    return moves(
        *(
            move(
                f"platform_fee.{fee.type.value}",
                debit=Place(AccountKind.MERCHANT_BALANCE, currency, organization_id),
                credit=Place(AccountKind.PLATFORM_REVENUE, currency),
                amount=fee.amount,
            )
            for fee in fees
        )
    )


def _passed_on(disputed: Disputed, booked: BookedPayment) -> tuple[Move, ...]:
    if booked.is_unclaimed or not booked.shares:
        return ()
    fees = dispute_fees(disputed.fees)
    return passed_on_moves(fees, booked.currency, booked.organization_id)
