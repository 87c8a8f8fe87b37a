"""The columns of a file of licence keys, and what their cells may hold."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any, Final

from django.utils.dateparse import parse_date, parse_datetime
from email_validator import EmailNotValidError, validate_email

from apps.license_keys.keys import MAX_KEY_LENGTH
from apps.license_keys.terms import INT_MAX

COLUMNS: Final = (
    "key",
    "email",
    "name",
    "product",
    "benefit",
    "order",
    "order_date",
    "status",
    "limit_activations",
    "limit_usage",
    "usage",
    "expires_at",
    "activations",
)
# What other systems call them.
ALIASES: Final[Mapping[str, str]] = {
    "license_key": "key",
    "licence_key": "key",
    "license": "key",
    "customer": "email",
    "customer_email": "email",
    "customer_name": "name",
    "product_name": "product",
    "product_id": "product",
    "benefit_id": "benefit",
    "order_number": "order",
    "order_id": "order",
    "date_utc": "order_date",
    "ordered_at": "order_date",
    "max_activations": "limit_activations",
    "activation_limit": "limit_activations",
    "usage_limit": "limit_usage",
    "expires": "expires_at",
    "expiry": "expires_at",
    "devices": "activations",
}
STATUSES: Final[Mapping[str, str]] = {
    "": "granted",
    "granted": "granted",
    "active": "granted",
    "disabled": "disabled",
    "revoked": "revoked",
}
MAX_ORDER_LENGTH: Final = 40
MAX_DEVICE_LENGTH: Final = 500


@dataclass(slots=True)
class Cells:
    """A row as it was read: values that are understood, and what is wrong by column."""

    number: int
    values: dict[str, Any] = field(default_factory=dict)
    wrong: dict[str, str] = field(default_factory=dict)


def column_of(header: str) -> str | None:
    """The column that a title means, None if none of ours."""
    name = re.sub(r"[\s\-]+", "_", header.strip().lower())
    name = ALIASES.get(name, name)
    return name if name in COLUMNS else None


def understand(number: int, row: Mapping[str, Any]) -> Cells:
    """The cells of a row by column, each taken for what it is."""
    cells = Cells(number)
    for name in COLUMNS:
        try:
            cells.values[name] = _READERS[name](_text(row.get(name)))
        except ValueError as error:
            cells.wrong[name] = str(error)
    return cells


def _text(value: Any) -> str:
    """A cell as text; spreadsheets hold numbers and times of their own, and mark formulas."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    text = str(value).strip()
    return text[1:] if text[:1] == "'" and text[1:2] in ("=", "+", "-", "@") else text


def _key(text: str) -> str:
    if not text:
        raise ValueError("A key is needed.")
    if len(text) > MAX_KEY_LENGTH:
        raise ValueError(f"A key has at most {MAX_KEY_LENGTH} characters.")
    if "\x00" in text:
        raise ValueError("A key cannot hold NUL.")
    return text


def _email(text: str) -> str:
    if not text:
        raise ValueError("The customer's e-mail is needed.")
    try:
        return validate_email(text, check_deliverability=False, test_environment=True).normalized
    except EmailNotValidError as error:
        raise ValueError(f"This is no e-mail address: {error}") from None


def _name(text: str) -> str | None:
    if len(text) > 256:
        raise ValueError("A name has at most 256 characters.")
    return text or None


def _order(text: str) -> str:
    if len(text) > MAX_ORDER_LENGTH:
        raise ValueError(f"An order number has at most {MAX_ORDER_LENGTH} characters.")
    return text


def _status(text: str) -> str:
    if text.lower() not in STATUSES:
        raise ValueError(f"The status is one of granted, disabled and revoked, not {text[:40]}.")
    return STATUSES[text.lower()]


def _whole(least: int) -> Any:
    def read(text: str) -> int | None:
        if not text:
            return None
        try:
            number = int(text)
        except ValueError:
            raise ValueError(f"This is no whole number: {text[:40]}") from None
        if not least <= number <= INT_MAX:
            raise ValueError(f"It must be from {least} to {INT_MAX}.")
        return number

    return read


def _moment(text: str) -> datetime | None:
    """A time, or the beginning of a day; without an offset it is UTC."""
    if not text:
        return None
    try:
        day = parse_date(text) if len(text) <= 10 else None
        found = datetime.combine(day, time.min) if day else parse_datetime(text)
    except ValueError:
        found = None
    if found is None:
        raise ValueError(f"This is no date as 2027-01-31: {text[:40]}")
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _devices(text: str) -> list[str]:
    labels = [label.strip() for label in text.split(";") if label.strip()]
    if any(len(label) > MAX_DEVICE_LENGTH for label in labels):
        raise ValueError(f"A device's label has at most {MAX_DEVICE_LENGTH} characters.")
    return labels


_READERS: Final[Mapping[str, Any]] = {
    "key": _key,
    "email": _email,
    "name": _name,
    "product": str,
    "benefit": str,
    "order": _order,
    "order_date": _moment,
    "status": _status,
    "limit_activations": _whole(1),
    "limit_usage": _whole(1),
    "usage": _whole(0),
    "expires_at": _moment,
    "activations": _devices,
}
