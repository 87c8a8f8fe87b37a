"""The sums of an order and its documents. Pure; amounts in minor units."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from apps.core.money import round_half_away
from apps.tax.behavior import split
from apps.tax.breakdown import TaxReason

# Raised whenever the look of an invoice changes, so that stored ones are drawn again.
INVOICE_TEMPLATE_VERSION: Final = 1

_PRINTED_REASONS: Final = frozenset({TaxReason.STANDARD_RATED, TaxReason.REVERSE_CHARGE})


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderTotals:
    """What follows from the lines of an order, its discount, tax and the customer's balance."""

    subtotal_amount: int
    discount_amount: int
    net_amount: int
    tax_amount: int
    total_amount: int
    applied_balance_amount: int
    due_amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedTax:
    """One line of a tax breakdown as a document needs it; `rate` is a fraction."""

    display_name: str
    rate: Decimal
    amount: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceAmounts:
    """The amounts that an invoice is drawn from."""

    subtotal_amount: int
    discount_amount: int
    net_amount: int
    tax_amount: int
    applied_balance_amount: int
    taxes: tuple[PrintedTax, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceParty:
    """What an invoice says about the buyer, beyond amounts that no longer change."""

    billing_name: str | None
    billing_address: Mapping[str, Any] | None
    tax_id: Sequence[str] | None
    customer_locale: str | None


def order_totals(
    item_amounts: Sequence[int],
    *,
    discount_amount: int = 0,
    tax_amount: int = 0,
    tax_behavior: str | None = None,
    applied_balance_amount: int = 0,
) -> OrderTotals:
    """
    The sums of an order; the tax is that of the discounted subtotal.

    `applied_balance_amount` is negative where credit was used and positive where a debt is
    collected. A total below zero leaves nothing due.
    """
    subtotal = sum(item_amounts)
    parts = split(subtotal - discount_amount, tax_amount, tax_behavior)
    return OrderTotals(
        subtotal_amount=subtotal,
        discount_amount=discount_amount,
        net_amount=parts.net_amount,
        tax_amount=tax_amount,
        total_amount=parts.total_amount,
        applied_balance_amount=applied_balance_amount,
        due_amount=max(0, parts.total_amount + applied_balance_amount),
    )


def shared_tax(amounts: Sequence[int], tax_amount: int) -> list[int]:
    """
    The tax of an order on its lines, in proportion to their discounted amounts, some below zero.

    The parts add up to `tax_amount` exactly: what rounding takes from one line goes to the next.
    Lines that come to nothing together carry no tax.
    """
    whole = sum(amounts)
    if not whole:
        return [0] * len(amounts)
    parts: list[int] = []
    reached = given = 0
    for amount in amounts:
        reached += amount
        upto = round_half_away(Fraction(tax_amount * reached, whole))
        parts.append(upto - given)
        given = upto
    return parts


def invoice_totals(amounts: InvoiceAmounts) -> list[tuple[str, int]]:
    """The closing lines of an invoice, label and amount, without those that say nothing."""
    total = amounts.net_amount + amounts.tax_amount
    lines = [("Subtotal", amounts.subtotal_amount)]
    if amounts.discount_amount:
        lines.append(("Discount", -amounts.discount_amount))
    printed = [tax for tax in amounts.taxes if tax.reason in _PRINTED_REASONS]
    if printed:
        lines.append(("Taxable amount", amounts.net_amount))
        lines += [(_tax_label(tax), tax.amount) for tax in printed]
    lines.append(("Total", total))
    if amounts.applied_balance_amount:
        lines.append(("Applied balance", amounts.applied_balance_amount))
        lines.append(("To be paid", max(0, total + amounts.applied_balance_amount)))
    return lines


def receipt_totals(paid_amounts: Sequence[int], refunded_amounts: Sequence[int]) -> tuple[int, int]:
    """What a receipt says was paid and given back; only what succeeded is to be passed in."""
    return sum(paid_amounts), sum(refunded_amounts)


def invoice_checksum(party: InvoiceParty) -> str:
    """
    A fingerprint of what may change on an invoice after it was drawn.

    A stored invoice is out of date exactly when this differs from the one stored with it.
    """
    facts = {"version": INVOICE_TEMPLATE_VERSION, **asdict(party)}
    text = json.dumps(facts, sort_keys=True, default=dict)
    return hashlib.sha256(text.encode()).hexdigest()


def _tax_label(tax: PrintedTax) -> str:
    if tax.reason == TaxReason.REVERSE_CHARGE:
        return f"{tax.display_name} (reverse charge)"
    percent = (tax.rate * 100).normalize()
    return f"{tax.display_name} ({percent:f}%)"
