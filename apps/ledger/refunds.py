"""A refund that has left the processor, and the entries it makes. Pure: no database, no clock."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

from apps.core.money import round_half_away, truncate
from apps.ledger.books import Cause, Draft, Move, Place, Presentment, move, moves
from apps.ledger.kinds import AccountKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Refunded:
    """
    What the processor gave back: `amount` net and `tax_amount`, as the buyer sees them.

    `settlement_amount` (positive, gross) is what it took from the processor balance in
    `settlement_currency`, besides `settlement_fee`.
    """

    refund_id: UUID
    charge_id: str
    amount: int
    tax_amount: int
    settlement_currency: str
    settlement_amount: int
    settlement_fee: int = 0

    def __post_init__(self) -> None:
        if self.amount < 0 or self.tax_amount < 0 or self.gross_amount <= 0:
            raise ValueError(f"{self.refund_id}: a refund gives money back.")
        if self.settlement_amount <= 0 or self.settlement_fee < 0:
            raise ValueError(f"{self.refund_id}: a refund takes money from the balance.")

    @property
    def gross_amount(self) -> int:
        """Net and tax."""
        return self.amount + self.tax_amount


@dataclass(frozen=True, slots=True)
class Share:
    """What the merchant was given of a payment, and from when it may be paid out."""

    amount: int
    available_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BookedPayment:
    """
    A payment as it stands in the books: what came in, who was given what, what went back so far.

    `presentment_…` in the buyer's currency, the other amounts in `currency`. Where the payment
    pays nothing (`is_unclaimed`), all of it is owed to its payer: net, without tax or shares.
    """

    organization_id: UUID
    order_id: UUID | None
    payment_id: UUID
    currency: str
    net_amount: int
    tax_amount: int
    presentment_currency: str
    presentment_net_amount: int
    presentment_tax_amount: int
    shares: tuple[Share, ...]
    is_unclaimed: bool = False
    returned_net_amount: int = 0
    returned_tax_amount: int = 0
    returned_presentment_net_amount: int = 0
    returned_presentment_tax_amount: int = 0

    @property
    def presentment_left(self) -> int:
        """What the buyer has not got back, gross."""
        paid = self.presentment_net_amount + self.presentment_tax_amount
        returned = self.returned_presentment_net_amount + self.returned_presentment_tax_amount
        return paid - returned

    @property
    def settlement_left(self) -> int:
        """The same as it was settled."""
        paid = self.net_amount + self.tax_amount
        return paid - self.returned_net_amount - self.returned_tax_amount

    def settled(self, gross_amount: int) -> int:
        """What `gross_amount` of the payment was settled as; all that is left for all of it."""
        if gross_amount == self.presentment_left:
            return self.settlement_left
        paid = self.presentment_net_amount + self.presentment_tax_amount
        return round_half_away(Fraction((self.net_amount + self.tax_amount) * gross_amount, paid))


def refund_reference(refund_id: UUID) -> str:
    """The reference of the entry by which a refund leaves the processor."""
    return f"refund:{refund_id}"


def refund_balance_reference(refund_id: UUID) -> str:
    """The reference of the entry that takes the merchant's part of a refund back."""
    return f"refund_balance:{refund_id}"


def reversal_reference(reference: str) -> str:
    """The reference of the entry that undoes one of these because the refund has failed."""
    return f"reversal:{reference}"


def refund_drafts(refunded: Refunded, booked: BookedPayment, *, at: datetime) -> list[Draft]:
    """
    The money that left, the tax and the merchant's balance that it came from, and its fee.

    Tax goes back as it was booked, and never more of it than is left; all of it with the last of
    the money. The merchant gives the truncated share of each amount they were given; what that
    and another exchange rate leave over is the platform's. Fees stay where they are.
    """
    if booked.is_unclaimed:
        return _unclaimed_drafts(refunded, booked, at)
    processor = Place(AccountKind.PROCESSOR_BALANCE, booked.currency)
    clearing = Place(AccountKind.SALES_CLEARING, booked.currency, booked.organization_id)
    tax = returned_tax(refunded, booked)
    tax_settled = settled_tax(tax, refunded, booked)
    net = refunded.settlement_amount - tax_settled
    transfers = moves(
        move("refund", debit=clearing, credit=processor, amount=net),
        move(
            "tax",
            debit=Place(AccountKind.TAX_LIABILITY, booked.currency),
            credit=processor,
            amount=tax_settled,
        ),
    )
    presentment_net = refunded.gross_amount - tax
    return _drafts(
        _refund_draft("refund", refunded, booked, transfers, (presentment_net, tax), at),
        _balance_draft(refunded, booked, presentment_net, net, at),
        _fee_draft(refunded, booked, at),
    )


def reversal_draft(
    original: Draft,
    *,
    corrects_id: UUID,
    returned_amount: int | None,
    difference: str = "refund_difference",
) -> Draft:
    """
    An entry of a refund the other way round, since the money came back: exactly what it took.

    `original` is as it was posted, but at the time of the reversal. `returned_amount` is what came
    back to the processor balance, None for as much as had left; the platform bears the
    `difference`, as that transfer is called.
    """
    taken = original.transfers
    currency = taken[0].debit.currency
    processor = Place(AccountKind.PROCESSOR_BALANCE, currency)
    left = sum(one.amount for one in taken if one.credit == processor)
    left -= sum(one.amount for one in taken if one.debit == processor)
    surplus = move(
        difference,
        debit=processor,
        credit=Place(AccountKind.PLATFORM_REVENUE, currency),
        amount=0 if returned_amount is None or not left else returned_amount - left,
    )
    given_back = (
        Move(one.type, one.credit, one.debit, one.amount, one.available_at) for one in taken
    )
    seen = original.presentment
    return replace(
        original,
        reference=reversal_reference(original.reference),
        type=f"{original.type}_reversal",
        transfers=(*given_back, *moves(surplus)),
        cause=replace(original.cause, corrects_id=corrects_id),
        presentment=seen and replace(seen, amount=-seen.amount, tax_amount=-seen.tax_amount),
    )


