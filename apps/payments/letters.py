"""What a customer is written about a refund: read from the rows, for the mail and for its plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from apps.core.plans import Mail
from apps.customers.selectors import mail_address
from apps.notifications.kinds import kind_of
from apps.notifications.rendering import render_letter
from apps.orders.models import Order
from apps.orders.refunds import Parts
from apps.orders.selectors import listed_items
from apps.payments.models import Payment

REFUND_KIND = "refund"


@dataclass(frozen=True, slots=True)
class RefundLetter:
    """Whom to write to, in which language, and the facts."""

    recipient: str
    locale: str
    context: Mapping[str, Any]


def refund_letter(payment: Payment, order: Order | None, parts: Parts) -> RefundLetter | None:
    """
    The letter about `parts` of a payment that go back; None where there is nobody to write to.
    """
    customer = order.customer if order is not None else payment.customer
    recipient = mail_address(customer) if customer is not None else None
    if customer is None or not recipient:
        return None
    name = ""
    if order is not None:
        items = listed_items(order)
        name = order.product.name if order.product else items[0].label if items else ""
    return RefundLetter(
        recipient=recipient,
        locale=customer.locale or "",
        context={
            "product_name": name,
            "customer_name": customer.name or "",
            "refunded_amount": parts.gross_amount,
            "refunded_tax_amount": parts.tax_amount,
            "currency": payment.currency,
            "card_last4": (payment.method_metadata or {}).get("last4", ""),
            "invoice_number": (order.invoice_number if order else "") or "",
        },
    )


def planned_refund_mails(payment: Payment, order: Order | None, parts: Parts) -> tuple[Mail, ...]:
    """The same as it is foretold."""
    letter = refund_letter(payment, order, parts)
    if letter is None:
        return ()
    rendered = render_letter(
        kind_of(REFUND_KIND),
        organization=payment.organization,
        locale=letter.locale,
        context=letter.context,
    )
    return (Mail(letter.recipient, rendered.subject),)
