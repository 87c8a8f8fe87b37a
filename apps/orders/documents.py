"""Invoices and receipts as pages that print: their addresses and what stands on them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final, Literal
from uuid import UUID

from babel import Locale
from django.conf import settings
from django.core import signing
from django.urls import reverse

from apps.core.errors import ResourceNotFound, ResourceUnavailable
from apps.core.money import format_amount
from apps.orders.models import Order
from apps.orders.totals import InvoiceAmounts, PrintedTax, invoice_totals

Kind = Literal["invoice", "receipt"]

# Whoever holds the address reads the document, so it does not hold for ever.
LINK_SECONDS: Final = 7 * 24 * 3600
_ROUTES: Final[dict[Kind, str]] = {"invoice": "orders:invoice", "receipt": "payments:receipt"}


def document_url(order: Order, kind: Kind) -> str:
    """A public address of the document, good for a week."""
    token = signing.dumps(order.pk.hex, salt=_salt(kind))
    return f"{settings.BASE_URL}{reverse(_ROUTES[kind], args=[token])}"


def existing_document_url(order: Order, kind: Kind) -> str:
    """
    A public address of a document that there is.

    :raises ResourceNotFound: until the invoice is generated; without a receipt, as nothing was
        paid.
    """
    if kind == "invoice" and order.invoice_generated_at is None:
        raise ResourceNotFound("The invoice has not been generated.")
    if kind == "receipt" and order.receipt_number is None:
        raise ResourceNotFound("There is no receipt for this order.")
    return document_url(order, kind)


def order_of_document(token: str, kind: Kind) -> Order:
    """
    The order that a document's address leads to.

    :raises ResourceUnavailable: once the address has expired.
    :raises ResourceNotFound: if it is none of ours.
    """
    try:
        order_id = UUID(hex=signing.loads(token, salt=_salt(kind), max_age=LINK_SECONDS))
    except signing.SignatureExpired as error:
        raise ResourceUnavailable("This link has expired.") from error
    except (signing.BadSignature, ValueError) as error:
        raise ResourceNotFound from error
    rows = Order.objects.select_related("organization", "customer", "product")
    order = rows.prefetch_related("items").filter(pk=order_id).first()
    if order is None:
        raise ResourceNotFound
    return order


def document_context(order: Order) -> dict[str, Any]:
    """What both documents show: parties, lines and closing lines, formatted."""

    def shown(amount: int) -> str:
        return format_amount(amount, order.currency)

    items = sorted(order.items.all(), key=lambda item: item.position)
    return {
        "order": order,
        "organization": order.organization,
        "buyer": _buyer(order),
        "items": [(item.label, shown(item.amount)) for item in items],
        "totals": [(label, shown(amount)) for label, amount in invoice_totals(_amounts(order))],
        "currency": order.currency.upper(),
    }


def _buyer(order: Order) -> list[str]:
    address: Mapping[str, Any] = order.billing_address or {}
    country = address.get("country") or ""
    state = (address.get("state") or "").removeprefix(f"{country}-")
    town = " ".join(filter(None, [address.get("postal_code"), address.get("city"), state]))
    lines = [
        order.billing_name or order.customer.billing_name or order.customer.name,
        address.get("line1"),
        address.get("line2"),
        town,
        Locale("en").territories.get(country, country),
        order.customer.email,
        order.tax_id[0] if order.tax_id else None,
    ]
    return [line for line in lines if line]


def _amounts(order: Order) -> InvoiceAmounts:
    return InvoiceAmounts(
        subtotal_amount=order.subtotal_amount,
        discount_amount=order.discount_amount,
        net_amount=order.net_amount,
        tax_amount=order.tax_amount,
        applied_balance_amount=order.applied_balance_amount,
        taxes=tuple(
            PrintedTax(
                display_name=line["display_name"],
                rate=Decimal(line["rate"]),
                amount=line["amount"],
                reason=line["reason"],
            )
            for line in order.tax_breakdown
        ),
    )


def _salt(kind: Kind) -> str:
    return f"orders.document.{kind}"
