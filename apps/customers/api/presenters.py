"""Customers as the API shows them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, TypedDict
from uuid import UUID

from apps.api.shapes import OneOf, Shown
from apps.api.vocabulary import Address, Metadata, NoneYet
from apps.customers.holdings import holdings_of
from apps.customers.models import Customer, Member


class CustomerBody(TypedDict):
    """A customer, individual or team."""

    id: UUID
    created_at: datetime
    modified_at: datetime | None
    metadata: Metadata
    external_id: str | None
    email: str | None
    email_verified: bool
    type: str
    name: str | None
    billing_name: str | None
    billing_address: Address | None
    tax_id: list[str] | None
    locale: str | None
    organization_id: UUID
    default_payment_method_id: UUID | None
    deleted_at: datetime | None
    first_user_event_at: datetime | None
    avatar_url: str | None


class IndividualBody(CustomerBody):
    """A person who buys."""

    type: Annotated[str, OneOf((Customer.Type.INDIVIDUAL,))]
    email: str  # type: ignore[misc]


class TeamBody(CustomerBody):
    """A team that buys; its people are members."""

    type: Annotated[str, OneOf((Customer.Type.TEAM,))]


AnyCustomer = Annotated[CustomerBody, Shown(IndividualBody | TeamBody)]


class CustomerStateBody(CustomerBody):
    """A customer and what it has."""

    active_subscriptions: list[Annotated[dict[str, Any], Shown("StateSubscription")]]
    granted_benefits: list[Annotated[dict[str, Any], Shown("StateGrant")]]
    active_meters: NoneYet


class IndividualStateBody(CustomerStateBody):
    """A person and what they have."""

    type: Annotated[str, OneOf((Customer.Type.INDIVIDUAL,))]
    email: str  # type: ignore[misc]


class TeamStateBody(CustomerStateBody):
    """A team and what it has."""

    type: Annotated[str, OneOf((Customer.Type.TEAM,))]


AnyCustomerState = Annotated[CustomerStateBody, Shown(IndividualStateBody | TeamStateBody)]


class MemberBody(TypedDict):
    """Who acts for a customer."""

    id: UUID
    created_at: datetime
    modified_at: datetime | None
    customer_id: UUID
    email: str
    name: str | None
    external_id: str | None
    role: Annotated[str, OneOf(Member.Role.values)]


def present_customer(customer: Customer) -> CustomerBody:
    """Every field of a customer that merchants see."""
    return {
        "id": customer.pk,
        "created_at": customer.created_at,
        "modified_at": customer.modified_at,
        "metadata": customer.metadata,
        "external_id": customer.external_id,
        "email": customer.email,
        "email_verified": customer.is_email_verified,
        "type": customer.type,
        "name": customer.name,
        "billing_name": customer.billing_name or customer.name,
        "billing_address": customer.billing_address,
        "tax_id": customer.tax_id,
        "locale": customer.locale,
        "organization_id": customer.organization_id,
        "default_payment_method_id": customer.default_payment_method_id,
        "deleted_at": customer.deleted_at,
        "first_user_event_at": None,
        "avatar_url": None,
    }


def present_customer_state(customer: Customer) -> CustomerStateBody:
    """The customer with its subscriptions, benefits and meters."""
    holdings = holdings_of(customer.pk)
    return {
        **present_customer(customer),
        "active_subscriptions": holdings["active_subscriptions"],
        "granted_benefits": holdings["granted_benefits"],
        "active_meters": holdings["active_meters"],
    }


def present_member(member: Member) -> MemberBody:
    """Every field of a member that merchants see."""
    return {
        "id": member.pk,
        "created_at": member.created_at,
        "modified_at": member.modified_at,
        "customer_id": member.customer_id,
        "email": member.email,
        "name": member.name,
        "external_id": member.external_id,
        "role": member.role,
    }
