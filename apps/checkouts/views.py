"""The hosted checkout: the page, its recalculation, the payment, the confirmation."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from ipaddress import ip_address
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.encoding import iri_to_uri
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django.views.decorators.vary import vary_on_headers

from apps.api.limits import client_address
from apps.checkouts import pages
from apps.checkouts.api.limits import count_confirmation
from apps.checkouts.asked import typed_answers
from apps.checkouts.forms import CheckoutForm
from apps.checkouts.models import Checkout
from apps.checkouts.operations import confirm_checkout, mark_checkout_opened, update_checkout
from apps.checkouts.selectors import checkout_by_secret
from apps.core.clock import system_time
from apps.core.errors import DomainError, ValidationFailed
from apps.core.htmx import is_partial
from apps.core.origin import Actor, Door, Origin, build_origin
from apps.customers.links import portal_page
from apps.discounts.errors import DiscountNotRedeemable, DiscountRedemptionLimitReached
from apps.processors.errors import PaymentError
from apps.subscriptions.errors import TrialAlreadyRedeemed

View = Callable[[HttpRequest, Checkout], HttpResponse]


def hosted(view: View) -> Callable[[HttpRequest, str], HttpResponse]:
    """Find the checkout by its secret; one that is not to be had gets a page that says why."""

    @wraps(view)
    def answer(request: HttpRequest, client_secret: str) -> HttpResponse:
        try:
            checkout = checkout_by_secret(client_secret, at=system_time())
        except DomainError as error:
            context = {"title": _TITLES.get(error.status, "Not available"), "message": error.detail}
            return render(request, "checkouts/unavailable.html", context, status=error.status)
        return view(request, checkout)

    return answer


_TITLES = {404: "This checkout does not exist", 410: "This checkout has expired"}


@never_cache
@vary_on_headers("HX-Request")
@require_http_methods(["GET", "POST"])
@hosted
def checkout_page(request: HttpRequest, checkout: Checkout) -> HttpResponse:
    """Show the page; a POST takes the buyer's changes and answers with the new figures."""
    if checkout.status != Checkout.Status.OPEN:
        return HttpResponseRedirect(_url("checkout_confirmation", checkout))
    if request.method == "POST":
        answer = _recalculate(request, checkout)
        # A form sent by the browser itself (no script, or not yet) leads back to the whole page.
        return answer if is_partial(request) else HttpResponseRedirect(request.path)
    mark_checkout_opened(checkout_id=checkout.pk, origin=_origin(checkout))
    context = {
        **pages.page_context(checkout),
        "confirm_url": _url("checkout_confirm", checkout),
        "confirmation_url": _url("checkout_confirmation", checkout),
    }
    return render(request, "checkouts/checkout.html", context)


@never_cache
@require_POST
@hosted
def checkout_confirm(request: HttpRequest, checkout: Checkout) -> HttpResponse:
    """Pay. Answers in JSON: errors by field, or what the browser has to do next."""
    form = CheckoutForm(request.POST, currency=checkout.currency)
    if not form.is_valid():
        return JsonResponse({"errors": _first_errors(form)}, status=422)
    try:
        count_confirmation(checkout.client_secret)
        paid = confirm_checkout(
            checkout_id=checkout.pk,
            changes={
                **_changes(form),
                **_traces(request, checkout),
                "custom_field_data": typed_answers(checkout, request.POST.dict()),
            },
            confirmation_token_id=form.cleaned_data["confirmation_token_id"] or None,
            origin=_origin(checkout),
        )
    except TrialAlreadyRedeemed as error:
        return _go_on(checkout, {"allow_trial": False}, error.detail)
    except DiscountRedemptionLimitReached as error:
        return _go_on(checkout, {"discount_id": None}, error.detail)
    except DiscountNotRedeemable as error:
        return _go_on(checkout, {"discount_id": None}, error.problems[0]["msg"])
    except ValidationFailed as error:
        return JsonResponse({"errors": pages.field_errors(error)}, status=422)
    except PaymentError as error:
        return JsonResponse({"errors": {"payment": error.detail}}, status=error.status)
    except DomainError as error:
        return JsonResponse({"message": error.detail}, status=error.status)
    needs_action = paid.intent_status == "requires_action"
    return JsonResponse({"client_secret": paid.intent_client_secret if needs_action else None})


@never_cache
@vary_on_headers("HX-Request")
@require_GET
@hosted
def checkout_confirmation(request: HttpRequest, checkout: Checkout) -> HttpResponse:
    """Say how it ended; asks again by itself while the payment is under way."""
    is_done = checkout.status == Checkout.Status.SUCCEEDED
    success_url = _success_url(checkout) if is_done else None
    if success_url:
        if is_partial(request):
            return HttpResponse(headers={"HX-Redirect": success_url})
        return HttpResponseRedirect(success_url)
    context = {
        "checkout": checkout,
        "organization": checkout.organization,
        **(pages.outcome(checkout) if is_done else {}),
        "checkout_url": _url("checkout_page", checkout),
        "account_url": portal_page(checkout.organization),
        "sandbox": settings.SANDBOX,
    }
    template = "checkouts/confirmation.html" + ("#state" if is_partial(request) else "")
    return render(request, template, context)


