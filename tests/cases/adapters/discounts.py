"""Amounts and splitting of discounts."""

from tests.cases.registry import Facts, adapter
from tests.cases.terms import discount_terms

AREA = "discounts"


@adapter(AREA)
def allocate(given: Facts, when: Facts) -> Facts:
    terms = discount_terms(given["discount"])
    assert terms is not None
    return {"parts": terms.amounts_off(when["amounts"], given["currency"])}


@adapter(AREA)
def amount_off(given: Facts, when: Facts) -> Facts:
    terms = discount_terms(given["discount"])
    assert terms is not None
    return {"discount_amount": terms.amount_off(when["amount"], given["currency"])}
