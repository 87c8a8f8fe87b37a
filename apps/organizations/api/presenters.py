"""Organizations as the API shows them: plain dicts, the shape of every version."""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypedDict
from uuid import UUID

from apps.organizations.defaults import (
    CUSTOMER_EMAIL_SETTINGS,
    CUSTOMER_PORTAL_SETTINGS,
    DISPUTE_SETTINGS,
    FEATURE_SETTINGS,
    SUBSCRIPTION_SETTINGS,
    filled,
)
from apps.organizations.models import Organization
from apps.organizations.states import CAPABILITIES


class PublicOrganizationBody(TypedDict):
    """What a buyer sees of a merchant."""

    created_at: datetime
    modified_at: datetime | None
    id: UUID
    name: str
    slug: str
    avatar_url: str | None
    proration_behavior: str
    allow_customer_updates: bool


class PortalOrganizationBody(PublicOrganizationBody):
    """What a customer sees of a merchant: what they may do by themselves as well."""

    customer_portal_settings: dict[str, Any]
    organization_features: dict[str, bool]


class OrganizationBody(PublicOrganizationBody):
    """What a merchant sees of its own organization."""

    email: str | None
    website: str | None
    socials: list[dict[str, str]]
    status: str
    details_submitted_at: datetime | None
    onboarding_resubmission_requested_at: datetime | None
    sso_enforced: bool
    default_presentment_currency: str
    default_tax_behavior: str
    feature_settings: dict[str, Any]
    subscription_settings: dict[str, Any]
    customer_email_settings: dict[str, bool]
    customer_portal_settings: dict[str, Any]
    dispute_settings: dict[str, int | None]
    embed_hosts: list[str]
    country: str | None
    account_id: UUID | None
    payout_account_id: UUID | None
    capabilities: dict[str, bool]


def present_checkout_organization(organization: Organization) -> PublicOrganizationBody:
    """The eight fields that buyers may see."""
    settings = organization.subscription_settings
    return {
        "created_at": organization.created_at,
        "modified_at": organization.modified_at,
        "id": organization.pk,
        "name": organization.name,
        "slug": organization.slug,
        "avatar_url": organization.avatar_url,
        "proration_behavior": settings.get(
            "proration_behavior", SUBSCRIPTION_SETTINGS["proration_behavior"]
        ),
        "allow_customer_updates": settings.get(
            "allow_customer_updates", SUBSCRIPTION_SETTINGS["allow_customer_updates"]
        ),
    }


def present_portal_organization(organization: Organization) -> PortalOrganizationBody:
    """The eight fields, and what customers may do in their portal."""
    features = organization.feature_settings
    return {
        **present_checkout_organization(organization),
        "customer_portal_settings": filled(
            "customer_portal_settings", organization.customer_portal_settings
        ),
        "organization_features": {
            name: bool(features.get(name))
            for name in ("member_model_enabled", "checkout_localization_enabled")
        },
    }


def present_organization(organization: Organization) -> OrganizationBody:
    """Everything its own people and tokens may see."""
    capabilities = organization.capabilities
    return {
        **present_checkout_organization(organization),
        "email": organization.email,
        "website": organization.website,
        "socials": organization.socials,
        "status": organization.status,
        "details_submitted_at": organization.details_submitted_at,
        "onboarding_resubmission_requested_at": None,
        "sso_enforced": False,
        "default_presentment_currency": organization.default_presentment_currency,
        "default_tax_behavior": organization.default_tax_behavior,
        "feature_settings": {**FEATURE_SETTINGS, **organization.feature_settings},
        "subscription_settings": {
            **SUBSCRIPTION_SETTINGS,
            **organization.subscription_settings,
        },
        "customer_email_settings": {
            **CUSTOMER_EMAIL_SETTINGS,
            **organization.customer_email_settings,
        },
        "customer_portal_settings": {
            **CUSTOMER_PORTAL_SETTINGS,
            **organization.customer_portal_settings,
        },
        "dispute_settings": {**DISPUTE_SETTINGS, **organization.dispute_settings},
        "embed_hosts": organization.embed_hosts,
        "country": organization.country,
        "account_id": None,
        "payout_account_id": None,
        "capabilities": {name: bool(capabilities.get(name)) for name in CAPABILITIES},
    }
