"""How times, amounts and addresses are written in evidence."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from babel import Locale
from babel.dates import format_date, format_datetime

_LOCALE: Final = "en"


def day(at: datetime | None) -> str:
    """`2 January 2026`; empty where there is none."""
    return "" if at is None else format_date(at.astimezone(UTC), "d MMMM yyyy", locale=_LOCALE)


def moment(at: datetime | None) -> str:
    """`2 Jan 2026, 15:04 UTC`; empty where there is none."""
    if at is None:
        return ""
    return f"{format_datetime(at.astimezone(UTC), 'd MMM yyyy, HH:mm', locale=_LOCALE)} UTC"


def address(parts: Mapping[str, Any] | None) -> str:
    """In one line, the country in words."""
    given = parts or {}
    country = str(given.get("country") or "")
    state = str(given.get("state") or "").removeprefix(f"{country}-")
    town = " ".join(filter(None, [given.get("postal_code"), given.get("city"), state]))
    words = [given.get("line1"), given.get("line2"), town, _country(country)]
    return ", ".join(str(word) for word in words if word)


def sentence(word: str | None) -> str:
    """`product_not_received` → `Product not received`."""
    return (word or "").replace("_", " ").capitalize()


def known(*facts: tuple[str, str | None]) -> tuple[tuple[str, str], ...]:
    """The facts that have a value."""
    return tuple((name, value) for name, value in facts if value)


def _country(code: str) -> str:
    return str(Locale(_LOCALE).territories.get(code, code))
