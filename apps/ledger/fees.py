"""
What the platform takes of a payment, and what it gives back as credit. Pure.

Fees are in minor units of the settlement currency and are taken on the payment with its tax,
because that is what the platform has carried the risk of.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Final

from apps.core.money import basis_points, round_half_away
from apps.ledger.plans import FeePlan

INTERNATIONAL_BPS: Final = 150
# Methods whose country says where the buyer's card is from.
_METHODS_WITH_COUNTRY: Final = frozenset({"card", "link"})
# Cards of a domestic scheme abroad: international by nature.
_FOREIGN_METHODS: Final = frozenset({"kr_card"})
_HOME_COUNTRY: Final = "US"


class FeeType(StrEnum):
    """What a fee is for."""

    PAYMENT = "payment"
    INTERNATIONAL_PAYMENT = "international_payment"
    SUBSCRIPTION = "subscription"
    THREE_D_SECURE = "three_d_secure"
    DISPUTE = "dispute"
    FRAUD_WARNING = "fraud_warning"
    FEE_CREDIT = "fee_credit"


@dataclass(frozen=True, slots=True)
class Fee:
    """One line charged to the merchant; negative is given back."""

    type: FeeType
    amount: int


@dataclass(frozen=True, slots=True)
class Instrument:
    """How a payment was made: the method, and the country of the card behind it if known."""

    method: str
    country: str | None = None

    @property
    def is_international(self) -> bool:
        """Whether the card comes from abroad; one of unknown origin counts as such."""
        if self.method in _FOREIGN_METHODS:
            return True
        return self.method in _METHODS_WITH_COUNTRY and self.country != _HOME_COUNTRY


@dataclass(frozen=True, slots=True)
class Credit:
    """A grant of fee credit, and how much of it is used up."""

    amount: int
    used: int = 0

    @property
    def remaining(self) -> int:
        """What is left of it."""
        return self.amount - self.used


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentFees:
    """The fees of one payment in posting order, and the credits after paying for them."""

    fees: tuple[Fee, ...]
    credits: tuple[Credit, ...]

    @property
    def total(self) -> int:
        """What the merchant is charged in the end."""
        return sum(fee.amount for fee in self.fees)

    @property
    def credit_balance(self) -> int:
        """What is left of all credits."""
        return sum(credit.remaining for credit in self.credits)


def payment_fees(
    plan: FeePlan,
    *,
    amount: int,
    tax_amount: int,
    is_subscription: bool,
    instrument: Instrument | None,
    passes_processor_fees: bool,
    used_3ds: bool = False,
    credits: Sequence[Credit] = (),
) -> PaymentFees:
    """
    The fees of a payment of `amount` net of tax plus `tax_amount`.

    Order: payment, international, subscription, 3-D Secure, then one credit line for what
    `credits` (oldest first, active ones only) cover. A fee whose rate is zero has no line; one
    that merely rounds to zero has. `passes_processor_fees` says that the processor's surcharge
    for foreign cards is passed on to this merchant.
    """
    gross = amount + tax_amount
    fees: list[Fee] = []
    if plan.bps or plan.fixed_amount:
        exact = Fraction(gross * plan.bps, 10_000) + plan.fixed_amount
        fees.append(Fee(FeeType.PAYMENT, round_half_away(exact)))
    if passes_processor_fees and instrument is not None and instrument.is_international:
        surcharge = basis_points(gross, INTERNATIONAL_BPS)
        fees.append(Fee(FeeType.INTERNATIONAL_PAYMENT, surcharge))
    if is_subscription and plan.subscription_bps:
        fees.append(Fee(FeeType.SUBSCRIPTION, basis_points(gross, plan.subscription_bps)))
    if used_3ds and plan.three_d_secure_amount:
        fees.append(Fee(FeeType.THREE_D_SECURE, plan.three_d_secure_amount))

    spent, left = use_credits(credits, sum(fee.amount for fee in fees))
    if spent:
        fees.append(Fee(FeeType.FEE_CREDIT, -spent))
    return PaymentFees(fees=tuple(fees), credits=left)


def use_credits(credits: Sequence[Credit], amount: int) -> tuple[int, tuple[Credit, ...]]:
    """How much of `amount` the credits cover, first ones first, and what they are afterwards."""
    left = max(0, amount)
    after: list[Credit] = []
    for credit in credits:
        taken = min(left, max(0, credit.remaining))
        left -= taken
        after.append(Credit(credit.amount, credit.used + taken))
    return max(0, amount) - left, tuple(after)


def dispute_fees(processor_fees: Sequence[int]) -> tuple[Fee, ...]:
    """What the processor took for a dispute (signed as it reports it), passed on in full."""
    return tuple(Fee(FeeType.DISPUTE, abs(fee)) for fee in processor_fees if fee)