def _drafts(*candidates: Draft | None) -> list[Draft]:
    return [candidate for candidate in candidates if candidate is not None]


def returned_tax(refunded: Refunded, booked: BookedPayment) -> int:
    """
    The tax that goes back, as the buyer saw it: as asked, within what this payment brought.

    More than asked once its net is used up, so that all of the money is all of the tax.
    """
    net_left = booked.presentment_net_amount - booked.returned_presentment_net_amount
    tax_left = booked.presentment_tax_amount - booked.returned_presentment_tax_amount
    return min(tax_left, max(refunded.tax_amount, refunded.gross_amount - net_left))


def settled_tax(tax: int, refunded: Refunded, booked: BookedPayment) -> int:
    """The same tax as it was settled; all that is left with the last of it."""
    left = booked.tax_amount - booked.returned_tax_amount
    if tax == booked.presentment_tax_amount - booked.returned_presentment_tax_amount:
        wanted = left
    else:
        share = Fraction(booked.tax_amount * tax, booked.presentment_tax_amount)
        wanted = round_half_away(share)
    return min(wanted, left)


def _refund_draft(
    type: str,
    refunded: Refunded,
    booked: BookedPayment,
    transfers: tuple[Move, ...],
    presentment: tuple[int, int],
    at: datetime,
) -> Draft:
    net, tax = presentment
    # The same quotient as everywhere: settlement over presentment.
    rate = Fraction(refunded.settlement_amount, refunded.gross_amount)
    return Draft(
        reference=refund_reference(refunded.refund_id),
        type=type,
        transfers=transfers,
        organization_id=booked.organization_id,
        at=at,
        cause=_cause(booked),
        presentment=Presentment(
            currency=booked.presentment_currency,
            amount=-net,
            tax_amount=-tax,
            exchange_rate=Decimal(rate.numerator) / Decimal(rate.denominator),
        ),
        details=_details(refunded),
    )


def _balance_draft(
    refunded: Refunded, booked: BookedPayment, presentment_net: int, net: int, at: datetime
) -> Draft | None:
    clearing = Place(AccountKind.SALES_CLEARING, booked.currency, booked.organization_id)
    merchant = Place(AccountKind.MERCHANT_BALANCE, booked.currency, booked.organization_id)
    taken = [taken_share(share, presentment_net, booked, at) for share in booked.shares]
    transfers = moves(
        *(
            move(
                "balance",
                debit=merchant,
                credit=clearing,
                amount=share.amount,
                available_at=share.available_at,
            )
            for share in taken
        ),
        move(
            "refund_difference",
            debit=Place(AccountKind.PLATFORM_REVENUE, booked.currency),
            credit=clearing,
            amount=net - sum(share.amount for share in taken),
        ),
    )
    if not transfers:
        return None
    return Draft(
        reference=refund_balance_reference(refunded.refund_id),
        type="refund_balance",
        transfers=transfers,
        organization_id=booked.organization_id,
        at=at,
        cause=_cause(booked),
        details=_details(refunded),
    )


def taken_share(share: Share, presentment_net: int, booked: BookedPayment, at: datetime) -> Share:
    """What of one share a refund of `presentment_net` takes, and from when that counts."""
    if not booked.presentment_net_amount:
        return Share(0, at)
    part = Fraction(share.amount * presentment_net, booked.presentment_net_amount)
    # At once from what may be paid out; with the rest where that is still held.
    when = max(at, share.available_at) if share.available_at else at
    return Share(truncate(part), when)


def _unclaimed_drafts(refunded: Refunded, booked: BookedPayment, at: datetime) -> list[Draft]:
    owed = Place(AccountKind.UNCLAIMED_PAYMENTS, booked.currency, booked.organization_id)
    processor = Place(AccountKind.PROCESSOR_BALANCE, booked.currency)
    returned = min(booked.settled(refunded.gross_amount), booked.settlement_left)
    transfers = moves(
        move("unclaimed_refund", debit=owed, credit=processor, amount=returned),
        move(
            "refund_difference",
            debit=Place(AccountKind.PLATFORM_REVENUE, booked.currency),
            credit=processor,
            amount=refunded.settlement_amount - returned,
        ),
    )
    presentment = (refunded.gross_amount, 0)
    return _drafts(
        _refund_draft("unclaimed_refund", refunded, booked, transfers, presentment, at),
        _fee_draft(refunded, booked, at),
    )


def _fee_draft(refunded: Refunded, booked: BookedPayment, at: datetime) -> Draft | None:
    if not refunded.settlement_fee:
        return None
    return Draft(
        reference=f"processor_fee:{refund_reference(refunded.refund_id)}",
        type="processor_fee",
        transfers=(
            Move(
                "processor_fee.refund",
                Place(AccountKind.PROCESSOR_FEES, booked.currency),
                Place(AccountKind.PROCESSOR_BALANCE, booked.currency),
                refunded.settlement_fee,
            ),
        ),
        organization_id=booked.organization_id,
        at=at,
        cause=_cause(booked),
        details=_details(refunded),
    )


def _cause(booked: BookedPayment) -> Cause:
    return Cause(order_id=booked.order_id, payment_id=booked.payment_id)


def _details(refunded: Refunded) -> dict[str, str]:
    return {"charge_id": refunded.charge_id, "refund_id": str(refunded.refund_id)}