def _recalculate(request: HttpRequest, checkout: Checkout) -> HttpResponse:
    changes, errors = _wanted(request, checkout)
    if changes:
        try:
            update_checkout(checkout_id=checkout.pk, changes=changes, origin=_origin(checkout))
        except ValidationFailed as error:
            errors = pages.field_errors(error)
        except DomainError as error:
            errors = {"": error.detail}
    checkout = checkout_by_secret(checkout.client_secret, at=system_time())
    context = {**pages.page_context(checkout), "oob": True}
    body = render_to_string("checkouts/checkout.html#summary", context, request)
    body += render_to_string("checkouts/checkout.html#consent", context, request)
    is_about_code = "discount_code" in request.POST
    if is_about_code:
        context["discount_error"] = errors.pop("discount", "") or errors.pop("", "")
        context["typed_code"] = request.POST["discount_code"] if context["discount_error"] else ""
    if is_about_code or context["discount"]["name"] != request.POST.get("discount_shown", ""):
        body += render_to_string("checkouts/checkout.html#discount", context, request)
    if context["address_parts"] != request.POST.get("address_parts"):
        body += render_to_string("checkouts/checkout.html#address", context, request)
    figures = {
        "amount": checkout.total_amount,
        "needs_payment": context["needs_payment"],
        "intent": context["intent"],
        "is_about_code": is_about_code,
        "needs_address": bool(context["fields"]),
        "action": context["summary"]["action"],
        "errors": errors or None,
    }
    return HttpResponse(
        body, headers={"HX-Trigger": json.dumps({"checkout:recalculated": figures})}
    )


def _wanted(request: HttpRequest, checkout: Checkout) -> tuple[dict[str, Any], dict[str, str]]:
    """What the buyer wants changed before they pay, and what is wrong with it."""
    if "discount_code" in request.POST:
        return {"discount_code": request.POST["discount_code"][:256]}, {}
    form = CheckoutForm(request.POST, currency=checkout.currency)
    if not form.is_valid():
        errors = _first_errors(form)
        shown = ("amount", "seats", "units")
        return {}, {name: text for name, text in errors.items() if name in shown}
    # Who the buyer is only counts once they pay: half a mail address is no error yet.
    wanted = ("amount", "seats", "units", "customer_billing_address")
    return {name: value for name, value in _changes(form).items() if name in wanted}, {}


def _go_on(checkout: Checkout, changes: dict[str, Any], why: str) -> JsonResponse:
    """Offer the buyer what they can have: the same without the trial, or without the discount."""
    update_checkout(checkout_id=checkout.pk, changes=changes, origin=_origin(checkout))
    return JsonResponse({"message": why, "recalculate": True}, status=403)


def _changes(form: CheckoutForm) -> dict[str, Any]:
    """The form in the API's words; what the page did not ask is left as it is."""
    data = form.cleaned_data
    changes: dict[str, Any] = {}
    for name in ("amount", "seats", "units"):
        if data[name] is not None:
            changes[name] = data[name]
    if data["email"]:
        changes["customer_email"] = data["email"]
    if data["name"]:
        changes["customer_name"] = data["name"]
    address = form.billing_address()
    if address:
        changes["customer_billing_address"] = address
    return changes


def _traces(request: HttpRequest, checkout: Checkout) -> dict[str, Any]:
    """From where and with what the buyer pays, for evidence; an address the merchant told stays."""
    traces: dict[str, Any] = {"customer_user_agent": request.headers.get("User-Agent", "")[:500]}
    if checkout.customer_ip_address is None:
        with suppress(ValueError):
            traces["customer_ip_address"] = str(ip_address(client_address(request)))
    return traces


def _first_errors(form: CheckoutForm) -> dict[str, str]:
    return {name: str(errors[0]) for name, errors in form.errors.items()}


def _origin(checkout: Checkout) -> Origin:
    return build_origin(
        actor=Actor.CUSTOMER,
        actor_id=str(checkout.customer_id or ""),
        actor_label="Buyer",
        door=Door.CHECKOUT,
        clock_offset=checkout.organization.clock_offset,
    )


def _success_url(checkout: Checkout) -> str | None:
    url = (checkout.success_url or "").replace("{CHECKOUT_ID}", str(checkout.pk))
    # A header of HTMX takes plain ASCII on one line; the merchant's address may hold anything.
    return iri_to_uri(url) if url.startswith(("https://", "http://")) else None


def _url(name: str, checkout: Checkout) -> str:
    return reverse(f"checkouts:{name}", args=[checkout.client_secret])
