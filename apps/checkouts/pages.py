"""What the hosted page shows of a checkout: plain strings, ready for the template."""

from __future__ import annotations

from typing import Any, Final

from django.conf import settings

from apps.checkouts.models import Checkout
from apps.checkouts.operations.quoting import is_full_address_required, needs_of
from apps.checkouts.regions import country_choices, state_choices
from apps.core.errors import ValidationFailed
from apps.core.money import format_amount, to_major
from apps.tax.addresses import Address, missing_fields

# Where a problem of the API's field is shown on the page.
_FIELD_OF: Final = {
    "customer_email": "email",
    "customer_name": "name",
    "customer_billing_name": "name",
    "confirmation_token_id": "payment",
    "amount": "amount",
}


def page_context(checkout: Checkout) -> dict[str, Any]:
    """Everything `checkouts/checkout.html` needs."""
    address = checkout.customer_billing_address or {}
    is_custom = checkout.price is not None and checkout.price.kind == "custom"
    fields = address_fields(checkout)
    return {
        "checkout": checkout,
        "organization": checkout.organization,
        "summary": summary(checkout),
        "needs_payment": needs_of(checkout).is_form_required,
        "address": address,
        "fields": dict.fromkeys(fields, True),
        # Names what the page shows of the form, so that it is drawn anew only for another one.
        "address_parts": " ".join([address.get("country") or "-", *fields]),
        "countries": country_choices(),
        "states": state_choices(address.get("country") or ""),
        "is_custom_price": is_custom,
        "amount_value": f"{to_major(checkout.amount, checkout.currency)}" if is_custom else "",
        "amount_hint": _amount_hint(checkout) if is_custom else "",
        "publishable_key": settings.STRIPE_PUBLISHABLE_KEY,
        "stripe_js_url": settings.STRIPE_JS_URL,
        "sandbox": settings.SANDBOX,
    }


def summary(checkout: Checkout) -> dict[str, Any]:
    """The amounts as the buyer reads them, and what the button says."""

    def shown(amount: int) -> str:
        return format_amount(amount, checkout.currency)

    total = shown(checkout.total_amount)
    is_free = checkout.total_amount == 0
    return {
        "headline": "Free" if is_free else total,
        "subtotal": shown(checkout.amount),
        "discount": shown(checkout.discount_amount) if checkout.discount_amount else "",
        "tax": "Known with your address"
        if checkout.tax_amount is None
        else shown(checkout.tax_amount),
        "is_tax_included": checkout.tax_behavior == "inclusive" and bool(checkout.tax_amount),
        "total": total,
        "action": f"Pay {total}" if needs_of(checkout).is_form_required else "Complete order",
    }


def address_fields(checkout: Checkout) -> list[str]:
    """The parts of the address this buyer is asked for."""
    country = (checkout.customer_billing_address or {}).get("country")
    is_full = is_full_address_required(checkout)
    if not needs_of(checkout).is_form_required and not is_full:
        return []
    wanted = missing_fields(
        Address(country=country) if country else None, is_full_address_required=is_full
    )
    return list(dict.fromkeys(["country", *wanted]))


def field_errors(error: ValidationFailed) -> dict[str, str]:
    """The problems by the field of the page; those without one under an empty name."""
    found: dict[str, str] = {}
    for problem in error.problems:
        path = [str(part) for part in problem["loc"] if part != "body"]
        name = path[-1] if path[:1] == ["customer_billing_address"] else path[0] if path else ""
        if name == "customer_billing_address":
            name = "country"
        missing = problem["type"] == "missing"
        found.setdefault(
            _FIELD_OF.get(name, name), "This is needed." if missing else problem["msg"]
        )
    return found


def _amount_hint(checkout: Checkout) -> str:
    price = checkout.price
    if price is None:
        return ""
    low = format_amount(price.minimum_amount or 0, checkout.currency)
    if price.maximum_amount is None:
        return f"{low} or more." if price.minimum_amount else "Any amount; nothing is fine too."
    return f"Between {low} and {format_amount(price.maximum_amount, checkout.currency)}."
