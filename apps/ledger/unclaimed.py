"""Money that came in and pays nothing, and the entries it makes. Pure: no database, no clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from apps.ledger.books import Cause, Draft, Move, Place, Presentment
from apps.ledger.kinds import AccountKind


@dataclass(frozen=True, slots=True, kw_only=True)
class UnclaimedPayment:
    """
    A settled charge that no order has a use for: owed to whoever paid it.

    Amounts as in `apps.ledger.sales.Sale`, tax included: nothing was sold, so none of it is tax.

    :raises ValueError: if nothing was paid.
    """

    organization_id: UUID
    payment_id: UUID
    charge_id: str
    presentment_currency: str
    presentment_amount: int
    settlement_currency: str
    settlement_amount: int
    settlement_fee: int
    exchange_rate: Decimal | None
    available_at: datetime

    def __post_init__(self) -> None:
        if self.presentment_amount <= 0 or self.settlement_amount <= 0 or self.settlement_fee < 0:
            raise ValueError(f"{self.charge_id}: a payment brings money in.")


def unclaimed_reference(charge_id: str) -> str:
    """The reference of the entry that books money nobody has a use for."""
    return f"unclaimed:{charge_id}"


def unclaimed_drafts(payment: UnclaimedPayment, *, at: datetime) -> list[Draft]:
    """The charge as the processor booked it: its money, owed to the payer, and its fee."""
    currency = payment.settlement_currency
    processor = Place(AccountKind.PROCESSOR_BALANCE, currency)
    owed = Place(AccountKind.UNCLAIMED_PAYMENTS, currency, payment.organization_id)
    fees = Place(AccountKind.PROCESSOR_FEES, currency)
    cause = Cause(payment_id=payment.payment_id)
    rate = Decimal(1) if payment.exchange_rate is None else payment.exchange_rate
    received = Draft(
        reference=unclaimed_reference(payment.charge_id),
        type="unclaimed_payment",
        transfers=(
            Move(
                "unclaimed_payment",
                processor,
                owed,
                payment.settlement_amount,
                payment.available_at,
            ),
        ),
        organization_id=payment.organization_id,
        at=at,
        cause=cause,
        presentment=Presentment(
            currency=payment.presentment_currency,
            amount=payment.presentment_amount,
            tax_amount=0,
            exchange_rate=rate,
        ),
        details={"charge_id": payment.charge_id},
    )
    if not payment.settlement_fee:
        return [received]
    fee = Draft(
        reference=f"processor_fee:{payment.charge_id}",
        type="processor_fee",
        transfers=(
            Move(
                "processor_fee.payment",
                fees,
                processor,
                payment.settlement_fee,
                payment.available_at,
            ),
        ),
        organization_id=payment.organization_id,
        at=at,
        cause=cause,
    )
    return [received, fee]
