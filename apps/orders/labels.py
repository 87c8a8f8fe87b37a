"""The words of documents and order lines: what was bought, and how it was paid."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from babel.dates import format_date

# Names of a unit in one language: the one for a single unit, and the one for all others.
UnitLabel = Mapping[str, Mapping[str, str]]

_SINGLE = "=1"
_OTHER = "other"
_DEFAULT_LOCALE: Final = "en"
_WORDS: Final[dict[str, Mapping[str, str]]] = {
    "seat": {_SINGLE: "seat", _OTHER: "seats"},
    "unit": {_SINGLE: "unit", _OTHER: "units"},
}


def item_label(
    product_name: str,
    *,
    price_type: str,
    quantity: int | None = None,
    unit_label: UnitLabel | None = None,
    locale: str = _DEFAULT_LOCALE,
) -> str:
    """
    The text of an order line: the product, and how many where it is sold by number.

    `unit_label` is the merchant's own name of a unit, by language; English, then any other,
    stands in for a language it lacks.
    """
    words = _WORDS.get(price_type)
    if words is None or quantity is None:
        return product_name
    if price_type == "unit" and unit_label:
        words = _in_language(unit_label, locale)
    word = words.get(_SINGLE, words[_OTHER]) if quantity == 1 else words[_OTHER]
    return f"{product_name} ({quantity} {word})"


def period_label(text: str, *, start_at: datetime, end_at: datetime) -> str:
    """An order line with the days that it is for, in words of UTC."""
    return f"{text}: {_day(start_at)} to {_day(end_at)}"


def change_label(product_name: str, *, price_type: str, before: int, after: int) -> str:
    """The text of a line for a changed number of seats or units: `Pro: 2 → 5 seats`."""
    words = _WORDS.get(price_type, _WORDS["unit"])
    return f"{product_name}: {before} → {after} {words[_SINGLE if after == 1 else _OTHER]}"


def payment_label(method: str, method_metadata: Mapping[str, Any] | None) -> str:
    """The line of a receipt that says how it was paid: brand and last digits where known."""
    facts = method_metadata or {}
    name = _titled(str(facts.get("brand") or method))
    last_four = facts.get("last4")
    return f"{name} — {last_four}" if last_four else name


def _day(at: datetime) -> str:
    return format_date(at.astimezone(UTC), format="d MMM yyyy", locale=_DEFAULT_LOCALE)


def _in_language(unit_label: UnitLabel, locale: str) -> Mapping[str, str]:
    language = locale.replace("_", "-").split("-")[0]
    for name in (locale, language, _DEFAULT_LOCALE):
        if name in unit_label:
            return unit_label[name]
    return next(iter(unit_label.values()))


def _titled(name: str) -> str:
    return name.replace("_", " ").title()
