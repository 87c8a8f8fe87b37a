"""Checkouts as the API shows them: plain dicts, the shape of every version."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from apps.catalog.api.field_presenters import present_attached_fields
from apps.catalog.api.presenters import present_checkout_product, present_price
from apps.catalog.pricing import is_free
from apps.checkouts.api.bodies import (
    CheckoutBase,
    CheckoutBody,
    ConfirmedCheckoutBody,
    PublicCheckoutBody,
)
from apps.checkouts.links import page_url, success_url
from apps.checkouts.models import Checkout
from apps.checkouts.offers import Offer
from apps.checkouts.operations.quoting import (
    basket_of,
    is_full_address_required,
    needs_of,
)
from apps.checkouts.selectors import offers_of
from apps.checkouts.trials import active_trial
from apps.discounts.api.presenters import present_checkout_discount
from apps.discounts.models import Discount
from apps.organizations.api.presenters import present_checkout_organization
from apps.tax.addresses import STATES


def present_checkout(checkout: Checkout) -> CheckoutBody:
    """A checkout for its merchant; load it by `selectors.presentable_checkouts`."""
    return {
        **_shared(checkout),
        "trial_interval": checkout.trial_interval,
        "trial_interval_count": checkout.trial_interval_count,
        "metadata": checkout.metadata,
        "external_customer_id": checkout.external_customer_id,
        "subscription_id": checkout.subscription_id,
        "customer_metadata": checkout.customer_metadata,
    }


def present_public_checkout(checkout: Checkout) -> PublicCheckoutBody:
    """A checkout for whoever holds its secret: nothing that only the merchant knows."""
    return {
        **_shared(checkout),
        "organization": dict(present_checkout_organization(checkout.organization)),
    }


def present_confirmed_checkout(
    checkout: Checkout, portal_token: str | None
) -> ConfirmedCheckoutBody:
    """
    The answer to a confirmation.

    It says confirmed even if the payment has been reported and the checkout succeeded in the
    meantime: clients know no other answer here.
    """
    return {
        **present_public_checkout(checkout),
        "status": Checkout.Status.CONFIRMED,
        "customer_session_token": portal_token,
    }


def _shared(checkout: Checkout) -> CheckoutBase:
    basket, needs = basket_of(checkout), needs_of(checkout)
    offers = offers_of(checkout)
    products = {offer.product.pk: _present_offer(offer) for offer in offers}
    trial = active_trial(checkout)
    return {
        "id": checkout.pk,
        "created_at": checkout.created_at,
        "modified_at": checkout.modified_at,
        "custom_field_data": checkout.custom_field_data,
        "payment_processor": "stripe",
        "status": checkout.status,
        "client_secret": checkout.client_secret,
        "url": page_url(checkout),
        "expires_at": checkout.expires_at,
        "success_url": success_url(checkout),
        "return_url": checkout.return_url,
        "embed_origin": checkout.embed_origin,
        "amount": checkout.amount,
        "seats": checkout.seats,
        "min_seats": checkout.min_seats,
        "max_seats": checkout.max_seats,
        "units": checkout.units,
        "min_units": checkout.min_units,
        "max_units": checkout.max_units,
        "discount_amount": checkout.discount_amount,
        "net_amount": checkout.net_amount,
        "tax_amount": checkout.tax_amount,
        "tax_behavior": checkout.tax_behavior,
        "total_amount": checkout.total_amount,
        "currency": checkout.currency,
        "allow_trial": checkout.allow_trial,
        "active_trial_interval": trial.interval if trial else None,
        "active_trial_interval_count": trial.count if trial else None,
        "trial_end": checkout.trial_end_at,
        "organization_id": checkout.organization_id,
        "product_id": checkout.product_id,
        "product_price_id": checkout.price_id,
        "discount_id": checkout.discount_id,
        "allow_discount_codes": checkout.allow_discount_codes,
        "require_billing_address": checkout.require_billing_address,
        "is_discount_applicable": not is_free(basket.prices),
        "is_free_product_price": is_free(basket.prices),
        "is_payment_required": needs.is_payment_required,
        "is_payment_setup_required": needs.is_setup_required,
        "is_payment_form_required": needs.is_form_required,
        "customer_id": checkout.customer_id,
        "is_business_customer": checkout.is_business_customer,
        "customer_name": checkout.customer_name,
        "customer_email": checkout.customer_email,
        "customer_ip_address": checkout.customer_ip_address,
        "customer_billing_name": checkout.customer_billing_name,
        "customer_billing_address": checkout.customer_billing_address,
        "customer_tax_id": checkout.customer_tax_id[0] if checkout.customer_tax_id else None,
        "locale": checkout.locale,
        "payment_method_type": checkout.payment_method_type,
        "payment_processor_metadata": _processor_metadata(checkout),
        "billing_address_fields": billing_address_fields(
            checkout, is_asked=needs.is_form_required or checkout.require_billing_address
        ),
        "products": list(products.values()),
        "product": products.get(checkout.product_id) if checkout.product_id else None,
        "product_price": dict(present_price(checkout.price)) if checkout.price else None,
        "prices": {str(key): body["prices"] for key, body in products.items()},
        "discount": _present_discount(checkout.discount),
        "attached_custom_fields": _asked(offers, checkout),
    }


def _asked(offers: list[Offer], checkout: Checkout) -> list[dict[str, Any]]:
    """What the product asks that is being bought."""
    for offer in offers:
        if offer.product.pk == checkout.product_id:
            return [dict(one) for one in present_attached_fields(offer.product)]
    return []


def _present_discount(discount: Discount | None) -> dict[str, Any] | None:
    return dict(present_checkout_discount(discount)) if discount else None


def billing_address_fields(checkout: Checkout, *, is_asked: bool) -> dict[str, str]:
    """Which parts of the billing address a form shows: required, optional or disabled."""
    fields = dict.fromkeys(
        ("country", "state", "city", "postal_code", "line1", "line2"), "disabled"
    )
    if not is_asked:
        return fields
    fields["country"] = "required"
    country = (checkout.customer_billing_address or {}).get("country")
    if country in STATES:
        fields["state"] = "required"
    if country == "US" or is_full_address_required(checkout):
        fields |= {"city": "required", "postal_code": "required", "line1": "required"}
        fields["line2"] = "optional"
        if fields["state"] == "disabled":
            fields["state"] = "optional"
    return fields


def _present_offer(offer: Offer) -> dict[str, Any]:
    return dict(present_checkout_product(offer.product, offer.prices))


def _processor_metadata(checkout: Checkout) -> dict[str, str]:
    facts = {"publishable_key": settings.STRIPE_PUBLISHABLE_KEY}
    if checkout.intent_client_secret and checkout.status == Checkout.Status.CONFIRMED:
        facts["intent_client_secret"] = checkout.intent_client_secret
        facts["intent_status"] = checkout.intent_status or ""
    return facts
