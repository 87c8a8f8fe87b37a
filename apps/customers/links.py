"""The addresses of the customer's own pages. Pure."""

from urllib.parse import urlencode

from django.conf import settings

from apps.organizations.models import Organization


def email_change_url(organization: Organization, token: str) -> str:
    """Where a customer says that a new address is theirs."""
    return f"{portal_page(organization)}/email?{urlencode({'token': token})}"


def portal_page(organization: Organization) -> str:
    """Where the customers of a merchant sign in."""
    return f"{settings.BASE_URL}/portal/{organization.slug}"


def portal_url(organization: Organization, token: str) -> str:
    """Where a session's token opens the pages of a customer of this merchant."""
    return f"{settings.BASE_URL}/{organization.slug}/portal?" + urlencode(
        {"customer_session_token": token}
    )
