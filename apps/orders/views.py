"""The invoice as a page that prints."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from apps.core.errors import DomainError, ResourceNotFound
from apps.orders.documents import document_context, order_of_document


@require_GET
def invoice(request: HttpRequest, token: str) -> HttpResponse:
    """The invoice behind a signed address; 404 for a wrong one, 410 for an old one."""
    try:
        order = order_of_document(token, "invoice")
        if order.invoice_generated_at is None:
            raise ResourceNotFound
    except DomainError as error:
        context = {"title": "No such invoice", "message": error.detail}
        return render(request, "documents/missing.html", context, status=error.status)
    return render(request, "documents/invoice.html", document_context(order))
