"""Checkout links as the API shows them."""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict
from uuid import UUID

from apps.api.vocabulary import Interval, Metadata, Processor
from apps.catalog.api.presenters import CheckoutProductBody, present_checkout_product
from apps.catalog.models import Product
from apps.checkouts.link_selectors import products_of
from apps.checkouts.links import link_url
from apps.checkouts.models import CheckoutLink
from apps.discounts.api.presenters import AnyDiscountBase, present_discount_base


class CheckoutLinkProductBody(CheckoutProductBody):
    """A product as its merchant sees it beside a link."""

    metadata: Metadata


class CheckoutLinkBody(TypedDict):
    """What a merchant sees of a link; `url` is what they publish."""

    id: UUID
    created_at: datetime
    modified_at: datetime | None
    trial_interval: Interval | None
    trial_interval_count: int | None
    metadata: Metadata
    payment_processor: Processor
    client_secret: str
    success_url: str | None
    return_url: str | None
    label: str | None
    allow_discount_codes: bool
    require_billing_address: bool
    discount_id: UUID | None
    seats: int | None
    units: int | None
    organization_id: UUID
    products: list[CheckoutLinkProductBody]
    discount: AnyDiscountBase | None
    url: str


def present_link(link: CheckoutLink) -> CheckoutLinkBody:
    """A link for its merchant; load it by `link_selectors.with_offers`."""
    return {
        "id": link.pk,
        "created_at": link.created_at,
        "modified_at": link.modified_at,
        "trial_interval": link.trial_interval,
        "trial_interval_count": link.trial_interval_count,
        "metadata": link.metadata,
        "payment_processor": "stripe",
        "client_secret": link.client_secret,
        "success_url": link.success_url,
        "return_url": link.return_url,
        "label": link.label,
        "allow_discount_codes": link.allow_discount_codes,
        "require_billing_address": link.require_billing_address,
        "discount_id": link.discount_id,
        "seats": link.seats,
        "units": link.units,
        "organization_id": link.organization_id,
        "products": [_present_product(product) for product in products_of(link)],
        "discount": present_discount_base(link.discount) if link.discount else None,
        "url": link_url(link),
    }


def _present_product(product: Product) -> CheckoutLinkProductBody:
    return {**present_checkout_product(product), "metadata": product.metadata}
