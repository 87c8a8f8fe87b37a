"""Discounts as the API shows them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, NotRequired, TypedDict, cast
from uuid import UUID

from apps.api.shapes import OneOf, Shown, Variants
from apps.api.vocabulary import Interval, Metadata
from apps.catalog.api.bodies import Visibility
from apps.catalog.models import Product
from apps.discounts.models import Discount
from apps.discounts.selectors import main_currency


class DiscountCoreBody(TypedDict):
    """What a buyer sees of any discount."""

    id: UUID
    name: str
    code: str | None
    type: Annotated[str, OneOf(Discount.Type.values)]
    duration: Annotated[str, OneOf(Discount.Duration.values)]


class CheckoutDiscountBody(DiscountCoreBody):
    """What a buyer sees: `basis_points` of a percentage, the three amounts of a fixed one."""

    duration_in_months: NotRequired[int]
    basis_points: NotRequired[int]
    amount: NotRequired[int]
    currency: NotRequired[str]
    amounts: NotRequired[dict[str, int]]


class DiscountBaseBody(CheckoutDiscountBody):
    """What a merchant sees beside an order or a subscription."""

    created_at: datetime
    modified_at: datetime | None
    metadata: Metadata
    starts_at: datetime | None
    ends_at: datetime | None
    max_redemptions: int | None
    max_redemptions_per_customer: int | None
    redemptions_count: int
    organization_id: UUID


class DiscountProductBody(TypedDict):
    """A product that it is restricted to."""

    id: UUID
    created_at: datetime
    modified_at: datetime | None
    metadata: Metadata
    trial_interval: Interval | None
    trial_interval_count: int | None
    name: str
    description: str | None
    visibility: Visibility
    recurring_interval: Interval | None
    recurring_interval_count: int | None
    meter_interval: Interval | None
    meter_interval_count: int | None
    is_recurring: bool
    is_archived: bool
    organization_id: UUID


class DiscountBody(DiscountBaseBody):
    """What a merchant sees of a discount."""

    products: list[DiscountProductBody]


_KINDS: dict[str, dict[str, Any]] = {
    "percentage": {"basis_points": int},
    "fixed": {"amount": int, "currency": str, "amounts": dict[str, int]},
}
AnyCheckoutDiscount = Annotated[
    CheckoutDiscountBody, Shown(Variants(CheckoutDiscountBody, "type", _KINDS))
]
AnyDiscountBase = Annotated[DiscountBaseBody, Shown(Variants(DiscountBaseBody, "type", _KINDS))]
AnyDiscount = Annotated[DiscountBody, Shown(Variants(DiscountBody, "type", _KINDS))]


def present_checkout_discount(discount: Discount) -> CheckoutDiscountBody:
    """The discount as buyers see it."""
    body: CheckoutDiscountBody = {
        "id": discount.pk,
        "name": discount.name,
        "code": discount.code,
        "type": discount.type,
        "duration": discount.duration,
    }
    if discount.duration_in_months is not None:
        body["duration_in_months"] = discount.duration_in_months
    if discount.type == Discount.Type.PERCENTAGE:
        body["basis_points"] = discount.basis_points or 0
        return body
    currency, amounts = main_currency(discount), discount.amounts or {}
    body["amounts"] = amounts
    # For clients from before there were several currencies.
    body["amount"], body["currency"] = amounts.get(currency, 0), currency
    return body


def present_discount_base(discount: Discount) -> DiscountBaseBody:
    """The discount beside something that uses it."""
    own = {
        "created_at": discount.created_at,
        "modified_at": discount.modified_at,
        "metadata": discount.metadata,
        "starts_at": discount.starts_at,
        "ends_at": discount.ends_at,
        "max_redemptions": discount.max_redemptions,
        "max_redemptions_per_customer": discount.max_redemptions_per_customer,
        "redemptions_count": discount.redemptions_count,
        "organization_id": discount.organization_id,
    }
    return cast(DiscountBaseBody, {**present_checkout_discount(discount), **own})


def present_discount(discount: Discount) -> DiscountBody:
    """The discount as its merchant sees it; read it through `selectors.with_products`."""
    products = [_present_product(product) for product in discount.products.all()]
    return cast(DiscountBody, {**present_discount_base(discount), "products": products})


def _present_product(product: Product) -> DiscountProductBody:
    return {
        "id": product.pk,
        "created_at": product.created_at,
        "modified_at": product.modified_at,
        "metadata": product.metadata,
        "trial_interval": product.trial_interval,
        "trial_interval_count": product.trial_interval_count,
        "name": product.name,
        "description": product.description,
        "visibility": product.visibility,
        "recurring_interval": product.recurring_interval,
        "recurring_interval_count": product.recurring_interval_count,
        "meter_interval": None,
        "meter_interval_count": None,
        "is_recurring": product.recurring_interval is not None,
        "is_archived": product.archived_at is not None,
        "organization_id": product.organization_id,
    }
