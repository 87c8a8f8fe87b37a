"""Licence keys as the API shows them: the fields of its newest version."""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypedDict
from uuid import UUID

from apps.customers.api.presenters import CustomerBody


class LicenseKeyMemberBody(TypedDict):
    """The person who holds a key by their seat."""

    id: UUID
    email: str
    external_id: str | None


class LicenseKeyBody(TypedDict):
    """A key. `member_id` and `member` come with 2026-10."""

    id: UUID
    created_at: datetime
    modified_at: datetime | None
    organization_id: UUID
    customer_id: UUID
    customer: CustomerBody
    benefit_id: UUID
    key: str
    display_key: str
    status: str
    limit_activations: int | None
    usage: int
    limit_usage: int | None
    validations: int
    last_validated_at: datetime | None
    expires_at: datetime | None
    member_id: UUID | None
    member: LicenseKeyMemberBody | None


class LicenseKeyActivationBody(TypedDict):
    """A device that a key is activated on."""

    id: UUID
    license_key_id: UUID
    label: str
    meta: dict[str, str | int | float | bool]
    created_at: datetime
    modified_at: datetime | None


class LicenseKeyWithActivationsBody(LicenseKeyBody):
    """A key with its devices."""

    activations: list[LicenseKeyActivationBody]


class GrantedLicenseKeyBody(LicenseKeyBody):
    """A key that holds. What grants it comes with 2027-01."""

    subscription_id: UUID | None
    subscription: dict[str, Any] | None
    order_id: UUID | None
    order: dict[str, Any] | None


class ValidatedLicenseKeyBody(GrantedLicenseKeyBody):
    """A key that holds for what was asked."""

    activation: LicenseKeyActivationBody | None


class LicenseKeyActivationReadBody(LicenseKeyActivationBody):
    """A device with its key."""

    license_key: LicenseKeyBody


class LicenseKeyActivationCreatedBody(LicenseKeyActivationBody):
    """A new device with its key."""

    license_key: GrantedLicenseKeyBody
