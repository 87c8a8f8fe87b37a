"""Products and prices as the API shows them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Final, TypedDict
from uuid import UUID

from apps.api.shapes import Shown
from apps.api.vocabulary import Interval, Metadata, NoneYet
from apps.catalog.api.bodies import PriceBody, ProductPrice, Visibility
from apps.catalog.api.field_presenters import AttachedField, present_attached_fields
from apps.catalog.companions import present_benefits
from apps.catalog.models import Price, Product
from apps.catalog.selectors import listed_prices

_AMOUNT_TYPES: Final = {
    "fixed": "fixed",
    "custom": "custom",
    "seat": "seat_based",
    "unit": "unit_based",
}


class CheckoutProductBody(TypedDict):
    """What a buyer sees of a product."""

    id: UUID
    created_at: datetime
    modified_at: datetime | None
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
    prices: list[ProductPrice]
    benefits: list[Annotated[dict[str, Any], Shown("PublicBenefit")]]
    medias: NoneYet


class ProductBody(CheckoutProductBody):
    """What a merchant sees of a product."""

    benefits: list[Annotated[dict[str, Any], Shown("Benefit")]]
    metadata: Metadata
    is_deletable: bool
    attached_custom_fields: list[AttachedField]


def present_price(price: Price) -> PriceBody:
    """A price of its kind."""
    body: PriceBody = {
        "created_at": price.created_at,
        "modified_at": price.modified_at,
        "id": price.pk,
        "source": price.source,
        "amount_type": _AMOUNT_TYPES[price.kind],
        "price_currency": price.currency,
        "tax_behavior": price.tax_behavior,
        "is_archived": price.archived_at is not None,
        "product_id": price.product_id,
    }
    if price.kind == Price.Kind.FIXED:
        body["price_amount"] = price.fixed_amount or 0
    elif price.kind in (Price.Kind.SEAT, Price.Kind.UNIT):
        _add_tiers(body, price)
    else:
        body["minimum_amount"] = price.minimum_amount or 0
        body["maximum_amount"] = price.maximum_amount
        body["preset_amount"] = price.preset_amount
    return body


def _add_tiers(body: PriceBody, price: Price) -> None:
    rows = price.tiers or []
    body["tiers"] = {
        "type": price.tier_type,
        "tiers": [{"bound": row["maximum"], "unit_amount": row["unit_amount"]} for row in rows],
    }
    body["minimum_units"] = price.minimum_units
    body["maximum_units"] = rows[-1]["maximum"] if rows else None
    if price.kind == Price.Kind.UNIT:
        body["unit_label"] = price.unit_label
        return
    least = rows[0]["minimum"] if rows else 1
    body["minimum_units"] = least
    body["seat_tiers"] = {
        "seat_tier_type": price.tier_type,
        "tiers": [
            {
                "min_seats": row["minimum"],
                "max_seats": row["maximum"],
                "price_per_seat": int(row["unit_amount"]),
            }
            for row in rows
        ],
        "minimum_seats": least,
        "maximum_seats": body["maximum_units"],
    }


def present_checkout_product(
    product: Product, prices: Sequence[Price] | None = None
) -> CheckoutProductBody:
    """The product as buyers see it, at `prices` (its listed ones when None)."""
    shown = listed_prices(product) if prices is None else prices
    return {
        "id": product.pk,
        "created_at": product.created_at,
        "modified_at": product.modified_at,
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
        "prices": [present_price(price) for price in shown],
        "benefits": present_benefits(product, is_public=True),
        "medias": [],
    }


def present_product(product: Product) -> ProductBody:
    """The product as its merchant sees it; read it through `selectors.with_offer`."""
    return {
        **present_checkout_product(product),
        "benefits": present_benefits(product, is_public=False),
        "metadata": product.metadata,
        "is_deletable": not getattr(product, "is_used", True),
        "attached_custom_fields": present_attached_fields(product),
    }
