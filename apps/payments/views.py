"""The receipt as a page that prints."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from apps.core.errors import DomainError, ResourceNotFound
from apps.core.money import format_amount
from apps.orders.documents import document_context, order_of_document
from apps.orders.labels import payment_label
from apps.orders.totals import receipt_totals
from apps.payments.models import Payment


@require_GET
def receipt(request: HttpRequest, token: str) -> HttpResponse:
    """The receipt behind a signed address; 404 for a wrong one, 410 for an old one."""
    try:
        order = order_of_document(token, "receipt")
        if order.receipt_number is None:
            raise ResourceNotFound
    except DomainError as error:
        problem = {"title": "No such receipt", "message": error.detail}
        return render(request, "documents/missing.html", problem, status=error.status)
    rows = Payment.objects.filter(order=order, status=Payment.Status.SUCCEEDED)
    payments = list(rows.order_by("created_at", "id"))
    returned = order.refunded_amount + order.refunded_tax_amount
    paid, _ = receipt_totals([payment.amount for payment in payments], [returned])
    context: dict[str, Any] = {
        **document_context(order),
        "payments": [
            (
                payment.created_at,
                payment_label(payment.method, payment.method_metadata),
                format_amount(payment.amount, payment.currency),
            )
            for payment in payments
        ],
        "paid": format_amount(paid, order.currency),
        "returned": format_amount(returned, order.currency) if returned else "",
    }
    return render(request, "documents/receipt.html", context)
