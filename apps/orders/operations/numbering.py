"""
Invoice and receipt numbers without gaps or doubles.

A number is taken by one `UPDATE … RETURNING` of its counter in the transaction that uses it:
issuers of the same counter wait for each other, a rollback gives the number back, and nobody
else waits. The counter of an organization is a row of its own for that reason.
"""

from __future__ import annotations

from typing import cast

from django.db import connection

from apps.core.origin import Origin
from apps.core.postgres.base import DatabaseWrapper
from apps.core.rows import save_fields
from apps.customers.models import Customer
from apps.orders.models import Order
from apps.orders.numbering import invoice_number, receipt_number
from apps.organizations.models import Organization, OrganizationCounter


def next_invoice_number(*, organization: Organization, customer: Customer) -> str:
    """
    Take the next invoice number of the customer or the organization, as its settings say.

    Belongs in the transaction that stores it: a rollback returns it.
    """
    if organization.invoice_numbering == Organization.InvoiceNumbering.ORGANIZATION:
        number = _take_organization_number(organization)
        return invoice_number(prefix=organization.invoice_prefix, number=number)
    return invoice_number(
        prefix=organization.invoice_prefix,
        customer_short_id=customer.short_id,
        number=_take_customer_number(customer, "next_invoice_number"),
    )


def allocate_receipt_number(*, order: Order, origin: Origin) -> str:
    """
    Give a paid order its receipt number, counted per customer.

    The second call returns the first number. `order` must be locked by the caller.
    """
    if order.receipt_number is None:
        number = _take_customer_number(order.customer, "next_receipt_number")
        order.receipt_number = receipt_number(
            customer_short_id=order.customer.short_id, number=number
        )
        order.modified_at = origin.at
        save_fields(order, "receipt_number", "modified_at")
    return order.receipt_number


def _take_customer_number(customer: Customer, counter: str) -> int:
    table = Customer._meta.db_table
    column = connection.ops.quote_name(counter)
    with cast(DatabaseWrapper, connection).prepared_cursor() as cursor:
        cursor.execute(
            f'UPDATE "{table}" SET {column} = {column} + 1 '  # noqa: S608 -- names of our own
            f"WHERE id = %s RETURNING {column} - 1",
            [customer.pk],
        )
        return int(cursor.fetchone()[0])


def _take_organization_number(organization: Organization) -> int:
    table = OrganizationCounter._meta.db_table
    with cast(DatabaseWrapper, connection).prepared_cursor() as cursor:
        cursor.execute(
            f'INSERT INTO "{table}" AS counter '  # noqa: S608 -- names of our own
            "(organization_id, next_invoice_number) VALUES (%s, 2) "
            "ON CONFLICT (organization_id) DO UPDATE "
            "SET next_invoice_number = counter.next_invoice_number + 1 "
            "RETURNING next_invoice_number - 1",
            [organization.pk],
        )
        return int(cursor.fetchone()[0])
