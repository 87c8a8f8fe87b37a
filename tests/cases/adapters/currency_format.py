"""Display, minor units, presentment currency, limits, rounding."""

from decimal import Decimal

from apps.core import money
from tests.cases.registry import Facts, adapter


@adapter("currency_format", op="format")
def format_(given: Facts, when: Facts) -> Facts:
    return {"text": money.format_amount(when["amount"], when["currency"])}


@adapter("currency_format")
def decimal_factor(given: Facts, when: Facts) -> Facts:
    return {"factor": money.decimal_factor(when["currency"])}


@adapter("currency_format")
def presentment_currency(given: Facts, when: Facts) -> Facts:
    return {"currency": money.presentment_currency(when["country"])}


@adapter("currency_format")
def minimum_amount(given: Facts, when: Facts) -> Facts:
    return {"amount": money.minimum_amount(when["currency"])}


@adapter("currency_format")
def maximum_amount(given: Facts, when: Facts) -> Facts:
    return {"amount": money.maximum_amount(when["currency"])}


@adapter("currency_format", op="round")
def round_(given: Facts, when: Facts) -> Facts:
    # The table writes a decimal number; its shortest text is the value that was meant.
    return {"result": money.round_half_away(Decimal(str(when["value"])))}
