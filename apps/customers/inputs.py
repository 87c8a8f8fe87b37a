"""What a new customer is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerInput:
    """
    The fields of a new customer, as they come from outside.

    `billing_address` has the API's keys (country required); `tax_id` is the bare number.
    """

    email: str | None = None
    type: str = "individual"
    name: str | None = None
    external_id: str | None = None
    billing_name: str | None = None
    billing_address: Mapping[str, Any] | None = None
    tax_id: str | None = None
    locale: str | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)
