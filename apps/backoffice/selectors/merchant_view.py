"""What the merchant API answers, arranged for reading: lists with columns, objects as facts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from apps.core.staff import show
from apps.organizations.scopes import readable_by

# Whoever looks on reads what a merchant reads, and yet takes no key along.
SECRETS: Final = frozenset({"secret", "client_secret", "token"})
HIDDEN: Final = "•••"
MOMENT: Final = len("2026-01-01T00:00:00")
# (title, path in the answer, kind): an amount is followed by the path of its currency.
Shown = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A list of the merchant's API: where it is, what reads it, and what is shown of a row."""

    name: str
    title: str
    path: str
    scope: str
    columns: tuple[Shown, ...]
    has_objects: bool = True


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of an object, or the head of what is in it (`value` is None)."""

    name: str
    value: Any
    depth: int


_CREATED: Final = ("Created", "created_at", "when")
SECTIONS: Final = (
    Section(
        "products",
        "Products",
        "/v1/products/",
        "products:read",
        (
            ("Name", "name", "text"),
            ("Recurring", "recurring_interval", "text"),
            ("Archived", "is_archived", "flag"),
            _CREATED,
        ),
    ),
    Section(
        "orders",
        "Orders",
        "/v1/orders/",
        "orders:read",
        (
            ("Invoice", "invoice_number", "text"),
            ("Status", "status", "badge"),
            ("Customer", "customer.email", "text"),
            ("Total", "total_amount", "amount", "currency"),
            _CREATED,
        ),
    ),
    Section(
        "subscriptions",
        "Subscriptions",
        "/v1/subscriptions/",
        "subscriptions:read",
        (
            ("Product", "product.name", "text"),
            ("Status", "status", "badge"),
            ("Customer", "customer.email", "text"),
            ("Amount", "amount", "amount", "currency"),
            ("Period ends", "current_period_end", "when"),
        ),
    ),
    Section(
        "customers",
        "Customers",
        "/v1/customers/",
        "customers:read",
        (("E-mail", "email", "text"), ("Name", "name", "text"), _CREATED),
    ),
    Section(
        "payouts",
        "Payouts",
        "/v1/payouts/",
        "payouts:read",
        (
            ("Invoice", "invoice_number", "text"),
            ("Status", "status", "badge"),
            ("Amount", "amount", "amount", "currency"),
            ("Fees", "fees_amount", "amount", "currency"),
            _CREATED,
        ),
    ),
    Section(
        "disputes",
        "Disputes",
        "/v1/disputes/",
        "disputes:read",
        (
            ("Status", "status", "badge"),
            ("Reason", "reason", "text"),
            ("Amount", "amount", "amount", "currency"),
            ("Evidence due", "evidence_due_by", "when"),
            _CREATED,
        ),
    ),
    Section(
        "benefits",
        "Benefits",
        "/v1/benefits/",
        "benefits:read",
        (("Type", "type", "badge"), ("Description", "description", "text"), _CREATED),
    ),
    Section(
        "license-keys",
        "Licence keys",
        "/v1/license-keys/",
        "license_keys:read",
        (
            ("Key", "display_key", "text"),
            ("Status", "status", "badge"),
            ("Customer", "customer.email", "text"),
            ("Expires", "expires_at", "when"),
            _CREATED,
        ),
    ),
    Section(
        "webhooks",
        "Webhooks",
        "/v1/webhooks/endpoints",
        "webhooks:read",
        (("Address", "url", "text"), ("Enabled", "enabled", "flag"), _CREATED),
    ),
)


def sections_of(role: str) -> list[Section]:
    """The lists that a member of this role reads."""
    readable = readable_by(role)
    return [one for one in SECTIONS if one.scope in readable]


def as_table(
    section: Section, rows: list[dict[str, Any]]
) -> list[tuple[Any, list[tuple[str, Any]]]]:
    """The id of each row, and its cells with their kinds."""
    return [
        (row["id"], [(column[2], _cell(row, column)) for column in section.columns]) for row in rows
    ]


def as_facts(body: Any, depth: int = 0) -> list[Fact]:
    """Every value of an answer by its name, what is within another below it; secrets hidden."""
    found: list[Fact] = []
    pairs = body.items() if isinstance(body, dict) else enumerate(body, 1)
    for key, value in pairs:
        name = str(key).replace("_", " ")
        if key in SECRETS and value is not None:
            found.append(Fact(name, HIDDEN, depth))
        elif isinstance(value, dict | list) and value:
            found += [Fact(name, None, depth), *as_facts(value, depth + 1)]
        else:
            found.append(Fact(name, _plain(value), depth))
    return found


def _cell(row: dict[str, Any], column: Shown) -> Any:
    _, path, kind, *more = column
    value = _at(row, path)
    if kind == "amount":
        return show.amount(value, _at(row, more[0]))
    if kind == "badge":
        return show.badge(value)
    return _plain(value)


def _at(row: Any, path: str) -> Any:
    for step in path.split("."):
        row = row.get(step) if isinstance(row, dict) else None
    return row


def _plain(value: Any) -> Any:
    if value in (None, "", [], {}):
        return show.blank()
    if isinstance(value, bool):
        return show.yes_no(value)
    if isinstance(value, str) and len(value) >= MOMENT and value[10:11] == "T":
        try:
            return show.time(datetime.fromisoformat(value))
        except ValueError:
            return value
    return value
