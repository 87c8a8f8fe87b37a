"""Prices, tiers and discounts as the tables write them, as our own values."""

from decimal import Decimal
from typing import Any

from apps.catalog.pricing import (
    CustomTerms,
    FixedTerms,
    MeteredTerms,
    PriceTerms,
    SeatTerms,
    UnitTerms,
)
from apps.catalog.tiers import Tier, TierType, flat
from apps.discounts.terms import DiscountTerms, Duration, FixedDiscount, PercentageDiscount


def tiers_of(rows: list[dict[str, Any]]) -> tuple[Tier, ...]:
    """Seat tiers say where they start and end, unit tiers only up to where they go."""
    tiers: list[Tier] = []
    for row in rows:
        if "price_per_seat" in row:
            tiers.append(Tier(row["min"], row["max"], Decimal(str(row["price_per_seat"]))))
        else:
            start = (tiers[-1].maximum or 0) + 1 if tiers else 1
            rate = Decimal(str(row["unit_amount"]))
            tiers.append(Tier(row.get("min") or start, row.get("up_to", row.get("max")), rate))
    return tuple(tiers)


def price_terms(row: dict[str, Any]) -> PriceTerms:
    """One price of a table."""
    match row["type"]:
        case "free":
            return FixedTerms(0)
        case "fixed":
            return FixedTerms(row["amount"])
        case "custom":
            return CustomTerms(
                row["minimum_amount"], row.get("maximum_amount"), row.get("preset_amount")
            )
        case "seat":
            return SeatTerms(TierType(row.get("tier_type", "volume")), tiers_of(row["tiers"]))
        case "unit":
            tiers = (
                tiers_of(row["tiers"]) if row.get("tiers") else flat(Decimal(row["unit_amount"]))
            )
            return UnitTerms(
                TierType(row.get("tier_type", "volume")), tiers, row.get("minimum_units")
            )
        case "metered":
            return MeteredTerms(Decimal(row["unit_amount"]), row.get("cap_amount"))
        case kind:
            raise ValueError(f"no such price: {kind}")


def prices_terms(rows: list[dict[str, Any]]) -> tuple[PriceTerms, ...]:
    """A list of prices of one currency."""
    return tuple(price_terms(row) for row in rows)


def discount_terms(row: dict[str, Any] | None) -> DiscountTerms | None:
    """The discount of a table, or none."""
    if row is None:
        return None
    duration = Duration(row.get("duration") or "once")
    if row["type"] == "percentage":
        return PercentageDiscount(bps=row["basis_points"], duration=duration)
    return FixedDiscount(amounts=row["amounts"], duration=duration)
