"""Merchants, their people, their access tokens, and how they were reviewed."""

from apps.organizations.models.impersonations import Impersonation
from apps.organizations.models.invitations import Invitation
from apps.organizations.models.organizations import (
    AccessToken,
    Membership,
    Organization,
    OrganizationCounter,
)
from apps.organizations.models.reviews import OrganizationNote, OrganizationReview
from apps.organizations.models.websites import WebsiteCheck

__all__ = [
    "AccessToken",
    "Impersonation",
    "Invitation",
    "Membership",
    "Organization",
    "OrganizationCounter",
    "OrganizationNote",
    "OrganizationReview",
    "WebsiteCheck",
]
