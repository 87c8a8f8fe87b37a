"""What a customer pays with: added, made the default, taken away."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from apps.core.errors import DomainError, ResourceNotFound
from apps.payments.models import PaymentMethod
from apps.payments.operations import (
    add_payment_method,
    confirm_payment_method,
    set_default_payment_method,
)
from apps.portal.shown import card_line, frame
from apps.portal.visitors import Visitor, for_payers
from apps.subscriptions.operations.methods import remove_payment_method


@require_GET
@for_payers
def listed(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """The saved cards, and a form for another one."""
    return _shown(request, visitor)


@require_POST
@for_payers
def one(request: HttpRequest, visitor: Visitor, id: UUID) -> HttpResponse:
    """Make a card the default, or take it away: as the button says."""
    rows = PaymentMethod.objects.filter(customer=visitor.customer, deleted_at=None)
    method = rows.filter(pk=id).first()
    if method is None:
        raise ResourceNotFound
    try:
        if request.POST.get("do") == "remove":
            remove_payment_method(payment_method_id=method.pk, origin=visitor.origin())
        else:
            set_default_payment_method(
                customer_id=visitor.customer.pk,
                payment_method_id=method.pk,
                origin=visitor.origin(),
            )
    except DomainError as error:
        return _shown(request, visitor, error)
    return HttpResponseRedirect(_url(visitor))


@require_POST
@for_payers
def add(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Save a card. Answers in JSON: what is wrong, or what the browser has to do next."""
    try:
        made = add_payment_method(
            customer_id=visitor.customer.pk,
            confirmation_token_id=request.POST.get("confirmation_token_id", "")[:255],
            is_default=True,
            return_url=f"{settings.BASE_URL}{_url(visitor, 'added_card')}",
            origin=visitor.origin(),
        )
    except DomainError as error:
        return JsonResponse({"message": error.detail}, status=error.status)
    is_asked = made.method is None
    return JsonResponse({"client_secret": made.client_secret if is_asked else None})


@require_GET
@for_payers
def added(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Where the bank's page, or the script after it, leads back to."""
    try:
        confirm_payment_method(
            customer_id=visitor.customer.pk,
            setup_intent_id=request.GET.get("setup_intent", "")[:255],
            is_default=True,
            origin=visitor.origin(),
        )
    except DomainError as error:
        return _shown(request, visitor, error)
    return HttpResponseRedirect(_url(visitor))


def _shown(
    request: HttpRequest, visitor: Visitor, error: DomainError | None = None
) -> HttpResponse:
    rows = PaymentMethod.objects.filter(customer=visitor.customer, deleted_at=None)
    default_id = visitor.customer.default_payment_method_id
    context: dict[str, Any] = {
        **frame(visitor.organization, visitor.member),
        "cards": [card_line(row, default_id) for row in rows.order_by("-created_at", "-id")],
        "stripe_js_url": settings.STRIPE_JS_URL,
        "publishable_key": settings.STRIPE_PUBLISHABLE_KEY,
        "currency": visitor.organization.default_presentment_currency,
        "problem": error.detail if error else "",
    }
    return render(request, "portal/cards.html", context, status=error.status if error else 200)


def _url(visitor: Visitor, name: str = "cards") -> str:
    return reverse(f"portal:{name}", args=[visitor.organization.slug])
