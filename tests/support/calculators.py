"""Calculators of tax that find something, which the one for tests does not."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from django.conf import settings

from apps.core.money import round_half_away
from apps.tax.behavior import TaxBehavior
from apps.tax.calculators import TaxRequest, TaxResult
from apps.tax.errors import TaxCalculationLogicalError

RATE = Fraction(1, 5)


class FifthCalculator:
    """A fifth of the net amount, whoever buys whatever wherever."""

    name = "fifth"

    def calculate(self, request: TaxRequest) -> TaxResult:
        """The tax on top of an exclusive amount, or in an inclusive one."""
        is_inclusive = request.behavior is TaxBehavior.INCLUSIVE
        share = RATE / (1 + RATE) if is_inclusive else RATE
        amount = round_half_away(request.amount * share)
        return TaxResult(tax_amount=amount, behavior=request.behavior, processor=self.name)


class PerplexedCalculator:
    """Makes nothing of any address."""

    name = "perplexed"

    def calculate(self, request: TaxRequest) -> TaxResult:
        """Nothing."""
        raise TaxCalculationLogicalError("There is no such place.")


class RateCalculator:
    """A rate of the net amount that a setting names; see `taxed_at`."""

    name = "rate"

    def calculate(self, request: TaxRequest) -> TaxResult:
        """The tax on top of an exclusive amount."""
        amount = round_half_away(request.amount * Fraction(settings.TEST_TAX_RATE))
        return TaxResult(tax_amount=amount, behavior=request.behavior, processor=self.name)


def taxed_at(rate: Fraction) -> dict[str, Any]:
    """The settings under which every exclusive amount is taxed at `rate`."""
    name = f"{__name__}.{RateCalculator.__name__}"
    return {"TAX_CALCULATORS": [name], "TEST_TAX_RATE": str(rate)}
