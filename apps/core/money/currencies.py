"""
What is known of each currency: its minor unit, the limits of one charge, where it is used.

The tables are those of the card processor, in minor units; ISO 4217 differs in a few places
(the Ugandan shilling has no subunit there and two decimals here). Codes are lower case, and
every function accepts either case.
"""

from datetime import date
from functools import cache
from typing import Final

from babel.core import get_global
from babel.numbers import get_territory_currencies
from moneyed import CURRENCIES

_CODES_BY_EXPONENT: Final = {
    0: "bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf",
    3: "bhd jod kwd omr tnd",
}
_EXPONENTS: Final = {
    code: digits for digits, codes in _CODES_BY_EXPONENT.items() for code in codes.split()
}
_DEFAULT_EXPONENT: Final = 2

# Smallest amount the processor charges in each currency a buyer may pay in, about half a
# US dollar. Listing a currency here is what offers it.
_MINIMUMS_BY_AMOUNT: Final = {
    40: "gbp",
    50: "chf eur usd",
    70: "aud cad sgd",
    80: "jpy",
    90: "nzd",
    100: "awg azn bam bmd bnd bsd djf fkp gip kyd pab shp vuv xcg xpf",
    150: "ils",
    200: "aed bbd bzd fjd gel myr pen pln qar sar top wst xcd",
    250: "brl ron",
    300: "pgk",
    320: "dkk",
    400: "hkd sbd ttd",
    500: "bob clp cny gtq kmf mad mop nok sek tjs xaf xof",
    800: "krw mvr scr",
    900: "mxn zar",
    1_000: "bwp lsl mdl nad rwf szl zmw",
    1_500: "czk",
    2_000: "bif hnl nio srd thb twd uyu",
    3_000: "egp mga try uah",
    3_500: "php",
    4_000: "dop gmd pyg",
    5_000: "all cve gnf kgs mkd mur mzn",
    6_000: "inr rsd",
    7_000: "bdt dzd htg isk kes",
    8_000: "etb jmd npr",
    10_000: "lrd",
    17_500: "huf",
    20_000: "amd gyd lkr pkr vnd yer",
    30_000: "crc kzt",
    50_000: "aoa sos",
    70_000: "ngn",
    75_000: "ars",
    100_000: "mwk",
    200_000: "cdf cop mnt tzs ugx",
    300_000: "khr",
    700_000: "uzs",
    900_000: "idr",
    2_000_000: "lak",
}
_MINIMUMS: Final = {
    code: amount for amount, codes in _MINIMUMS_BY_AMOUNT.items() for code in codes.split()
}
_DEFAULT_MINIMUM: Final = 50

# Eight digits hold a million dollars; the weaker currencies need more for the same value.
_MAXIMUMS: Final = {
    "ars": 140_000_000,
    "cdf": 280_000_000,
    "cop": 400_000_000,
    "idr": 1_600_000_000,
    "khr": 400_000_000,
    "lak": 2_100_000_000,
    "mnt": 350_000_000,
    "mwk": 175_000_000,
    "ngn": 155_000_000,
    "tzs": 250_000_000,
    "ugx": 370_000_000,
    "uzs": 1_250_000_000,
}
_DEFAULT_MAXIMUM: Final = 99_999_999

PRESENTMENT_CURRENCIES: Final = tuple(sorted(_MINIMUMS))

# Babel answers "in use today" unless it is given a day. A fixed day keeps the answer the same
# from one call to the next; move it forward when a country changes its money.
_TERRITORIES_AS_OF: Final = date(2026, 1, 1)
# Changes that the installed locale data does not know yet.
_CHANGED_TERRITORIES: Final = {"BG": "eur"}


def exponent(currency: str) -> int:
    """How many decimals the minor unit has: 0, 2 or 3. Two for a code nobody knows."""
    return _EXPONENTS.get(currency.lower(), _DEFAULT_EXPONENT)


def decimal_factor(currency: str) -> int:
    """Minor units in one major unit: 1, 100 or 1000."""
    factor: int = 10 ** exponent(currency)
    return factor


def minimum_amount(currency: str) -> int:
    """The smallest amount above zero that can be charged, in minor units."""
    return _MINIMUMS.get(currency.lower(), _DEFAULT_MINIMUM)


def maximum_amount(currency: str) -> int:
    """The largest amount one price or payment may have, in minor units."""
    return _MAXIMUMS.get(currency.lower(), _DEFAULT_MAXIMUM)


def is_currency(currency: str) -> bool:
    """Whether the code names a currency at all."""
    code = currency.lower()
    return code in _MINIMUMS or code.upper() in CURRENCIES


def is_presentment_currency(currency: str) -> bool:
    """Whether a buyer can be asked to pay in this currency."""
    return currency.lower() in _MINIMUMS


@cache
def presentment_currency(country: str) -> str | None:
    """
    The currency to offer a buyer in `country` (two letters), or None.

    It is the first of the country's own currencies that can be paid in; None when there is
    none, or no such country.
    """
    territory = country.upper()
    if changed := _CHANGED_TERRITORIES.get(territory):
        return changed
    if territory not in get_global("territory_currencies"):
        return None
    for code in get_territory_currencies(territory, start_date=_TERRITORIES_AS_OF):
        if is_presentment_currency(code):
            return code.lower()
    return None
