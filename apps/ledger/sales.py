"""A settled sale and the entries it makes. Pure: no database, no clock."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

from apps.core.money import exponent, round_half_away
from apps.ledger.books import Cause, Draft, Move, Place, Presentment, move, moves
from apps.ledger.kinds import AccountKind

# The sub-national part of the place of taxation matters only where tax is.
STATES_KEPT = frozenset({"US", "CA"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Sale:
    """
    A charge whose money the processor has booked.

    Presentment amounts are what the buyer paid, settlement amounts what that became in the
    processor balance; both gross, tax included. `exchange_rate` leads from the first to the
    second (None: the same currency). `available_at` is when the processor releases the money.

    :raises ValueError: if nothing was paid, or more tax than money.
    """

    organization_id: UUID
    order_id: UUID
    payment_id: UUID
    charge_id: str
    presentment_currency: str
    presentment_amount: int
    presentment_tax_amount: int
    settlement_currency: str
    settlement_amount: int
    settlement_fee: int
    exchange_rate: Decimal | None
    available_at: datetime
    card_country: str | None
    method: str
    is_subscription: bool
    used_3ds: bool
    tax_country: str | None = None
    tax_state: str | None = None

    def __post_init__(self) -> None:
        if self.presentment_amount <= 0 or self.settlement_amount <= 0 or self.settlement_fee < 0:
            raise ValueError(f"{self.charge_id}: a sale brings money in.")
        if not 0 <= self.presentment_tax_amount <= self.presentment_amount:
            raise ValueError(f"{self.charge_id}: tax is a part of what was paid.")

    @property
    def rate(self) -> Decimal:
        """From presentment to settlement; 1 where they are the same."""
        return Decimal(1) if self.exchange_rate is None else self.exchange_rate

    @property
    def settlement_tax_amount(self) -> int:
        """
        The tax in settlement currency; never more than came in, whatever the rate rounds to.

        The rate is of whole units. Where the minor units of the two are not alike, the tax is the
        share of the money that it was of the payment.
        """
        share = Fraction(self.rate)
        if exponent(self.presentment_currency) != exponent(self.settlement_currency):
            share = Fraction(self.settlement_amount, self.presentment_amount)
        tax = round_half_away(self.presentment_tax_amount * share)
        return min(tax, self.settlement_amount)

    @property
    def net_amount(self) -> int:
        """What the merchant has sold, in settlement currency: all that came in but the tax."""
        return self.settlement_amount - self.settlement_tax_amount


@dataclass(frozen=True, slots=True)
class SaleResult:
    """What posting a sale left behind; the fee is what the merchant paid the platform for it."""

    entry_ids: tuple[UUID, ...] = field(default_factory=tuple)
    platform_fee_amount: int = 0
    platform_fee_currency: str = ""


def payment_reference(charge_id: str) -> str:
    """The reference of the entry that books a charge."""
    return f"payment:{charge_id}"


def balance_reference(charge_id: str) -> str:
    """The reference of the entry that gives a charge's money to its merchant."""
    return f"balance:{charge_id}"


def fees_reference(charge_id: str) -> str:
    """The reference of the entry that takes the platform's fees of a charge."""
    return f"platform_fee:{charge_id}"


def payment_drafts(sale: Sale, *, at: datetime) -> list[Draft]:
    """The charge as the processor booked it: its money, owed as sale and as tax, and its fee."""
    currency = sale.settlement_currency
    processor = Place(AccountKind.PROCESSOR_BALANCE, currency)
    payment = Draft(
        reference=payment_reference(sale.charge_id),
        type="payment",
        transfers=moves(
            move(
                "payment",
                debit=processor,
                credit=_clearing(sale),
                amount=sale.net_amount,
                available_at=sale.available_at,
            ),
            move(
                "tax",
                debit=processor,
                credit=Place(AccountKind.TAX_LIABILITY, currency),
                amount=sale.settlement_tax_amount,
                available_at=sale.available_at,
            ),
        ),
        organization_id=sale.organization_id,
        at=at,
        cause=_cause(sale),
        presentment=_presentment(sale),
        details=_details(sale),
    )
    if not sale.settlement_fee:
        return [payment]
    fee = Draft(
        reference=f"processor_fee:{sale.charge_id}",
        type="processor_fee",
        transfers=(
            Move(
                "processor_fee.payment",
                Place(AccountKind.PROCESSOR_FEES, currency),
                processor,
                sale.settlement_fee,
                sale.available_at,
            ),
        ),
        organization_id=sale.organization_id,
        at=at,
        cause=_cause(sale),
    )
    return [payment, fee]


def balance_draft(sale: Sale, *, at: datetime, available_at: datetime) -> Draft | None:
    """The sale without its tax becomes the merchant's; None if all of it was tax."""
    transfers = moves(
        move(
            "balance",
            debit=_clearing(sale),
            credit=Place(
                AccountKind.MERCHANT_BALANCE, sale.settlement_currency, sale.organization_id
            ),
            amount=sale.net_amount,
            available_at=available_at,
        )
    )
    if not transfers:
        return None
    return Draft(
        reference=balance_reference(sale.charge_id),
        type="balance",
        transfers=transfers,
        organization_id=sale.organization_id,
        at=at,
        cause=_cause(sale),
    )


def _clearing(sale: Sale) -> Place:
    return Place(AccountKind.SALES_CLEARING, sale.settlement_currency, sale.organization_id)


def _cause(sale: Sale) -> Cause:
    return Cause(order_id=sale.order_id, payment_id=sale.payment_id)


def _presentment(sale: Sale) -> Presentment:
    return Presentment(
        currency=sale.presentment_currency,
        amount=sale.presentment_amount - sale.presentment_tax_amount,
        tax_amount=sale.presentment_tax_amount,
        exchange_rate=sale.rate,
    )


def _details(sale: Sale) -> dict[str, str | bool | None]:
    return {
        "charge_id": sale.charge_id,
        "method": sale.method,
        "card_country": sale.card_country,
        "used_3ds": sale.used_3ds,
        "is_subscription": sale.is_subscription,
        "tax_country": sale.tax_country,
        "tax_state": sale.tax_state if sale.tax_country in STATES_KEPT else None,
    }
