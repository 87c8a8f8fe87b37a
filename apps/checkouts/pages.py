"""What the hosted page shows of a checkout: plain strings, ready for the template."""

from __future__ import annotations

from typing import Any, Final

from django.conf import settings

from apps.checkouts import wording
from apps.checkouts.amounts import PaymentNeeds
from apps.checkouts.asked import PREFIX, shown_fields
from apps.checkouts.models import Checkout
from apps.checkouts.operations.quoting import is_full_address_required, needs_of
from apps.checkouts.operations.requesting import intent_kind
from apps.checkouts.regions import country_choices, state_choices
from apps.checkouts.shown import shown_discount, shown_parts, shown_quantity
from apps.checkouts.trials import active_trial
from apps.checkouts.wording import Recurring
from apps.core.errors import ValidationFailed
from apps.core.money import format_amount, to_major
from apps.orders.models import Order
from apps.subscriptions.models import Subscription
from apps.subscriptions.periods import first_period
from apps.tax.addresses import Address, missing_fields

# Where a problem of the API's field is shown on the page.
_FIELD_OF: Final = {
    "customer_email": "email",
    "customer_name": "name",
    "customer_billing_name": "name",
    "confirmation_token_id": "payment",
    "amount": "amount",
    "discount_id": "discount",
    "discount_code": "discount",
}


def page_context(checkout: Checkout) -> dict[str, Any]:
    """Everything `checkouts/checkout.html` needs."""
    address = checkout.customer_billing_address or {}
    is_custom = checkout.price is not None and checkout.price.kind == "custom"
    fields = address_fields(checkout)
    needs = needs_of(checkout)
    return {
        "checkout": checkout,
        "organization": checkout.organization,
        "summary": summary(checkout),
        "discount": shown_discount(checkout),
        "quantity": shown_quantity(checkout),
        "questions": shown_fields(checkout),
        "needs_payment": needs.is_form_required,
        "intent": intent_kind(needs) or "",
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
    """The amounts as the buyer reads them, what recurs, and what the button says."""

    def shown(amount: int) -> str:
        return format_amount(amount, checkout.currency)

    needs = needs_of(checkout)
    terms = recurring_terms(checkout)
    total = shown(checkout.total_amount)
    due = total if needs.is_payment_required or not terms else shown(0)
    headline, rhythm = wording.headline(terms) if terms else (total, "")
    if checkout.total_amount == 0 and not (terms and terms.trial):
        headline = "Free"
    return {
        "headline": headline,
        "rhythm": rhythm,
        "renewal": wording.renewal(terms) if terms else "",
        "consent": wording.consent(terms, checkout.organization.name) if terms else "",
        "parts": shown_parts(checkout),
        "subtotal": shown(checkout.amount),
        "discount": shown(checkout.discount_amount) if checkout.discount_amount else "",
        "tax": "Known with your address"
        if checkout.tax_amount is None
        else shown(checkout.tax_amount),
        "is_tax_included": checkout.tax_behavior == "inclusive" and bool(checkout.tax_amount),
        "total": total,
        "due": due,
        "total_label": _total_label(terms),
        "is_trial": bool(terms and terms.trial),
        "action": _action(checkout, needs, terms),
    }


def outcome(checkout: Checkout) -> dict[str, Any]:
    """What came of a checkout that succeeded: order, subscription, what was paid, what follows."""
    order = Order.objects.filter(checkout_id=checkout.pk).first()
    subscription = Subscription.objects.filter(checkout_id=checkout.pk).first()
    paid = order.total_amount if order else checkout.total_amount
    is_charged = subscription is not None and subscription.payment_method_id is not None
    return {
        "order": order,
        "subscription": subscription,
        "paid": format_amount(paid, checkout.currency)
        if paid
        else "Nothing today"
        if is_charged
        else "Free",
        "next_charge": wording.day(subscription.current_period_end_at)
        if subscription and is_charged
        else "",
    }


def recurring_terms(checkout: Checkout) -> Recurring | None:
    """What recurs, in words and figures; None for what is bought once or is free for good."""
    product = checkout.product
    if product is None or product.recurring_interval is None:
        return None
    if not needs_of(checkout).is_setup_required:
        return None
    trial, discount = active_trial(checkout), checkout.discount
    starts_at = checkout.modified_at or checkout.created_at
    interval, count = product.recurring_interval, product.recurring_interval_count or 1
    first = first_period(starts_at, interval=interval, count=count)
    return Recurring(
        interval=interval,
        count=count,
        charge=format_amount(checkout.total_amount, checkout.currency),
        full_charge=_full_charge(checkout),
        next_at=checkout.trial_end_at or first.end_at,
        trial=wording.span(trial.interval, trial.count) if trial else "",
        duration=discount.duration if discount else "",
        months=discount.duration_in_months if discount else None,
    )


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
        if path[:1] == ["custom_field_data"]:
            name = f"{PREFIX}{path[-1]}"
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


def _full_charge(checkout: Checkout) -> str:
    """What one period costs once the discount is over."""
    full = format_amount(checkout.amount, checkout.currency)
    is_on_top = checkout.tax_behavior == "exclusive" and bool(checkout.tax_amount)
    return f"{full} plus tax" if is_on_top else full


def _total_label(terms: Recurring | None) -> str:
    return "Due today" if terms else "Total due"


def _action(checkout: Checkout, needs: PaymentNeeds, terms: Recurring | None) -> str:
    total = format_amount(checkout.total_amount, checkout.currency)
    if terms and terms.trial:
        return "Start free trial"
    if needs.is_payment_required:
        return f"Pay {total} and subscribe" if terms else f"Pay {total}"
    product = checkout.product
    return "Subscribe" if product and product.is_recurring else "Complete order"
