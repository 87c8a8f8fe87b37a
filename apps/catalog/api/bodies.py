"""The shapes of prices over the API."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, NotRequired, TypedDict
from uuid import UUID

from apps.api.shapes import OneOf, Shown
from apps.api.vocabulary import TaxBehaviorOption
from apps.catalog.models import Price, Product
from apps.catalog.tiers import TierType

Visibility = Annotated[str, OneOf(Product.Visibility.values)]
TierKind = Annotated[str, OneOf(kind.value for kind in TierType)]


class PriceBaseBody(TypedDict):
    """What prices of every kind have."""

    created_at: datetime
    modified_at: datetime | None
    id: UUID
    source: Annotated[str, OneOf(Price.Source.values)]
    price_currency: str
    tax_behavior: TaxBehaviorOption | None
    is_archived: bool
    product_id: UUID


class FixedPriceBody(PriceBaseBody):
    """The same for everybody; 0 is free."""

    amount_type: Annotated[str, OneOf(("fixed",))]
    price_amount: int


class CustomPriceBody(PriceBaseBody):
    """What the buyer wants to pay, within bounds."""

    amount_type: Annotated[str, OneOf(("custom",))]
    minimum_amount: int
    maximum_amount: int | None
    preset_amount: int | None


class TierBody(TypedDict):
    """Up to and including `bound` (null: without end), at `unit_amount` each."""

    bound: int | None
    unit_amount: str


class TiersBody(TypedDict):
    """Tiers, each from where the one before ends."""

    type: TierKind
    tiers: list[TierBody]


class SeatTierBody(TypedDict):
    """From so many seats to so many, at so much each."""

    min_seats: int
    max_seats: int | None
    price_per_seat: int


class SeatTiersBody(TypedDict):
    """The tiers of seats as clients of versions before 2027 read them."""

    seat_tier_type: TierKind
    tiers: list[SeatTierBody]
    minimum_seats: int
    maximum_seats: int | None


class SeatPriceBody(PriceBaseBody):
    """By the number of seats, told in the older way as well (`seat_tiers`)."""

    amount_type: Annotated[str, OneOf(("seat_based",))]
    tiers: TiersBody
    minimum_units: int | None
    maximum_units: int | None
    seat_tiers: SeatTiersBody


class UnitPriceBody(PriceBaseBody):
    """By the number of units."""

    amount_type: Annotated[str, OneOf(("unit_based",))]
    tiers: TiersBody
    minimum_units: int | None
    maximum_units: int | None
    unit_label: dict[str, dict[str, str]] | None


class PriceBody(PriceBaseBody):
    """A price while it is put together: what its kind has of these."""

    amount_type: str
    price_amount: NotRequired[int]
    minimum_amount: NotRequired[int]
    maximum_amount: NotRequired[int | None]
    preset_amount: NotRequired[int | None]
    tiers: NotRequired[dict[str, Any]]
    minimum_units: NotRequired[int | None]
    maximum_units: NotRequired[int | None]
    unit_label: NotRequired[dict[str, dict[str, str]] | None]
    seat_tiers: NotRequired[dict[str, Any]]


ProductPrice = Annotated[
    PriceBody, Shown(FixedPriceBody | CustomPriceBody | SeatPriceBody | UnitPriceBody)
]
