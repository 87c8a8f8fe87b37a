"""What the processor is asked for when a buyer confirms, word for word."""

from __future__ import annotations

from typing import Any, Final

from django.conf import settings

from apps.checkouts.amounts import PaymentNeeds
from apps.checkouts.links import confirmation_url
from apps.checkouts.models import Checkout

DESCRIPTOR_LENGTH: Final = 22


def intent_kind(needs: PaymentNeeds) -> str | None:
    """Money now, a method for later charges, or nothing at all."""
    if needs.is_payment_required:
        return Checkout.IntentKind.PAYMENT
    return Checkout.IntentKind.SETUP if needs.is_setup_required else None


def intent_request(checkout: Checkout, *, save_method: bool) -> dict[str, Any] | None:
    """
    The request of the present attempt; None where nothing is to be paid or kept.

    What recurs keeps the method for the renewals, asked or not.
    """
    if checkout.intent_kind is None:
        return None
    organization, product = checkout.organization, checkout.product
    request = {
        "confirmation_token": checkout.confirmation_token_id,
        "return_url": confirmation_url(checkout),
        "description": f"{organization.name}: {product.name if product else ''}"[:500],
        "require_3ds": organization.require_3ds,
    }
    if checkout.intent_kind == Checkout.IntentKind.SETUP:
        return {**request, "metadata": _metadata(checkout, save_method=True)}
    keeps = save_method or (product is not None and product.is_recurring)
    room = DESCRIPTOR_LENGTH - 2 - len(settings.STATEMENT_DESCRIPTOR_PREFIX)
    return {
        **request,
        "amount": checkout.total_amount,
        "currency": checkout.currency,
        "statement_suffix": organization.slug[:room].upper(),
        "metadata": _metadata(checkout, save_method=keeps),
        "save_method": keeps,
    }


def _metadata(checkout: Checkout, *, save_method: bool) -> dict[str, str]:
    address = checkout.customer_billing_address or {}
    metadata = {
        "organization_id": str(checkout.organization_id),
        "checkout_id": str(checkout.pk),
        "type": "product",
        "payment_trigger": "purchase",
        "checkout_attempt": str(checkout.attempt_count),
        "tax_amount": str(checkout.tax_amount or 0),
    }
    if address.get("country"):
        metadata["tax_country"] = address["country"]
    if address.get("state"):
        metadata["tax_state"] = address["state"]
    if save_method:
        metadata["save_payment_method"] = "true"
    return metadata
