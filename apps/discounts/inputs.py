"""What a new discount is made from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscountInput:
    """A new discount: `basis_points` of a percentage, `amounts` by currency of a fixed one."""

    name: str
    type: str
    duration: str
    duration_in_months: int | None = None
    basis_points: int | None = None
    amounts: Mapping[str, int] | None = None
    code: str | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    max_redemptions: int | None = None
    max_redemptions_per_customer: int | None = None
    products: Sequence[UUID] = ()
    metadata: Mapping[str, Any] = field(default_factory=dict)
