"""Amounts as people read and type them. Everything that shows or parses money comes here."""

from decimal import Decimal, InvalidOperation
from functools import cache

from babel import Locale
from babel.numbers import format_currency, get_currency_precision

from apps.core.money.currencies import decimal_factor, exponent

DEFAULT_LOCALE = "en_US"


def to_major(amount: int, currency: str) -> Decimal:
    """`amount` minor units as an exact decimal of major units (1234 usd -> 12.34)."""
    return Decimal(amount).scaleb(-exponent(currency))


def to_minor(value: Decimal | str, currency: str) -> int:
    """
    Major units, as typed or sent by another system, as minor units (12.34 usd -> 1234).

    :raises ValueError: if it is not a number, or finer than the currency's minor unit.
    """
    try:
        minor = Decimal(value) * decimal_factor(currency)
    except InvalidOperation as error:
        raise ValueError(f"{value!r} is not an amount") from error
    if not minor.is_finite() or minor != minor.to_integral_value():
        raise ValueError(f"{value} {currency} is not a whole number of minor units")
    return int(minor)


def format_amount(amount: int, currency: str, locale: str = DEFAULT_LOCALE) -> str:
    """
    The amount with its currency sign, as a reader of `locale` expects it.

    Decimals are those usual for the currency, and all of the minor unit when the amount does
    not fit in them, so that nothing is ever rounded away on a screen.

    :raises babel.UnknownLocaleError: if there is no such locale.
    """
    code = currency.upper()
    value = to_major(amount, currency)
    usual = get_currency_precision(code)
    fits = value == round(value, usual)
    return format_currency(
        value,
        code,
        format=None if fits else _with_decimals(locale, exponent(currency)),
        locale=locale,
        currency_digits=fits,
    )


@cache
def _with_decimals(locale: str, digits: int) -> str:
    """The currency pattern of the locale with a fixed number of decimals."""
    pattern = Locale.parse(locale).currency_formats["standard"].pattern
    decimals = "." + "0" * digits
    return ";".join(_replace_decimals(part, decimals) for part in pattern.split(";"))


def _replace_decimals(pattern: str, decimals: str) -> str:
    if ".00" in pattern:
        return pattern.replace(".00", decimals)
    return pattern.replace("0", "0" + decimals, 1)
