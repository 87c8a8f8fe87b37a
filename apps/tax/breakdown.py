"""The lines that explain a tax amount: which authority took what, and why."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import Final

from apps.core.money import round_half_even


class TaxReason(StrEnum):
    """Why a line has the tax it has."""

    STANDARD_RATED = "standard_rated"
    NOT_COLLECTING = "not_collecting"
    PRODUCT_EXEMPT = "product_exempt"
    REVERSE_CHARGE = "reverse_charge"
    NOT_SUBJECT_TO_TAX = "not_subject_to_tax"
    NOT_SUPPORTED = "not_supported"
    CUSTOMER_EXEMPT = "customer_exempt"


# The buyer is told of these two; the others mean that no tax was at stake.
_SHOWN_ON_INVOICES: Final = frozenset({TaxReason.STANDARD_RATED, TaxReason.REVERSE_CHARGE})


@dataclass(frozen=True, slots=True)
class Jurisdiction:
    """One authority's claim on a sale: `rate` is a fraction (0.2 is 20 %)."""

    name: str
    rate: Decimal
    rate_type: str = "percentage"
    subdivision: str | None = None
    reason: TaxReason | None = None


@dataclass(frozen=True, slots=True)
class TaxLine:
    """One line of a breakdown; `amount` in minor units."""

    rate_type: str
    rate: Decimal
    display_name: str
    country: str
    state: str | None
    subdivision: str | None
    amount: int
    reason: TaxReason

    @property
    def is_shown_on_invoices(self) -> bool:
        """Whether the buyer is told of this line."""
        return self.reason in _SHOWN_ON_INVOICES


def tax_lines(
    net_amount: int, jurisdictions: Sequence[Jurisdiction], *, country: str, state: str | None
) -> list[TaxLine]:
    """
    One line per jurisdiction on a net amount in minor units, each rounded half to even.

    The tax of the sale is the sum of the lines. A negative net amount (a credit) gives the
    negated lines of the positive one. Without a stated reason a line is standard rated when
    it has tax and not collected when it has none.
    """
    lines: list[TaxLine] = []
    for jurisdiction in jurisdictions:
        amount = round_half_even(net_amount * jurisdiction.rate)
        implied = TaxReason.STANDARD_RATED if amount else TaxReason.NOT_COLLECTING
        lines.append(
            TaxLine(
                rate_type=jurisdiction.rate_type,
                rate=jurisdiction.rate,
                display_name=jurisdiction.name,
                country=country,
                state=state,
                subdivision=jurisdiction.subdivision,
                amount=amount,
                reason=jurisdiction.reason or implied,
            )
        )
    return lines


def negated(lines: Sequence[TaxLine]) -> list[TaxLine]:
    """The same breakdown for money going the other way."""
    return [replace(line, amount=-line.amount) for line in lines]
