"""Orders as a spreadsheet."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import tzinfo
from typing import Any, Final

from apps.core.money import exponent
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
# A spreadsheet would run a cell that begins so.
_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")

Cell = Callable[[Order, tzinfo], str]


class _Line:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


def csv_lines(orders: Iterable[Order], columns: Sequence[str], zone: tzinfo) -> Iterator[str]:
    """The header and one line per order; amounts in major units, times in `zone`."""
    writer: Any = csv.writer(_Line())
    yield writer.writerow([column.replace("_", " ").title() for column in columns])
    for order in orders:
        yield writer.writerow([_CELLS[column](order, zone) for column in columns])


def _text(read: Callable[[Order], str | None]) -> Cell:
    def cell(order: Order, zone: tzinfo) -> str:
        value = read(order) or ""
        return f"'{value}" if value.startswith(_FORMULA_STARTS) else value

    return cell


def _amount(field: str) -> Cell:
    def cell(order: Order, zone: tzinfo) -> str:
        digits = exponent(order.currency)
        amount: int = getattr(order, field)
        if digits == 0:
            return str(amount)
        whole, rest = divmod(abs(amount), 10**digits)
        return f"{'-' if amount < 0 else ''}{whole}.{rest:0{digits}d}"

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
    "billing_reason": _text(lambda order: order.billing_reason),
}
