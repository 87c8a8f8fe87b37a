"""The shapes of checkouts on the wire, for the documentation and the type checker."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, TypedDict
from uuid import UUID

from apps.api.shapes import OneOf, Shown
from apps.api.vocabulary import Address, FieldAnswers, Interval, Metadata, Processor
from apps.catalog.api.bodies import ProductPrice
from apps.catalog.api.field_presenters import AttachedField
from apps.catalog.api.presenters import CheckoutProductBody
from apps.checkouts.models import Checkout
from apps.discounts.api.presenters import AnyCheckoutDiscount
from apps.organizations.api.presenters import PublicOrganizationBody

AddressField = Annotated[str, OneOf(("required", "optional", "disabled"))]
ShownProduct = Annotated[dict[str, Any], Shown(CheckoutProductBody)]


class AddressFieldsBody(TypedDict):
    """Which parts of the billing address a form shows."""

    country: AddressField
    state: AddressField
    city: AddressField
    postal_code: AddressField
    line1: AddressField
    line2: AddressField


class CheckoutBase(TypedDict):
    """What buyers and merchants both see."""

    id: UUID
    created_at: datetime
    modified_at: datetime | None
    custom_field_data: FieldAnswers
    payment_processor: Processor
    status: Annotated[str, OneOf(Checkout.Status.values)]
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
    tax_behavior: Annotated[str, OneOf(("inclusive", "exclusive"))] | None
    total_amount: int
    currency: str
    allow_trial: bool | None
    active_trial_interval: Interval | None
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
    customer_billing_address: Address | None
    customer_tax_id: str | None
    locale: str | None
    payment_method_type: str | None
    payment_processor_metadata: dict[str, str]
    billing_address_fields: Annotated[dict[str, str], Shown(AddressFieldsBody)]
    products: list[ShownProduct]
    product: ShownProduct | None
    product_price: Annotated[dict[str, Any], Shown(ProductPrice)] | None
    prices: dict[str, list[Annotated[dict[str, Any], Shown(ProductPrice)]]]
    discount: Annotated[dict[str, Any], Shown(AnyCheckoutDiscount)] | None
    attached_custom_fields: list[AttachedField]


class CheckoutBody(CheckoutBase):
    """A checkout as its merchant sees it."""

    trial_interval: Interval | None
    trial_interval_count: int | None
    metadata: Metadata
    external_customer_id: str | None
    subscription_id: UUID | None
    customer_metadata: Metadata


class PublicCheckoutBody(CheckoutBase):
    """A checkout as its buyer sees it."""

    organization: Annotated[dict[str, Any], Shown(PublicOrganizationBody)]


class ConfirmedCheckoutBody(PublicCheckoutBody):
    """A checkout right after its confirmation."""

    status: Annotated[str, OneOf((Checkout.Status.CONFIRMED,))]
    customer_session_token: str | None
