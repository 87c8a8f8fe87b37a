"""The addresses of the customer's own pages. Pure."""

from urllib.parse import urlencode

from django.conf import settings

from apps.organizations.models import Organization


def portal_url(organization: Organization, token: str) -> str:
    """Where a session's token opens the pages of a customer of this merchant."""
    return f"{settings.BASE_URL}/{organization.slug}/portal?" + urlencode(
        {"customer_session_token": token}
    )
