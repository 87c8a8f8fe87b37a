"""Organizations as the API shows them: plain dicts, the shape of every version."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, NotRequired, TypedDict
from uuid import UUID

from apps.api.shapes import Keys, OneOf, Shown
from apps.api.vocabulary import Country, ProrationBehavior, TaxBehaviorOption
from apps.organizations.api.serializers import SOCIAL_PLATFORMS
from apps.organizations.defaults import (
    CUSTOMER_EMAIL_SETTINGS,
    CUSTOMER_PORTAL_SETTINGS,
    DISPUTE_SETTINGS,
    FEATURE_SETTINGS,
    SUBSCRIPTION_SETTINGS,
    filled,
)
from apps.organizations.models import Organization
from apps.organizations.payout_accounts import payout_account_of
from apps.organizations.states import CAPABILITIES


class SocialLinkBody(TypedDict):
    """A page of a merchant elsewhere."""

    platform: Annotated[str, OneOf(SOCIAL_PLATFORMS)]
    url: str


class SubscriptionSettingsBody(TypedDict):
    """How a merchant's subscriptions go; the intervals are days between tries to charge."""

    allow_multiple_subscriptions: bool
    proration_behavior: Annotated[str, OneOf(("invoice", "prorate", "next_period"))]
    benefit_revocation_grace_period: int
    dunning_intervals: list[int]
    prevent_trial_abuse: bool
    allow_customer_updates: bool


class DisputeSettingsBody(TypedDict):
    """Below which amount a dispute is accepted by itself, if at all."""

    auto_accept_below_amount: int | None


class PortalUsageBody(TypedDict):
    """Whether customers see what they have used."""

    show: bool


class PortalSubscriptionBody(TypedDict):
    """What customers may do with their subscriptions."""

    update_seats: bool
    update_plan: bool
    update_units: NotRequired[bool]
    pause: NotRequired[bool]


class PortalAccountBody(TypedDict):
    """What customers may do with their account."""

    allow_email_change: bool


class PortalSettingsBody(TypedDict):
    """What customers see and may do by themselves."""

    usage: PortalUsageBody
    subscription: PortalSubscriptionBody
    customer: PortalAccountBody


class PortalFeaturesBody(TypedDict):
    """What customers meet in a merchant's portal."""

    member_model_enabled: bool
    checkout_localization_enabled: bool


SocialLink = Annotated[dict[str, str], Shown(SocialLinkBody)]
PortalSettings = Annotated[dict[str, Any], Shown(PortalSettingsBody)]
# Groups of switches, told by the names of their defaults.
_FEATURES = Keys(
    "FeatureSettings",
    {
        name: list[str] | None if default is None else bool
        for name, default in FEATURE_SETTINGS.items()
    },
)
_MAILS = Keys("CustomerEmailSettings", dict.fromkeys(CUSTOMER_EMAIL_SETTINGS, bool))
_CAPABILITIES = Keys("Capabilities", dict.fromkeys(CAPABILITIES, bool))


class PublicOrganizationBody(TypedDict):
    """What a buyer sees of a merchant."""

    created_at: datetime
    modified_at: datetime | None
    id: UUID
    name: str
    slug: str
    avatar_url: str | None
    proration_behavior: ProrationBehavior
    allow_customer_updates: bool


class PortalOrganizationBody(PublicOrganizationBody):
    """What a customer sees of a merchant: what they may do by themselves as well."""

    customer_portal_settings: PortalSettings
    organization_features: Annotated[dict[str, bool], Shown(PortalFeaturesBody)]


class OrganizationBody(PublicOrganizationBody):
    """What a merchant sees of its own organization."""

    email: str | None
    website: str | None
    socials: list[SocialLink]
    status: Annotated[str, OneOf(Organization.Status.values)]
    details_submitted_at: datetime | None
    onboarding_resubmission_requested_at: datetime | None
    sso_enforced: bool
    default_presentment_currency: str
    default_tax_behavior: TaxBehaviorOption
    feature_settings: Annotated[dict[str, Any], Shown(_FEATURES)]
    subscription_settings: Annotated[dict[str, Any], Shown(SubscriptionSettingsBody)]
    customer_email_settings: Annotated[dict[str, bool], Shown(_MAILS)]
    customer_portal_settings: PortalSettings
    dispute_settings: Annotated[dict[str, int | None], Shown(DisputeSettingsBody)]
    embed_hosts: list[str]
    country: Country | None
    account_id: UUID | None
    payout_account_id: UUID | None
    capabilities: Annotated[dict[str, bool], Shown(_CAPABILITIES)]


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
    """Everything its own people and tokens may see; one query, for its payout account."""
    capabilities = organization.capabilities
    payout_account_id = payout_account_of(organization.pk)
    return {
        **present_checkout_organization(organization),
        "email": organization.email,
        "website": organization.website,
        "socials": organization.socials,
        "status": organization.status,
        "details_submitted_at": organization.details_submitted_at,
        "onboarding_resubmission_requested_at": organization.onboarding_resubmission_requested_at,
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
        # One account serves for both: what is sold for a merchant is booked under its own id.
        "account_id": payout_account_id,
        "payout_account_id": payout_account_id,
        "capabilities": {name: bool(capabilities.get(name)) for name in CAPABILITIES},
    }
