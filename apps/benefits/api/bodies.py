"""The shapes of benefits and grants over the API."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, NotRequired, TypedDict
from uuid import UUID

from apps.api.shapes import OneOf, Shown, Variants, name_shape
from apps.api.vocabulary import Address, Metadata
from apps.benefits.api.kinds import (
    CUSTOMER_PROPERTIES,
    GRANT_PROPERTIES,
    PROPERTIES,
    PublicCreditPropertiesBody,
)
from apps.benefits.models import Benefit
from apps.customers.api.presenters import AnyCustomer, MemberBody
from apps.customers.models import Customer
from apps.files.api.presenters import FileDownloadBody
from apps.organizations.api.presenters import PublicOrganizationBody


class BenefitCoreBody(TypedDict):
    """What anybody sees of a benefit."""

    id: UUID
    created_at: datetime
    modified_at: datetime | None
    type: str
    description: str
    selectable: bool
    deletable: bool
    is_deleted: bool
    organization_id: UUID


class BenefitPublicBody(BenefitCoreBody):
    """What anybody sees of a benefit while it is put together."""

    properties: NotRequired[dict[str, Any]]


class BenefitBody(BenefitPublicBody):
    """What a merchant sees of a benefit while it is put together."""

    metadata: Metadata
    visibility: Annotated[str, OneOf(Benefit.Visibility.values)]
    visibility_configurable: bool


PUBLIC_BENEFIT = Variants(
    BenefitCoreBody,
    "type",
    {
        kind: {"properties": PublicCreditPropertiesBody} if kind == "meter_credit" else {}
        for kind in PROPERTIES
    },
)
BENEFIT = Variants(
    BenefitBody, "type", {kind: {"properties": hint} for kind, hint in PROPERTIES.items()}
)
AnyBenefit = Annotated[BenefitBody, Shown(BENEFIT)]


class GrantErrorBody(TypedDict):
    """Why a benefit could not be granted."""

    message: str
    type: str
    timestamp: str


GrantError = Annotated[dict[str, str], Shown(GrantErrorBody)]


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
    error: GrantError | None
    customer: AnyCustomer
    member: Annotated[dict[str, Any], Shown(MemberBody)] | None
    benefit: AnyBenefit
    properties: dict[str, Any]


MERCHANT_GRANT = Variants(
    BenefitGrantBody,
    None,
    {
        kind: {"benefit": BENEFIT.one(kind), "properties": hint}
        for kind, hint in GRANT_PROPERTIES.items()
    },
)
AnyGrant = Annotated[BenefitGrantBody, Shown(MERCHANT_GRANT)]


class StateGrantBody(TypedDict):
    """A grant in the state of its customer."""

    id: str
    created_at: datetime
    modified_at: datetime | None
    granted_at: datetime
    benefit_id: str
    benefit_type: Annotated[str, OneOf(PROPERTIES)]
    benefit_metadata: Metadata
    properties: dict[str, Any]
    member_id: str | None


STATE_GRANT = Variants(
    StateGrantBody,
    "benefit_type",
    {kind: {"properties": hint} for kind, hint in GRANT_PROPERTIES.items()},
)


class LinkedAccountBody(TypedDict):
    """An account elsewhere that a customer has linked."""

    account_id: str
    account_username: str | None


LinkedAccounts = Annotated[dict[str, Any], Shown(dict[str, LinkedAccountBody])]


class PortalCustomerBody(TypedDict):
    """A customer as they see themselves."""

    id: UUID
    created_at: datetime
    modified_at: datetime | None
    email: str | None
    email_verified: bool
    name: str | None
    billing_name: str | None
    billing_address: Address | None
    tax_id: list[str] | None
    oauth_accounts: LinkedAccounts
    default_payment_method_id: UUID | None
    type: Annotated[str, OneOf(Customer.Type.values)]
    locale: str | None


class CustomerBenefitBody(BenefitCoreBody):
    """What a customer sees of a benefit."""

    organization: PublicOrganizationBody
    properties: dict[str, Any]


CUSTOMER_BENEFIT = Variants(
    CustomerBenefitBody,
    "type",
    {kind: {"properties": hint} for kind, hint in CUSTOMER_PROPERTIES.items()},
)


class GrantMemberBody(TypedDict):
    """The member who holds a grant."""

    id: UUID
    oauth_accounts: LinkedAccounts


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
    error: GrantError | None
    customer: PortalCustomerBody
    member: Annotated[dict[str, Any], Shown(GrantMemberBody)] | None
    benefit: dict[str, Any]
    properties: dict[str, Any]


PORTAL_GRANT = Variants(
    PortalGrantBody,
    None,
    {
        kind: {"benefit": CUSTOMER_BENEFIT.one(kind), "properties": hint}
        for kind, hint in GRANT_PROPERTIES.items()
    },
)
AnyPortalGrant = Annotated[PortalGrantBody, Shown(PORTAL_GRANT)]


class DownloadableBody(TypedDict):
    """A file that a customer may download."""

    id: UUID
    benefit_id: UUID
    file: Annotated[dict[str, Any], Shown(FileDownloadBody)]


name_shape("PublicBenefit", PUBLIC_BENEFIT)
name_shape("Benefit", BENEFIT)
name_shape("StateGrant", STATE_GRANT)
