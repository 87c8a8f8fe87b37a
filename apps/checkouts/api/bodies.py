"""The shapes of checkouts on the wire, for the documentation and the type checker."""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypedDict
from uuid import UUID


class CheckoutBase(TypedDict):
    """What buyers and merchants both see."""

    id: UUID
    created_at: datetime
    modified_at: datetime | None
    custom_field_data: dict[str, Any]
    payment_processor: str
    status: str
    client_secret: str
    url: str
    expires_at: datetime
    success_url: str
    return_url: str | None
    embed_origin: str | None
    amount: int
    seats: int | None
    min_seats: int | None
    max_seats: int | None
    units: int | None
    min_units: int | None
    max_units: int | None
    discount_amount: int
    net_amount: int
    tax_amount: int | None
    tax_behavior: str | None
    total_amount: int
    currency: str
    allow_trial: bool | None
    active_trial_interval: str | None
    active_trial_interval_count: int | None
    trial_end: datetime | None
    organization_id: UUID
    product_id: UUID | None
    product_price_id: UUID | None
    discount_id: UUID | None
    allow_discount_codes: bool
    require_billing_address: bool
    is_discount_applicable: bool
    is_free_product_price: bool
    is_payment_required: bool
    is_payment_setup_required: bool
    is_payment_form_required: bool
    customer_id: UUID | None
    is_business_customer: bool
    customer_name: str | None
    customer_email: str | None
    customer_ip_address: str | None
    customer_billing_name: str | None
    customer_billing_address: dict[str, Any] | None
    customer_tax_id: str | None
    locale: str | None
    payment_method_type: str | None
    payment_processor_metadata: dict[str, str]
    billing_address_fields: dict[str, str]
    products: list[dict[str, Any]]
    product: dict[str, Any] | None
    product_price: dict[str, Any] | None
    prices: dict[str, list[dict[str, Any]]]
    discount: dict[str, Any] | None
    attached_custom_fields: list[dict[str, Any]]


class CheckoutBody(CheckoutBase):
    """A checkout as its merchant sees it."""

    trial_interval: str | None
    trial_interval_count: int | None
    metadata: dict[str, Any]
    external_customer_id: str | None
    subscription_id: UUID | None
    customer_metadata: dict[str, Any]


class PublicCheckoutBody(CheckoutBase):
    """A checkout as its buyer sees it."""

    organization: dict[str, Any]


class ConfirmedCheckoutBody(PublicCheckoutBody):
    """A checkout right after its confirmation."""

    customer_session_token: str | None
