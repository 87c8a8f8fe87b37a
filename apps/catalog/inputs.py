"""What products and prices are made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from apps.catalog.tiers import Tier


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceInput:
    """
    A new price, in minor units of `currency` (the organization's default when None).

    `kind` is fixed (with `fixed_amount`; 0 is free), custom, whose minimum is the currency's
    smallest charge unless given, or seat or unit, with `tiers` read as `tier_type` (volume,
    graduated). A seat's smallest purchase is where its first tier starts, a unit's is
    `minimum_units`; `unit_label` names the unit in each language.
    """

    kind: str
    currency: str | None = None
    tax_behavior: str | None = None
    fixed_amount: int | None = None
    minimum_amount: int | None = None
    maximum_amount: int | None = None
    preset_amount: int | None = None
    tier_type: str | None = None
    tiers: Sequence[Tier] = ()
    minimum_units: int | None = None
    unit_label: Mapping[str, Mapping[str, str]] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachedFieldInput:
    """A custom field that buyers of a product are asked."""

    field_id: UUID
    is_required: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductInput:
    """A new product. Without `recurring_interval` it is sold once."""

    name: str
    prices: Sequence[PriceInput]
    description: str | None = None
    visibility: str = "public"
    recurring_interval: str | None = None
    recurring_interval_count: int | None = None
    trial_interval: str | None = None
    trial_interval_count: int | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)
    attached_custom_fields: Sequence[AttachedFieldInput] = ()
