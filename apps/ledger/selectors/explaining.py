"""Where the money of an order went, to the cent."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

from apps.ledger.kinds import CUSTOMER_KINDS, AccountKind
from apps.ledger.models import Entry, Transfer
from apps.ledger.selectors.entries import entries_of_order


@dataclass(frozen=True, slots=True)
class Payer:
    """
    What the buyer paid, tax included, in the currency shown, and the rate it settled at.

    Negative where it went back; `label` says which.
    """

    currency: str
    amount: int
    tax_amount: int
    exchange_rate: Decimal
    label: str = "Buyer paid"


@dataclass(frozen=True, slots=True)
class Share:
    """One destination of an order's money; positive came to it, negative left it."""

    label: str
    amount: int


@dataclass(frozen=True, slots=True)
class OrderMoney:
    """
    An order's money in one settlement currency.

    What came in is what everyone got: `settled_amount == tax_amount + merchant_amount +
    platform_fee_amount + unbalanced_amount`. The platform pays `processor_fee_amount` out of its
    own fee, which leaves it `platform_amount`. `platform_fees` lists the fee lines, with fee
    credits as a negative one. `unbalanced_amount` is money not yet given to the merchant. What a
    bank took in a dispute that is open is still everyone's: it counts as settled and as theirs.
    """

    currency: str
    payers: tuple[Payer, ...]
    settled_amount: int
    tax_amount: int
    processor_fee_amount: int
    platform_fees: tuple[Share, ...]
    platform_fee_amount: int
    platform_amount: int
    merchant_amount: int
    unbalanced_amount: int
    entries: tuple[Entry, ...] = field(repr=False)

    @property
    def shares(self) -> tuple[Share, ...]:
        """Who ended up with how much of what came in; sums to `settled_amount`."""
        candidates = (
            Share("tax", self.tax_amount),
            Share("processor", self.processor_fee_amount),
            Share("platform", self.platform_amount),
            Share("merchant", self.merchant_amount),
            Share("not yet balanced", self.unbalanced_amount),
        )
        return tuple(share for share in candidates if share.amount)


def explain_order(order_id: UUID) -> list[OrderMoney]:
    """
    One account of the money per settlement currency; empty when nothing was posted.

    What the order moved in its customer's balance is no money that came in, and is left out.
    """
    entries = list(entries_of_order(order_id))
    by_currency: dict[str, list[Transfer]] = defaultdict(list)
    for entry in entries:
        for transfer in entry.transfers.all():
            if transfer.debit_account.kind not in CUSTOMER_KINDS:
                by_currency[transfer.currency].append(transfer)
    return [
        _explain(currency, rows, _touched(entries, currency))
        for currency, rows in sorted(by_currency.items())
    ]


def _touched(entries: list[Entry], currency: str) -> tuple[Entry, ...]:
    return tuple(
        entry
        for entry in entries
        if any(transfer.currency == currency for transfer in entry.transfers.all())
    )


def _explain(currency: str, rows: list[Transfer], entries: tuple[Entry, ...]) -> OrderMoney:
    into: dict[str, int] = defaultdict(int)
    for row in rows:
        into[row.debit_account.kind] -= row.amount
        into[row.credit_account.kind] += row.amount
    fees = _fee_lines(rows)
    fee_amount = sum(line.amount for line in fees)
    processor_fee = -into[AccountKind.PROCESSOR_FEES]
    return OrderMoney(
        currency=currency,
        payers=tuple(
            Payer(
                entry.presentment_currency,
                (entry.presentment_amount or 0) + (entry.presentment_tax_amount or 0),
                entry.presentment_tax_amount or 0,
                entry.exchange_rate or Decimal(1),
                _PAID_LABELS.get(entry.type, "Buyer paid"),
            )
            for entry in entries
            if entry.presentment_currency
        ),
        settled_amount=(
            -into[AccountKind.PROCESSOR_BALANCE]
            - into[AccountKind.CONTESTED_PAYMENTS]
            + processor_fee
        ),
        tax_amount=into[AccountKind.TAX_LIABILITY],
        processor_fee_amount=processor_fee,
        platform_fees=fees,
        platform_fee_amount=fee_amount,
        platform_amount=fee_amount - processor_fee,
        merchant_amount=sum(into[kind] for kind in _MERCHANTS),
        unbalanced_amount=into[AccountKind.SALES_CLEARING],
        entries=entries,
    )


def _fee_lines(rows: list[Transfer]) -> tuple[Share, ...]:
    """
    What the platform got, by type, in posting order: of the merchant, and what refunds left over.
    """
    paid: dict[str, int] = {}
    for row in sorted(rows, key=lambda row: row.pk):
        sides = (row.debit_account.kind, row.credit_account.kind)
        label = row.type.removeprefix("platform_fee.")
        if sides[0] == AccountKind.MERCHANT_BALANCE and sides[1] in _PLATFORM:
            paid[label] = paid.get(label, 0) + row.amount
        elif sides[1] == AccountKind.MERCHANT_BALANCE and sides[0] in _PLATFORM:
            paid[label] = paid.get(label, 0) - row.amount
        elif label in _DIFFERENCES:
            kept = row.amount if sides[1] == AccountKind.PLATFORM_REVENUE else -row.amount
            paid[label] = paid.get(label, 0) + kept
    return tuple(Share(label, amount) for label, amount in paid.items())


_PAID_LABELS = {
    "refund": "Went back to the buyer",
    "refund_reversal": "Came back, as the refund did not arrive",
    "dispute": "Was taken back by the bank",
    "dispute_reversal": "Came back, as the dispute was won",
}
_DIFFERENCES = frozenset({"refund_difference", "dispute_difference"})
# Kept for a dispute or a refund, it is still the merchant's until that ends.
_MERCHANTS = (AccountKind.MERCHANT_BALANCE, AccountKind.DISPUTE_HOLDS, AccountKind.REFUND_HOLDS)
_PLATFORM = frozenset({AccountKind.PLATFORM_REVENUE, AccountKind.FEE_CREDITS})
