"""A settled sale and the entries it makes. Pure: no database, no clock."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

from apps.core.money import round_half_away
from apps.ledger.books import Cause, Draft, Place, Presentment, move, moves
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
        """The tax in settlement currency; never more than came in, whatever the rate rounds to."""
        tax = round_half_away(Fraction(self.presentment_tax_amount) * Fraction(self.rate))
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


def fees_reference(charge_id: str) -> str:
    """The reference of the entry that takes the platform's fees of a charge."""
    return f"platform_fee:{charge_id}"


def sale_drafts(sale: Sale, *, at: datetime, merchant_available_at: datetime) -> list[Draft]:
    """
    The entries of a sale that follow from the sale alone, in posting order.

    1. payment: the processor holds the money, owed as sales and as tax
    2. processor_fee: what the processor kept of it (none if it kept nothing)
    3. balance: the sale, without tax, becomes the merchant's (none if all of it was tax)

    The platform's fees depend on the merchant's terms and are drafted apart.
    """
    currency = sale.settlement_currency
    processor = Place(AccountKind.PROCESSOR_BALANCE, currency)
    clearing = Place(AccountKind.SALES_CLEARING, currency, sale.organization_id)
    steps = {
        payment_reference(sale.charge_id): moves(
            move(
                "payment",
                debit=processor,
                credit=clearing,
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
        f"processor_fee:{sale.charge_id}": moves(
            move(
                "processor_fee.payment",
                debit=Place(AccountKind.PROCESSOR_FEES, currency),
                credit=processor,
                amount=sale.settlement_fee,
            )
        ),
        f"balance:{sale.charge_id}": moves(
            move(
                "balance",
                debit=clearing,
                credit=Place(AccountKind.MERCHANT_BALANCE, currency, sale.organization_id),
                amount=sale.net_amount,
                available_at=merchant_available_at,
            )
        ),
    }
    cause = Cause(order_id=sale.order_id, payment_id=sale.payment_id)
    return [
        Draft(
            reference=reference,
            type=reference.partition(":")[0],
            transfers=transfers,
            organization_id=sale.organization_id,
            at=at,
            cause=cause,
            presentment=_presentment(sale) if reference.startswith("payment:") else None,
            details=_details(sale) if reference.startswith("payment:") else {},
        )
        for reference, transfers in steps.items()
        if transfers
    ]


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
