"""What a payout costs and how small it may be, by country and currency. Amounts in US cents."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

DEFAULT_MINIMUM: Final = 1000

_FOUR_THOUSAND: Final = (
    "all amd azn bam bob btn clp ghs gmd gyd khr krw lak mdl mga mkd mnt myr mzn nad pyg rsd thb "
    "twd uzs"
)
_MINIMUM_BY_CURRENCY: Final = {
    "eur": 1300,
    "gbp": 1500,
    "chf": 1500,
    "aoa": 3000,
    "cop": 5000,
    **dict.fromkeys(_FOUR_THOUSAND.split(), 4000),
}
_MINIMUM_BY_COUNTRY: Final = {"BS": 3000, "SV": 3000, "PA": 5000}

# What carrying money over the border costs, as a share of what arrives.
_TRANSFER_RATES: Final = {
    Fraction(0): "US BR",
    Fraction(25, 10_000): (
        "AT BE BG CA CH CY CZ DE EE ES FI FR GB GR HR HU IE IS IT LI LT LU LV MT MX NL NO PT SE SI "
        "SK"
    ),
    Fraction(50, 10_000): "AR CR DK DO HK ID IL JM MA NZ PL SG ZA TH TN TT",
    Fraction(75, 10_000): "BD BO CL CO EG IN KE PY RO TR UY",
    Fraction(100, 10_000): (
        "AE AG AL AM AO AU AZ BA BH BJ BN BS BT BW CI EC ET GA GH GM GT GY HN JO JP KH KR KW KZ LA "
        "LC LK MC MD MG MK MN MO MU MY MZ NA NE NG NI OM PA PH PK QA RS RW SA SM SN SV TW TZ UZ VN"
    ),
    Fraction(125, 10_000): "PE",
}
_RATE_BY_COUNTRY: Final = {
    country: rate for rate, countries in _TRANSFER_RATES.items() for country in countries.split()
}

# In these the bank takes whole hundreds, or whole tens, of the minor unit only.
_PAYABLE_UNITS: Final = {
    **dict.fromkeys(("isk", "huf", "twd", "ugx"), 100),
    **dict.fromkeys(("bhd", "jod", "kwd", "omr", "tnd"), 10),
}


def minimum_payout(*, currency: str, country: str | None) -> int:
    """The smallest balance that is paid out to an account of this currency and country."""
    return max(
        _MINIMUM_BY_CURRENCY.get(currency, DEFAULT_MINIMUM),
        _MINIMUM_BY_COUNTRY.get(country or "", DEFAULT_MINIMUM),
    )


def transfer_rate(country: str | None) -> Fraction:
    """The share that a transfer to this country costs; nothing where none is known."""
    return _RATE_BY_COUNTRY.get(country or "", Fraction(0))


def payable_amount(amount: int, currency: str) -> int:
    """What a bank takes of an amount of the account's currency; the rest stays in the account."""
    return amount - amount % _PAYABLE_UNITS.get(currency, 1)
