"""Licence keys as the API shows them: the fields of its newest version."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Final, TypedDict
from uuid import UUID

from apps.api.shapes import OneOf, Since
from apps.api.vocabulary import ORDER_STATUSES, SUBSCRIPTION_STATUSES, Metadata
from apps.customers.api.presenters import AnyCustomer
from apps.license_keys.models import LicenseKey
from apps.license_keys.states import ROTATABLE

# Since when the shapes have these fields.
WITH_MEMBER: Final = "2026-10"
WITH_SOURCES: Final = "2027-01"


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
    customer: AnyCustomer
    benefit_id: UUID
    key: str
    display_key: str
    status: Annotated[str, OneOf(LicenseKey.Status.values)]
    limit_activations: int | None
    usage: int
    limit_usage: int | None
    validations: int
    last_validated_at: datetime | None
    expires_at: datetime | None
    member_id: Annotated[UUID | None, Since(WITH_MEMBER)]
    member: Annotated[LicenseKeyMemberBody | None, Since(WITH_MEMBER)]


class RotatedLicenseKeyBody(LicenseKeyBody):
    """A key with its new text."""

    status: Annotated[str, OneOf(sorted(ROTATABLE))]


class LicenseKeyActivationBody(TypedDict):
    """A device that a key is activated on."""

    id: UUID
    license_key_id: UUID
    label: str
    meta: Metadata
    created_at: datetime
    modified_at: datetime | None


class LicenseKeyWithActivationsBody(LicenseKeyBody):
    """A key with its devices."""

    activations: list[LicenseKeyActivationBody]


class SourceSubscriptionBody(TypedDict):
    """The subscription that grants a key."""

    id: UUID
    status: Annotated[str, OneOf(SUBSCRIPTION_STATUSES)]
    current_period_start: datetime
    current_period_end: datetime
    cancel_at_period_end: bool
    ends_at: datetime | None


class SourceOrderBody(TypedDict):
    """The order that grants a key."""

    id: UUID
    created_at: datetime
    status: Annotated[str, OneOf(ORDER_STATUSES)]
    paid: bool


class GrantedLicenseKeyBody(LicenseKeyBody):
    """A key that holds. What grants it comes with 2027-01."""

    status: Annotated[str, OneOf((LicenseKey.Status.GRANTED,))]
    subscription_id: Annotated[UUID | None, Since(WITH_SOURCES)]
    subscription: Annotated[SourceSubscriptionBody | None, Since(WITH_SOURCES)]
    order_id: Annotated[UUID | None, Since(WITH_SOURCES)]
    order: Annotated[SourceOrderBody | None, Since(WITH_SOURCES)]


class ValidatedLicenseKeyBody(GrantedLicenseKeyBody):
    """A key that holds for what was asked."""

    activation: LicenseKeyActivationBody | None


class LicenseKeyActivationReadBody(LicenseKeyActivationBody):
    """A device with its key."""

    license_key: LicenseKeyBody


class LicenseKeyActivationCreatedBody(LicenseKeyActivationBody):
    """A new device with its key."""

    license_key: GrantedLicenseKeyBody
