"""What benefits are made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class BenefitInput:
    """A new benefit. Without `visibility` it has the usual one of its type."""

    type: str
    description: str
    properties: Mapping[str, Any] = field(default_factory=dict)
    visibility: str | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)
