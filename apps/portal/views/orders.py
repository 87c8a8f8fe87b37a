"""Orders: what was bought, its documents, and paying what is owed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.checkouts.regions import country_choices
from apps.core.errors import DomainError, ResourceNotFound
from apps.core.money import format_amount
from apps.customers.links import portal_page
from apps.orders.documents import document_url
from apps.orders.models import Order
from apps.orders.operations import correct_billing_details, generate_invoice
from apps.orders.selectors import orders_of_customer
from apps.payments.models import PaymentMethod
from apps.payments.operations import RetryWith, retry_payment_as_customer
from apps.payments.selectors import payment_state
from apps.portal.shown import card_line, frame, lines_of, order_line
from apps.portal.visitors import Visitor, for_payers

PER_PAGE = 20


@require_GET
@for_payers
def listed(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """All orders, the newest first."""
    rows = orders_of_customer(visitor.customer.pk).order_by("-created_at", "-id")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        **frame(visitor.organization, visitor.member),
        "orders": [order_line(order) for order in page],
        "page": page,
    }
    return render(request, "portal/orders.html", context)


@require_http_methods(["GET", "POST"])
@for_payers
def one(request: HttpRequest, visitor: Visitor, id: UUID) -> HttpResponse:
    """One order; a POST changes the billing details, and makes the invoice."""
    order = _order(visitor, id)
    if request.method == "GET":
        return _shown(request, visitor, order)
    parts = ("line1", "line2", "postal_code", "city", "state", "country")
    address = {name: request.POST.get(name, "").strip()[:255] or None for name in parts}
    changes: dict[str, Any] = {"billing_name": request.POST.get("billing_name", "")[:256]}
    if address["country"]:
        changes["billing_address"] = address
    try:
        correct_billing_details(order_id=order.pk, changes=changes, origin=visitor.origin())
        generate_invoice(order_id=order.pk, origin=visitor.origin())
    except DomainError as error:
        return _shown(request, visitor, _order(visitor, id), error)
    return HttpResponseRedirect(_url(visitor, order))


@require_GET
@for_payers
def invoice(request: HttpRequest, visitor: Visitor, id: UUID) -> HttpResponse:
    """The way to the invoice."""
    order = _order(visitor, id)
    if order.invoice_generated_at is None:
        raise ResourceNotFound
    return HttpResponseRedirect(document_url(order, "invoice"))


@require_GET
@for_payers
def receipt(request: HttpRequest, visitor: Visitor, id: UUID) -> HttpResponse:
    """The way to the receipt."""
    order = _order(visitor, id)
    if order.receipt_number is None:
        raise ResourceNotFound
    return HttpResponseRedirect(document_url(order, "receipt"))


@require_POST
@for_payers
def pay(request: HttpRequest, visitor: Visitor, id: UUID) -> HttpResponse:
    """Charge what is owed to a saved card."""
    order = _order(visitor, id)
    methods = PaymentMethod.objects.filter(customer=visitor.customer, deleted_at=None)
    card_id = _uuid(request.POST.get("card"))
    method = methods.filter(pk=card_id).first() if card_id else None
    try:
        if method is None:
            raise ResourceNotFound("Choose a card first.")
        retry = retry_payment_as_customer(
            order_id=order.pk,
            chosen=RetryWith(
                payment_method_id=method.pk, return_url=portal_page(visitor.organization)
            ),
            origin=visitor.origin(),
        )
    except DomainError as error:
        return _shown(request, visitor, _order(visitor, id), error)
    if retry.status == "requires_action":
        wanted = DomainError("Your bank wants to see you. Add the card again, then pay.")
        return _shown(request, visitor, _order(visitor, id), wanted)
    if retry.error:
        return _shown(request, visitor, _order(visitor, id), DomainError(retry.error))
    return HttpResponseRedirect(_url(visitor, order))


def _shown(
    request: HttpRequest, visitor: Visitor, order: Order, error: DomainError | None = None
) -> HttpResponse:
    status, failure = payment_state(order)
    methods = PaymentMethod.objects.filter(customer=visitor.customer, deleted_at=None)
    default_id = visitor.customer.default_payment_method_id
    can_pay = order.status == Order.Status.PENDING and order.next_payment_attempt_at is not None
    context = {
        **frame(visitor.organization, visitor.member),
        "order": order,
        "line": order_line(order),
        "lines": list(lines_of(order)),
        "tax": format_amount(order.tax_amount, order.currency) if order.tax_amount else "",
        "due": format_amount(order.due_amount, order.currency),
        "address": order.billing_address or {},
        "billing_name": order.billing_name or visitor.customer.name or "",
        "countries": country_choices(),
        "can_invoice": order.status != Order.Status.VOID,
        "can_pay": can_pay and status != "processing",
        "is_processing": status == "processing",
        "failure": failure,
        "cards": [card_line(row, default_id) for row in methods.order_by("-created_at")]
        if can_pay
        else [],
        "problem": error.detail if error else "",
    }
    return render(request, "portal/order.html", context, status=error.status if error else 200)


def _order(visitor: Visitor, order_id: UUID) -> Order:
    found = orders_of_customer(visitor.customer.pk).filter(pk=order_id).first()
    if found is None:
        raise ResourceNotFound
    return found


def _url(visitor: Visitor, order: Order) -> str:
    return reverse("portal:order", args=[visitor.organization.slug, order.pk])


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None
