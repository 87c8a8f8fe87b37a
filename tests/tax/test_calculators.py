from dataclasses import dataclass, field
from decimal import Decimal

import pytest

from apps.tax.behavior import TaxBehavior
from apps.tax.breakdown import Jurisdiction, TaxReason, tax_lines
from apps.tax.calculators import NoneCalculator, TaxRequest, TaxResult, calculate_tax
from apps.tax.errors import TaxCalculationLogicalError, TaxCalculationTechnicalError


@dataclass
class OutsideProvider:
    """Stands where a tax provider would, answering 20 % or failing as told."""

    failure: Exception | None = None
    name: str = "outside"
    asked: list[TaxRequest] = field(default_factory=list)

    def calculate(self, request: TaxRequest) -> TaxResult:
        self.asked.append(request)
        if self.failure:
            raise self.failure
        vat = Jurisdiction("VAT", Decimal("0.2"))
        lines = tax_lines(request.amount, [vat], country="FR", state=None)
        return TaxResult(
            tax_amount=sum(line.amount for line in lines),
            behavior=request.behavior,
            processor=self.name,
            lines=tuple(lines),
        )


def a_request(amount: int = 1000, *, is_taxable: bool = True) -> TaxRequest:
    return TaxRequest(
        reference="order-1",
        amount=amount,
        currency="eur",
        behavior=TaxBehavior.EXCLUSIVE,
        is_taxable=is_taxable,
    )


class TestCalculateTax:
    def test_keeps_the_behaviour_when_no_tax_is_collected(self) -> None:
        result = calculate_tax(a_request(), calculators=[NoneCalculator()], is_sandbox=False)
        assert (result.tax_amount, result.behavior) == (0, TaxBehavior.EXCLUSIVE)

    def test_asks_the_next_provider_only_after_a_technical_failure(self) -> None:
        second = OutsideProvider()
        failing = OutsideProvider(failure=TaxCalculationTechnicalError())
        result = calculate_tax(a_request(), calculators=[failing, second], is_sandbox=False)
        assert result.tax_amount == 200

        confused = OutsideProvider(failure=TaxCalculationLogicalError())
        with pytest.raises(TaxCalculationLogicalError):
            calculate_tax(a_request(), calculators=[confused, second], is_sandbox=True)
        assert len(second.asked) == 1

    def test_goes_on_without_tax_in_the_sandbox_only(self) -> None:
        failing = OutsideProvider(failure=TaxCalculationTechnicalError())
        assert calculate_tax(a_request(), calculators=[failing], is_sandbox=True).tax_amount == 0
        with pytest.raises(TaxCalculationTechnicalError):
            calculate_tax(a_request(), calculators=[failing], is_sandbox=False)

    def test_gives_a_credit_the_negated_tax_and_lines(self) -> None:
        provider = OutsideProvider()
        result = calculate_tax(a_request(-1000), calculators=[provider], is_sandbox=False)
        assert (result.tax_amount, result.lines[0].amount) == (-200, -200)
        assert provider.asked[0].amount == 1000

    def test_asks_nobody_about_a_product_without_tax(self) -> None:
        provider = OutsideProvider()
        request = a_request(is_taxable=False)
        assert calculate_tax(request, calculators=[provider], is_sandbox=False).tax_amount == 0
        assert provider.asked == []


class TestTaxLines:
    def test_rounds_each_line_half_to_even_and_names_the_reason(self) -> None:
        lines = tax_lines(
            1050,
            [
                Jurisdiction("State", Decimal("0.05")),
                Jurisdiction("City", Decimal("0.01")),
                Jurisdiction("County", Decimal(0)),
                Jurisdiction("VAT", Decimal(0), reason=TaxReason.REVERSE_CHARGE),
            ],
            country="US",
            state="US-CA",
        )
        assert [line.amount for line in lines] == [52, 10, 0, 0]
        assert [line.reason for line in lines[1:]] == [
            "standard_rated",
            "not_collecting",
            "reverse_charge",
        ]
        assert [line.is_shown_on_invoices for line in lines] == [True, True, False, True]
