"""Countries and states as a buyer reads them."""

from __future__ import annotations

from functools import cache
from typing import Final

from babel import Locale

from apps.tax.addresses import SALES_COUNTRIES, STATES

_STATE_NAMES: Final = {
    "US": (
        "AL Alabama|AK Alaska|AZ Arizona|AR Arkansas|CA California|CO Colorado|CT Connecticut|"
        "DE Delaware|DC District of Columbia|FL Florida|GA Georgia|HI Hawaii|ID Idaho|IL Illinois|"
        "IN Indiana|IA Iowa|KS Kansas|KY Kentucky|LA Louisiana|ME Maine|MD Maryland|"
        "MA Massachusetts|MI Michigan|MN Minnesota|MS Mississippi|MO Missouri|MT Montana|"
        "NE Nebraska|NV Nevada|NH New Hampshire|NJ New Jersey|NM New Mexico|NY New York|"
        "NC North Carolina|ND North Dakota|OH Ohio|OK Oklahoma|OR Oregon|PA Pennsylvania|"
        "RI Rhode Island|SC South Carolina|SD South Dakota|TN Tennessee|TX Texas|UT Utah|"
        "VT Vermont|VA Virginia|WA Washington|WV West Virginia|WI Wisconsin|WY Wyoming|"
        "AS American Samoa|GU Guam|MP Northern Mariana Islands|PR Puerto Rico|"
        "UM Minor Outlying Islands|VI U.S. Virgin Islands|AA Armed Forces Americas|"
        "AE Armed Forces Europe|AP Armed Forces Pacific"
    ),
    "CA": (
        "AB Alberta|BC British Columbia|MB Manitoba|NB New Brunswick|NL Newfoundland and Labrador|"
        "NS Nova Scotia|NT Northwest Territories|NU Nunavut|ON Ontario|PE Prince Edward Island|"
        "QC Quebec|SK Saskatchewan|YT Yukon"
    ),
}


@cache
def country_choices() -> list[tuple[str, str]]:
    """Code and English name of every country one can buy from, by name."""
    names = Locale("en").territories
    return sorted(
        ((code, names.get(code, code)) for code in SALES_COUNTRIES), key=lambda pair: pair[1]
    )


@cache
def state_choices(country: str) -> list[tuple[str, str]]:
    """Code (as `US-CA`) and name of the states a country's tax depends on; else nothing."""
    if country not in STATES:
        return []
    pairs = (entry.split(" ", 1) for entry in _STATE_NAMES[country].split("|"))
    return [(f"{country}-{code}", name) for code, name in pairs]
