"""Payments as the API shows them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, NotRequired, TypedDict
from uuid import UUID

from apps.api.shapes import OneOf, Shown
from apps.api.vocabulary import Processor
from apps.payments.models import Payment, PaymentMethod


class PaymentBody(TypedDict):
    """A payment; `method_metadata` has brand and last4 for cards."""

    created_at: datetime
    modified_at: datetime | None
    id: UUID
    processor: Processor
    status: Annotated[str, OneOf(Payment.Status.values)]
    amount: int
    currency: str
    method: str
    method_metadata: dict[str, Any]
    trigger: Annotated[str, OneOf(Payment.Trigger.values)] | None
    decline_reason: str | None
    decline_message: str | None
    organization_id: UUID
    checkout_id: UUID | None
    order_id: UUID | None
    processor_metadata: dict[str, Any]


class CardFactsBody(TypedDict):
    """What is known of a card."""

    brand: str
    last4: str


class KoreanCardFactsBody(TypedDict):
    """What may be known of a Korean card."""

    brand: str | None
    last4: str | None


class SavedCardFactsBody(CardFactsBody):
    """What is known of a saved card."""

    exp_month: int
    exp_year: int
    wallet: str | None


class CardPaymentBody(PaymentBody):
    """A payment by card."""

    method: Annotated[str, OneOf(("card",))]
    method_metadata: Annotated[dict[str, Any], Shown(CardFactsBody)]


class KoreanCardPaymentBody(PaymentBody):
    """A payment by Korean card."""

    method: Annotated[str, OneOf(("kr_card",))]
    method_metadata: Annotated[dict[str, Any], Shown(KoreanCardFactsBody)]


AnyPayment = Annotated[PaymentBody, Shown(CardPaymentBody | KoreanCardPaymentBody | PaymentBody)]


def present_payment(payment: Payment) -> PaymentBody:
    """One payment."""
    facts = payment.method_metadata
    if payment.method == "card":
        facts = {"brand": facts.get("brand") or "unknown", "last4": facts.get("last4") or "0000"}
    elif payment.method == "kr_card":
        facts = {"brand": facts.get("brand"), "last4": facts.get("last4")}
    return {
        "created_at": payment.created_at,
        "modified_at": payment.modified_at,
        "id": payment.pk,
        "processor": payment.processor,
        "status": payment.status,
        "amount": payment.amount,
        "currency": payment.currency,
        "method": payment.method,
        "method_metadata": facts,
        "trigger": payment.trigger,
        "decline_reason": payment.decline_reason,
        "decline_message": payment.decline_message,
        "organization_id": payment.organization_id,
        "checkout_id": payment.checkout_id,
        "order_id": payment.order_id,
        "processor_metadata": payment.processor_metadata,
    }


class PaymentMethodBody(TypedDict):
    """A saved payment method; `method_metadata` only of cards."""

    id: UUID
    created_at: datetime
    modified_at: datetime | None
    processor: Processor
    customer_id: UUID
    type: str
    method_metadata: NotRequired[dict[str, Any]]
    is_default: bool


class CardMethodBody(PaymentMethodBody):
    """A saved card."""

    type: Annotated[str, OneOf(("card",))]
    method_metadata: Annotated[dict[str, Any], Shown(SavedCardFactsBody)]  # type: ignore[misc]


class KoreanCardMethodBody(PaymentMethodBody):
    """A saved Korean card."""

    type: Annotated[str, OneOf(("kr_card",))]
    method_metadata: Annotated[dict[str, Any], Shown(KoreanCardFactsBody)]  # type: ignore[misc]


AnyPaymentMethod = Annotated[
    PaymentMethodBody, Shown(CardMethodBody | KoreanCardMethodBody | PaymentMethodBody)
]


def present_payment_method(
    method: PaymentMethod, default_id: UUID | None = None
) -> PaymentMethodBody:
    """One saved method; the default is the one whose id the customer names."""
    facts = method.method_metadata
    body: PaymentMethodBody = {
        "id": method.pk,
        "created_at": method.created_at,
        "modified_at": method.modified_at,
        "processor": "stripe",
        "customer_id": method.customer_id,
        "type": method.type,
        "is_default": method.pk == default_id,
    }
    if method.type == "card":
        body["method_metadata"] = {
            "brand": facts.get("brand") or "unknown",
            "last4": facts.get("last4") or "0000",
            "exp_month": facts.get("exp_month") or 0,
            "exp_year": facts.get("exp_year") or 0,
            "wallet": facts.get("wallet"),
        }
    elif method.type == "kr_card":
        body["method_metadata"] = {"brand": facts.get("brand"), "last4": facts.get("last4")}
    return body
