"""What a new customer is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerInput:
    """The owner of a new customer, as it comes from outside."""

    email: str
    name: str | None = None
    external_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerInput:
    """
    The fields of a new customer, as they come from outside.

    Without an `owner` the customer itself is made one. Only a team that has one needs no e-mail.
    `billing_address` has the API's keys (country required); `tax_id` is the bare number.
    """

    email: str | None = None
    owner: OwnerInput | None = None
    type: str = "individual"
    name: str | None = None
    external_id: str | None = None
    billing_name: str | None = None
    billing_address: Mapping[str, Any] | None = None
    tax_id: str | None = None
    locale: str | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberInput:
    """A new member, as it comes from outside; nobody becomes owner so."""

    email: str
    name: str | None = None
    external_id: str | None = None
    role: str = "member"
