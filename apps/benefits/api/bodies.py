"""The shapes of benefits and grants over the API."""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypedDict
from uuid import UUID

from apps.customers.api.presenters import CustomerBody


class BenefitPublicBody(TypedDict, total=False):
    """What anybody sees of a benefit; `properties` of a meter credit only."""

    id: UUID
    created_at: datetime
    modified_at: datetime | None
    type: str
    description: str
    selectable: bool
    deletable: bool
    is_deleted: bool
    organization_id: UUID
    properties: dict[str, Any]


class BenefitBody(BenefitPublicBody, total=False):
    """What a merchant sees."""

    metadata: dict[str, str | int | float | bool]
    visibility: str
    visibility_configurable: bool


class BenefitGrantBody(TypedDict):
    """What a merchant sees of a grant."""

    id: UUID
    created_at: datetime
    modified_at: datetime | None
    granted_at: datetime | None
    is_granted: bool
    revoked_at: datetime | None
    is_revoked: bool
    subscription_id: UUID | None
    order_id: UUID | None
    customer_id: UUID
    member_id: UUID | None
    benefit_id: UUID
    error: dict[str, str] | None
    customer: CustomerBody
    member: dict[str, Any] | None
    benefit: BenefitBody
    properties: dict[str, Any]


class PortalCustomerBody(TypedDict):
    """A customer as they see themselves."""

    id: UUID
    created_at: datetime
    modified_at: datetime | None
    email: str | None
    email_verified: bool
    name: str | None
    billing_name: str | None
    billing_address: dict[str, str | None] | None
    tax_id: list[str] | None
    oauth_accounts: dict[str, Any]
    default_payment_method_id: UUID | None
    type: str
    locale: str | None


class PortalGrantBody(TypedDict):
    """What a customer sees of a grant."""

    id: UUID
    created_at: datetime
    modified_at: datetime | None
    granted_at: datetime | None
    revoked_at: datetime | None
    customer_id: UUID
    member_id: UUID | None
    benefit_id: UUID
    subscription_id: UUID | None
    order_id: UUID | None
    is_granted: bool
    is_revoked: bool
    error: dict[str, str] | None
    customer: PortalCustomerBody
    member: dict[str, Any] | None
    benefit: dict[str, Any]
    properties: dict[str, Any]


class DownloadableBody(TypedDict):
    """A file that a customer may download."""

    id: UUID
    benefit_id: UUID
    file: dict[str, Any]
