"""Behaviour by country, net/tax/total, breakdown lines, recurring net, tax ids, addresses."""

from decimal import Decimal
from typing import Any

from apps.tax import behavior, breakdown
from apps.tax.addresses import validate_address as check_address
from apps.tax.calculators import TaxRequest, TaxResult, calculate_tax
from apps.tax.errors import InvalidAddress, InvalidTaxId, TaxCalculationTechnicalError
from apps.tax.tax_ids import validate_tax_id as check_tax_id
from tests.cases.registry import Facts, adapter


@adapter("tax_split")
def resolve_behavior(given: Facts, when: Facts) -> Facts:
    return {"behavior": behavior.resolve_behavior(given["option"], given["country"])}


@adapter("tax_split")
def split(given: Facts, when: Facts) -> Facts:
    result = behavior.split(when["amount"], when["tax_amount"], given["behavior"])
    return {
        "net_amount": result.net_amount,
        "tax_amount": result.tax_amount,
        "total_amount": result.total_amount,
    }


@adapter("tax_split", op="breakdown")
def breakdown_(given: Facts, when: Facts) -> Facts:
    lines = breakdown.tax_lines(
        given["amount"],
        [_jurisdiction(row) for row in when["jurisdictions"]],
        country=given["country"],
        state=given.get("state"),
    )
    return {
        "lines": [
            {
                "rate_type": line.rate_type,
                "rate": float(line.rate),
                "display_name": line.display_name,
                "country": line.country,
                "state": line.state,
                "subdivision": line.subdivision,
                "amount": line.amount,
                "reason": str(line.reason),
            }
            for line in lines
        ],
        "tax_amount": sum(line.amount for line in lines),
    }


def _jurisdiction(row: dict[str, Any]) -> breakdown.Jurisdiction:
    reason = row.get("reason")
    return breakdown.Jurisdiction(
        name=row.get("display_name") or row.get("name") or row.get("jurisdiction") or "",
        rate=Decimal(str(row.get("rate", row.get("tax_rate", 0)))),
        rate_type=row.get("rate_type") or "percentage",
        subdivision=row.get("subdivision"),
        reason=breakdown.TaxReason(reason) if reason else None,
    )


@adapter("tax_split")
def net_from_charge(given: Facts, when: Facts) -> Facts:
    return {
        "net_amount": behavior.net_from_charge(
            amount=given["subscription_amount"],
            net_amount=given["subscription_net_amount"],
            behavior=when["behavior"],
            charged_net_amount=when["net_amount"],
            charged_tax_amount=when["tax_amount"],
        )
    }


@adapter("tax_split")
def change_amount(given: Facts, when: Facts) -> Facts:
    return {
        "net_amount": behavior.change_amount(
            amount=given["subscription_amount"],
            net_amount=given["subscription_net_amount"],
            new_amount=when["new_amount"],
        )
    }


@adapter("tax_split")
def validate_tax_id(given: Facts, when: Facts) -> Facts:
    try:
        tax_id = check_tax_id(when["number"], when["country"])
    except InvalidTaxId:
        return {"valid": False}
    return {"valid": True, "normalized": tax_id.value, "format": tax_id.format}


@adapter("tax_split")
def validate_address(given: Facts, when: Facts) -> Facts:
    try:
        address = check_address(**when["address"])
    except InvalidAddress:
        return {"valid": False}
    return {"valid": True, "state": address.state}


class _UnreachableProvider:
    """Stands where a tax provider would that answers no more requests for now."""

    name = "unreachable"

    def calculate(self, request: TaxRequest) -> TaxResult:
        raise TaxCalculationTechnicalError


@adapter("tax_split")
def calculate(given: Facts, when: Facts) -> Facts:
    assert given["provider"] == "rate_limited"
    result = calculate_tax(
        TaxRequest(
            reference="case",
            amount=when["amount"],
            currency="usd",
            behavior=behavior.TaxBehavior(when["behavior"]),
            country="US",
        ),
        calculators=[_UnreachableProvider()],
        is_sandbox=given["environment"] == "sandbox",
    )
    return {"tax_amount": result.tax_amount}
