"""The rules that the values of a discount keep to; what breaks one is a located 422."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from apps.core.errors import ValidationFailed
from apps.core.money import is_presentment_currency

MAX_NAME_LENGTH: Final = 256
CODE_LENGTHS: Final = range(3, 257)
AMOUNTS: Final = range(1_000_000_000_000)
BASIS_POINTS: Final = range(1, 10_001)
MONTHS: Final = range(1, 1000)


def clean_name(name: str) -> str:
    """The name, which says something and is not too long."""
    if not name.strip():
        raise _wrong("name", "A discount needs a name.", name)
    if len(name) > MAX_NAME_LENGTH:
        raise _wrong("name", f"At most {MAX_NAME_LENGTH} characters.", name)
    return name


def clean_code(code: str | None) -> str | None:
    """The code without spaces around it: letters and digits of any script. Empty means none."""
    code = (code or "").strip()
    if not code:
        return None
    if len(code) not in CODE_LENGTHS:
        raise _wrong("code", "A code has 3 to 256 characters.", code)
    if not code.isalnum():
        raise _wrong("code", "A code has letters and digits only.", code)
    return code


def clean_amounts(amounts: Mapping[str, Any] | None, field: str = "amounts") -> dict[str, int]:
    """Minor units by currency, of at least one currency."""
    if not amounts:
        raise _wrong(field, "A fixed discount needs an amount in at least one currency.", amounts)
    for currency, amount in amounts.items():
        if not is_presentment_currency(currency):
            raise _wrong(field, "Buyers cannot pay in this currency.", currency, currency)
        if isinstance(amount, bool) or not isinstance(amount, int) or amount not in AMOUNTS:
            message = f"A whole number from 0 to {AMOUNTS[-1]}."
            raise _wrong(field, message, amount, currency)
    return dict(amounts)


def clean_basis_points(value: int | None) -> int:
    """Hundredths of a percent, more than nothing and at most everything."""
    if value is None or value not in BASIS_POINTS:
        raise _wrong("basis_points", "From 1 (0.01 %) to 10000 (100 %).", value)
    return value


def clean_months(duration: str, months: int | None) -> int | None:
    """The months of a repeating discount; none of any other."""
    if duration != "repeating":
        if months is not None:
            message = "Only a repeating discount has a number of months."
            raise _wrong("duration_in_months", message, months)
        return None
    if months is None or months not in MONTHS:
        raise _wrong("duration_in_months", "A repeating discount lasts 1 to 999 months.", months)
    return months


def clean_limit(field: str, value: int | None) -> int | None:
    """How often it may be used; none for no limit."""
    if value is not None and value < 1:
        raise _wrong(field, "At least 1, or nothing for no limit.", value)
    return value


def require_window(starts_at: datetime | None, ends_at: datetime | None) -> None:
    """It begins before it ends."""
    if starts_at is not None and ends_at is not None and starts_at >= ends_at:
        raise _wrong("ends_at", "It must end after it begins.", ends_at.isoformat())


def _wrong(field: str, message: str, value: Any, *more: str) -> ValidationFailed:
    return ValidationFailed.at("body", field, *more, msg=message, value=value)
