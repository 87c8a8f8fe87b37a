"""The test bank accounts: which payouts arrive, which come back and why, and the currencies."""

from typing import Any

from .errors import invalid
from .ids import random_text

Obj = dict[str, Any]
GOOD = "000123456789"
ROUTING = "110000000"

# US test numbers. Elsewhere a number that ends in the last nine digits of one behaves like it.
_FAILURES = {
    "000111111116": "no_account",
    "000111111113": "account_closed",
    "000222222227": "insufficient_funds",
    "000333333335": "debit_not_authorized",
    "000444444440": "invalid_currency",
}
MESSAGES = {
    "account_closed": "The bank account has been closed.",
    "account_frozen": "The bank account has been frozen.",
    "bank_account_restricted": "The bank account has restrictions on the type or number of"
    " transfers allowed.",
    "could_not_process": "The bank could not process this transfer.",
    "debit_not_authorized": "The owner of the bank account has not allowed this transfer.",
    "declined": "The bank has declined this transfer.",
    "insufficient_funds": "The bank account does not have enough money for this transfer.",
    "invalid_account_number": "The account number seems to be wrong.",
    "invalid_currency": "The bank account does not take this currency.",
    "no_account": "The bank account could not be found.",
}
TOKENS = {
    "btok_us": GOOD,
    "btok_us_verified": GOOD,
    "btok_us_verified_noAccount": "000111111116",
    "btok_us_verified_accountClosed": "000111111113",
    "btok_us_verified_insufficientFunds": "000222222227",
    "btok_us_verified_debitNotAuthorized": "000333333335",
    "btok_us_verified_invalidCurrency": "000444444440",
}

_EURO = ("AT", "BE", "BG", "CY", "DE", "EE", "ES", "FI", "FR", "GR", "HR", "IE", "IT", "LT", "LU",
         "LV", "MT", "NL", "PT", "SI", "SK")  # fmt: skip
CURRENCIES = dict.fromkeys(_EURO, "eur") | {
    "AE": "aed", "AU": "aud", "BR": "brl", "CA": "cad", "CH": "chf", "CZ": "czk", "DK": "dkk",
    "GB": "gbp", "HK": "hkd", "HU": "huf", "ID": "idr", "IL": "ils", "IN": "inr", "IS": "isk",
    "JP": "jpy", "KE": "kes", "KR": "krw", "MX": "mxn", "MY": "myr", "NG": "ngn", "NO": "nok",
    "NZ": "nzd", "PH": "php", "PL": "pln", "RO": "ron", "SA": "sar", "SE": "sek", "SG": "sgd",
    "TH": "thb", "TR": "try", "TW": "twd", "UG": "ugx", "US": "usd", "VN": "vnd", "ZA": "zar",
}  # fmt: skip


def home_currency(country: str) -> str:
    """The currency of a country where accounts can be opened; 400 elsewhere."""
    found = CURRENCIES.get(country.upper())
    if found is None:
        raise invalid(f"Country '{country}' is not currently supported.", param="country")
    return found


def failure(number: str) -> str | None:
    """Why payouts to this account number fail, or None when they arrive."""
    for magic, code in _FAILURES.items():
        if number.endswith(magic[3:]):
            return code
    return None


def read(sent: Obj | str) -> Obj:
    """Bank account values from a token or from what was typed; 400 for what is neither."""
    if isinstance(sent, str):
        number = TOKENS.get(sent)
        if number is None:
            raise invalid(
                f"No such token: '{sent}'", param="external_account", code="resource_missing"
            )
        sent = {"account_number": number, "country": "US", "routing_number": ROUTING}
    country = sent["country"].upper()
    local = home_currency(country)
    currency = sent.get("currency") or local
    number = sent["account_number"].replace(" ", "")
    if not number.isalnum() or not 4 <= len(number) <= 34:
        raise invalid(
            "Invalid account number.", param="account_number", code="account_number_invalid"
        )
    if country == "US" and not (sent.get("routing_number") or "").isdigit():
        raise invalid(
            "US bank accounts need a routing number of nine digits.",
            param="routing_number",
            code="routing_number_invalid",
        )
    return {
        "account_holder_name": sent.get("account_holder_name"),
        "account_holder_type": sent.get("account_holder_type"),
        "account_type": sent.get("account_type"),
        "country": country,
        "currency": currency,
        "fingerprint": random_text(16),
        "last4": number[-4:],
        "routing_number": sent.get("routing_number"),
        "bank_name": "STRIPE TEST BANK",
        "_number": number,
    }
