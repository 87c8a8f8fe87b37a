"""What the webhooks know of a merchant's onboarding."""

from __future__ import annotations

from apps.organizations.models import Organization
from apps.organizations.onboarding import Finding, register_step
from apps.webhooks.models import WebhookEndpoint


def register() -> None:
    """Called once, when Django is ready."""
    register_step("setup", "Setup: access token and webhook", _setup, position=20)


def _setup(organization: Organization) -> Finding:
    """A way to sell, which is the API; without a webhook the merchant learns of no sale."""
    if not organization.access_tokens.filter(revoked_at=None).exists():
        return Finding(False, "No access token.")
    endpoints = WebhookEndpoint.objects.filter(
        organization=organization, is_enabled=True, deleted_at=None
    )
    return Finding(True, "" if endpoints.exists() else "No webhook endpoint: sales go unnoticed.")
