"""
The port through which a tax amount is asked for, and what stands behind it.

A calculator is anything with the shape of `TaxCalculator`. Providers are tried in the order
given, and only a technical failure passes the question on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Final, Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from apps.core.metrics import Counter
from apps.tax.behavior import TaxBehavior
from apps.tax.breakdown import TaxLine, negated
from apps.tax.errors import TaxCalculationLogicalError, TaxCalculationTechnicalError
from apps.tax.tax_ids import TaxId

CALCULATIONS: Final = Counter(
    "tax_calculations_total", "Questions to providers of tax.", "provider", "outcome"
)


@dataclass(frozen=True, slots=True)
class TaxRequest:
    """
    One amount to be taxed, in minor units of `currency`.

    `reference` is the id of our row, from which a provider call derives its idempotency key.
    With inclusive behaviour the amount contains the tax.
    """

    reference: str
    amount: int
    currency: str
    behavior: TaxBehavior | None
    country: str | None = None
    state: str | None = None
    postal_code: str | None = None
    line1: str | None = None
    city: str | None = None
    tax_ids: tuple[TaxId, ...] = ()
    is_taxable: bool = True

    def of_buyer_at(self, address: Mapping[str, Any] | None) -> TaxRequest:
        """The request of a buyer with this billing address, as it is stored; None: not known."""
        known = address or {}
        return replace(
            self,
            country=known.get("country"),
            state=known.get("state"),
            postal_code=known.get("postal_code"),
            line1=known.get("line1"),
            city=known.get("city"),
        )


@dataclass(frozen=True, slots=True)
class TaxResult:
    """What is due on a request; `tax_amount` in minor units, `processor` the calculator's name."""

    tax_amount: int
    behavior: TaxBehavior | None
    processor: str
    processor_id: str | None = None
    lines: tuple[TaxLine, ...] = field(default=())

    @property
    def breakdown(self) -> list[dict[str, Any]]:
        """The lines as they are stored with what was taxed."""
        return [
            {**asdict(line), "rate": str(line.rate), "reason": line.reason.value}
            for line in self.lines
        ]


class TaxCalculator(Protocol):
    """Computes the tax of one request."""

    name: str

    def calculate(self, request: TaxRequest) -> TaxResult:
        """
        Compute the tax due; asking again for the same request gives the same answer.

        :raises TaxCalculationTechnicalError: if the provider cannot answer now.
        :raises TaxCalculationLogicalError: if the buyer's data does not allow an answer.
        """


class NoneCalculator:
    """Collects no tax: the amount is always 0, the behaviour is kept for later."""

    name = "none"

    def calculate(self, request: TaxRequest) -> TaxResult:
        """No tax, whatever is asked."""
        return TaxResult(tax_amount=0, behavior=request.behavior, processor=self.name)


def configured_calculators() -> tuple[TaxCalculator, ...]:
    """The calculators of this installation (`TAX_CALCULATORS`), in the order they are asked."""
    return tuple(import_string(path)() for path in settings.TAX_CALCULATORS)


def ask_for_tax(request: TaxRequest) -> TaxResult:
    """The tax by the calculators of this installation; see `calculate_tax`, also for its errors."""
    return calculate_tax(request, calculators=configured_calculators(), is_sandbox=settings.SANDBOX)


def calculate_tax(
    request: TaxRequest, *, calculators: Sequence[TaxCalculator], is_sandbox: bool
) -> TaxResult:
    """
    The tax of the first calculator that can answer.

    A product that is not taxable has no tax and asks nobody. A credit (negative amount) has
    the negated tax of the same amount paid. When every provider fails technically the
    sandbox goes on without tax, because nothing there is owed to anyone.

    :raises TaxCalculationTechnicalError: if none could answer, outside the sandbox.
    :raises TaxCalculationLogicalError: from the first calculator that says so.
    """
    if not request.is_taxable:
        return NoneCalculator().calculate(request)
    failure = TaxCalculationTechnicalError("No tax provider is configured.")
    for calculator in calculators:
        try:
            result = _calculate_signed(calculator, request)
        except TaxCalculationTechnicalError as error:
            CALCULATIONS.inc(calculator.name, "unavailable")
            failure = error
        except TaxCalculationLogicalError:
            CALCULATIONS.inc(calculator.name, "refused")
            raise
        else:
            CALCULATIONS.inc(calculator.name, "calculated")
            return result
    if is_sandbox:
        return NoneCalculator().calculate(request)
    raise failure


def _calculate_signed(calculator: TaxCalculator, request: TaxRequest) -> TaxResult:
    """Ask for the absolute amount and give the answer the sign of the request."""
    if request.amount >= 0:
        return calculator.calculate(request)
    result = calculator.calculate(replace(request, amount=-request.amount))
    return replace(result, tax_amount=-result.tax_amount, lines=tuple(negated(result.lines)))
