"""Customers as a file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from apps.api.spreadsheets import csv_lines, safe_cell
from apps.customers.models import Customer

COLUMNS = ("ID", "External ID", "Created At", "Email", "Name", "Type", "Country", "Tax ID")


def customers_csv(customers: Iterable[Customer]) -> Iterator[str]:
    """A header and one line per customer; times are ISO 8601 in UTC."""
    return csv_lines(
        COLUMNS,
        (
            (
                customer.pk,
                safe_cell(customer.external_id),
                customer.created_at.isoformat(),
                safe_cell(customer.email),
                safe_cell(customer.name),
                customer.type,
                (customer.billing_address or {}).get("country") or "",
                (customer.tax_id or [""])[0],
            )
            for customer in customers
        ),
    )
