"""What the backoffice calls a price."""

from typing import Any

import pytest

from apps.catalog.admin import price_label
from apps.catalog.models import Price


def seats(*rates: str, kind: str = "seat") -> dict[str, Any]:
    tiers = [
        {"minimum": number, "maximum": number, "unit_amount": rate}
        for number, rate in enumerate(rates, start=1)
    ]
    return {"kind": kind, "tier_type": "graduated", "tiers": tiers}


@pytest.mark.parametrize(
    ("facts", "label"),
    [
        ({"kind": "fixed", "fixed_amount": 1200}, "$12.00"),
        ({"kind": "fixed", "fixed_amount": 0}, "USD free"),
        ({"kind": "custom", "minimum_amount": 0}, "USD pay what you want"),
        (seats("900"), "$9.00 a seat"),
        (seats("700", "900", "800"), "$9.00 to $7.00 a seat"),
        (seats("0.5", kind="unit"), "0.005 USD a unit"),
        (seats("100", "0", kind="unit"), "$1.00 to $0.00 a unit"),
    ],
)
def test_a_price_is_called_by_what_it_asks(facts: dict[str, Any], label: str) -> None:
    assert f">{label}</span>" in price_label(Price(currency="usd", **facts))
