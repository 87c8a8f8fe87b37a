"""Subscriptions as a spreadsheet."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, tzinfo
from typing import Final

from apps.api.spreadsheets import csv_lines, money_cell, safe_cell
from apps.subscriptions.models import Subscription

Cell = Callable[[Subscription, tzinfo], str]


def subscriptions_csv(
    subscriptions: Iterable[Subscription], columns: Sequence[str], zone: tzinfo
) -> Iterator[str]:
    """The header and one line per subscription; amounts in major units, times in `zone`."""
    header = [column.replace("_", " ").title() for column in columns]
    return csv_lines(
        header, ([_CELLS[column](row, zone) for column in columns] for row in subscriptions)
    )


def _text(read: Callable[[Subscription], str | None]) -> Cell:
    return lambda row, zone: safe_cell(read(row))


def _time(read: Callable[[Subscription], datetime | None]) -> Cell:
    def cell(row: Subscription, zone: tzinfo) -> str:
        at = read(row)
        return at.astimezone(zone).isoformat() if at else ""

    return cell


def _amount(read: Callable[[Subscription], int]) -> Cell:
    return lambda row, zone: money_cell(read(row), row.currency)


_CELLS: Final[dict[str, Cell]] = {
    "email": _text(lambda row: row.customer.email),
    "started_at": _time(lambda row: row.started_at),
    "product": _text(lambda row: row.product.name),
    "amount": _amount(lambda row: row.amount),
    "currency": _text(lambda row: row.currency),
    "status": _text(lambda row: row.status),
    "recurring_interval": _text(lambda row: row.recurring_interval),
    "customer_name": _text(lambda row: row.customer.name),
    "billing_name": _text(lambda row: row.customer.billing_name or row.customer.name),
    "billing_country": _text(lambda row: (row.customer.billing_address or {}).get("country")),
    "net_amount": _amount(lambda row: row.net_amount),
    "discount": _text(lambda row: row.discount.name if row.discount else None),
    "seats": lambda row, zone: "" if row.seats is None else str(row.seats),
    "current_period_start": _time(lambda row: row.current_period_start_at),
    "current_period_end": _time(lambda row: row.current_period_end_at),
    "cancel_at_period_end": lambda row, zone: str(row.cancel_at_period_end).lower(),
    "canceled_at": _time(lambda row: row.canceled_at),
    "ends_at": _time(lambda row: row.ends_at),
    "ended_at": _time(lambda row: row.ended_at),
    "cancellation_reason": _text(lambda row: row.cancellation_reason),
    "trial_start": _time(lambda row: row.trial_start_at),
    "trial_end": _time(lambda row: row.trial_end_at),
}
COLUMNS: Final = tuple(_CELLS)
DEFAULT_COLUMNS: Final = COLUMNS[:7]
