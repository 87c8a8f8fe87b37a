"""Orders as a spreadsheet."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import tzinfo
from typing import Final

from apps.api.spreadsheets import csv_lines, money_cell, safe_cell
from apps.orders.api.presenters import present_billing_reason
from apps.orders.models import Order

COLUMNS: Final = (
    "email",
    "created_at",
    "product",
    "net_amount",
    "currency",
    "status",
    "invoice_number",
    "customer_name",
    "billing_name",
    "billing_country",
    "subtotal_amount",
    "discount_amount",
    "tax_amount",
    "total_amount",
    "refunded_amount",
    "billing_reason",
)
DEFAULT_COLUMNS: Final = COLUMNS[:7]

Cell = Callable[[Order, tzinfo], str]


def orders_csv(orders: Iterable[Order], columns: Sequence[str], zone: tzinfo) -> Iterator[str]:
    """The header and one line per order; amounts in major units, times in `zone`."""
    header = [column.replace("_", " ").title() for column in columns]
    return csv_lines(
        header, ([_CELLS[column](order, zone) for column in columns] for order in orders)
    )


def _text(read: Callable[[Order], str | None]) -> Cell:
    def cell(order: Order, zone: tzinfo) -> str:
        return safe_cell(read(order))

    return cell


def _amount(field: str) -> Cell:
    def cell(order: Order, zone: tzinfo) -> str:
        return money_cell(getattr(order, field), order.currency)

    return cell


_CELLS: Final[dict[str, Cell]] = {
    "email": _text(lambda order: order.customer.email),
    "created_at": lambda order, zone: order.created_at.astimezone(zone).isoformat(),
    "product": _text(lambda order: order.product.name if order.product else None),
    "net_amount": _amount("net_amount"),
    "currency": _text(lambda order: order.currency),
    "status": _text(lambda order: order.status),
    "invoice_number": _text(lambda order: order.invoice_number),
    "customer_name": _text(lambda order: order.customer.name),
    "billing_name": _text(lambda order: order.billing_name),
    "billing_country": _text(lambda order: (order.billing_address or {}).get("country")),
    "subtotal_amount": _amount("subtotal_amount"),
    "discount_amount": _amount("discount_amount"),
    "tax_amount": _amount("tax_amount"),
    "total_amount": _amount("total_amount"),
    "refunded_amount": _amount("refunded_amount"),
    "billing_reason": _text(present_billing_reason),
}
