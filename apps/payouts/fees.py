"""What a payout costs its merchant. Pure: no database, no clock. Amounts in settlement cents."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import floor
from typing import Any, Final

from apps.core.money import round_half_away
from apps.payouts.countries import transfer_rate
from apps.payouts.errors import PayoutAmountTooLow

# A payout account costs this once in a month in which it is used.
ACCOUNT_FEE_AMOUNT: Final = 200
ACCOUNT_FEE_DAYS: Final = 30
PAYOUT_RATE: Final = Fraction(25, 10_000)
PAYOUT_FIXED_AMOUNT: Final = 25


@dataclass(frozen=True, slots=True)
class PayoutFee:
    """One fee: `account`, `cross_border_transfer` or `payout`."""

    type: str
    amount: int


@dataclass(frozen=True, slots=True)
class PayoutAmounts:
    """`net_amount` is paid out of `gross_amount`; the fees are the difference."""

    gross_amount: int
    fees: tuple[PayoutFee, ...] = ()

    @property
    def fees_amount(self) -> int:
        """All fees together."""
        return sum(fee.amount for fee in self.fees)

    @property
    def net_amount(self) -> int:
        """What is left to be paid."""
        return self.gross_amount - self.fees_amount

    def fees_as_json(self) -> list[dict[str, Any]]:
        """The fees as they are kept with a payout."""
        return [{"type": fee.type, "amount": fee.amount} for fee in self.fees]


def payout_amounts(
    gross_amount: int, *, country: str | None, is_account_fee_due: bool, has_fees: bool = True
) -> PayoutAmounts:
    """
    How a balance is divided into fees and what is paid out.

    The transfer is charged on what arrives and the payout on what leaves, so the net amount is
    solved for: what remains is never more than the balance.

    :raises PayoutAmountTooLow: if the fees leave nothing.
    """
    if not has_fees:
        return PayoutAmounts(gross_amount)
    account_amount = ACCOUNT_FEE_AMOUNT if is_account_fee_due else 0
    left = gross_amount - account_amount
    rate = transfer_rate(country)
    divisor = 1 + rate + PAYOUT_RATE - rate * PAYOUT_RATE
    net = floor((left - PAYOUT_FIXED_AMOUNT) / divisor)
    if net <= 0:
        raise PayoutAmountTooLow
    transfer_amount = round_half_away(net * rate)
    fees = (
        PayoutFee("account", account_amount),
        PayoutFee("cross_border_transfer", transfer_amount),
        PayoutFee("payout", left - net - transfer_amount),
    )
    return PayoutAmounts(gross_amount, tuple(fee for fee in fees if fee.amount))
