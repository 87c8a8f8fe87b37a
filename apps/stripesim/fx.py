"""A table of exchange rates through the US dollar, and the arithmetic of minor units."""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal

SETTLEMENT = "usd"  # what the platform's charges settle in, unless it holds their own currency

ZERO_DECIMAL = frozenset(
    ("bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "ugx", "vnd", "vuv",
     "xaf", "xof", "xpf")
)  # fmt: skip
THREE_DECIMAL = frozenset(("bhd", "jod", "kwd", "omr", "tnd"))

# US dollars for one whole unit of the currency.
RATES: dict[str, str] = {
    "usd": "1", "eur": "1.08", "gbp": "1.27", "chf": "1.12", "cad": "0.73", "aud": "0.66",
    "nzd": "0.61", "sek": "0.095", "nok": "0.093", "dkk": "0.145", "pln": "0.25",
    "czk": "0.043", "huf": "0.0027", "ron": "0.217", "bgn": "0.552", "jpy": "0.0067",
    "krw": "0.00074", "inr": "0.012", "brl": "0.2", "mxn": "0.058", "zar": "0.053",
    "sgd": "0.74", "hkd": "0.128", "cny": "0.14", "twd": "0.031", "thb": "0.028",
    "php": "0.0175", "idr": "0.000063", "myr": "0.21", "vnd": "0.00004", "clp": "0.00107",
    "cop": "0.00025", "ars": "0.0011", "pen": "0.267", "ils": "0.27", "aed": "0.2723",
    "sar": "0.2666", "try": "0.031", "kwd": "3.25", "bhd": "2.65", "omr": "2.6",
    "jod": "1.41", "tnd": "0.32", "isk": "0.0072", "uah": "0.025", "ngn": "0.00065",
    "kes": "0.0077", "egp": "0.021", "mad": "0.1",
}  # fmt: skip
OTHER = "0.01"  # a currency that the table lacks


def exponent(currency: str) -> int:
    """Decimal places of the currency's minor unit as Stripe counts them."""
    return 0 if currency in ZERO_DECIMAL else 3 if currency in THREE_DECIMAL else 2


def convert(
    amount: int, source: str, target: str, rates: Mapping[str, str]
) -> tuple[int, float | None]:
    """Minor units of `target`, and the rate applied (None when it is the same currency).

    `rates` are US dollars per whole unit; they come before the table's. Halves go away from zero.
    """
    if source == target:
        return amount, None
    applied = _dollars(source, rates) / _dollars(target, rates)
    shift = Decimal(10) ** (exponent(target) - exponent(source))
    settled = (amount * applied * shift).quantize(Decimal(1), rounding=ROUND_HALF_UP)
    return int(settled), float(round(applied, 6 if applied > Decimal("0.01") else 12))


def _dollars(currency: str, rates: Mapping[str, str]) -> Decimal:
    return Decimal(rates.get(currency) or RATES.get(currency, OTHER))


def money(amount: int, currency: str) -> str:
    """An amount as people write it."""
    places = exponent(currency)
    return f"{amount / 10**places:,.{places}f} {currency.upper()}"
