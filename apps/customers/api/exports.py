"""Customers as a file."""

from __future__ import annotations

import csv
import io

from django.db.models import QuerySet

from apps.customers.models import Customer

COLUMNS = ("ID", "External ID", "Created At", "Email", "Name", "Type", "Country", "Tax ID")
# A spreadsheet would take such a value for a formula.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def customers_csv(customers: QuerySet[Customer]) -> str:
    """A header and one line per customer; times are ISO 8601 in UTC."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    for customer in customers.iterator(chunk_size=2000):
        writer.writerow(
            [
                customer.pk,
                _safe(customer.external_id),
                customer.created_at.isoformat(),
                _safe(customer.email),
                _safe(customer.name),
                customer.type,
                (customer.billing_address or {}).get("country") or "",
                (customer.tax_id or [""])[0],
            ]
        )
    return file.getvalue()


def _safe(text: str | None) -> str:
    value = text or ""
    return f"'{value}" if value.startswith(_FORMULA_STARTS) else value
