"""Reads of the inbox."""

from __future__ import annotations

from django.conf import settings

from apps.processors.models import ProviderEndpoint


def webhook_secrets() -> list[str]:
    """Every secret that may have signed a webhook: configured, or of an endpoint we registered."""
    stored = ProviderEndpoint.objects.filter(retired_at=None).exclude(secret="")
    configured = (settings.STRIPE_WEBHOOK_SECRET, settings.STRIPE_CONNECT_WEBHOOK_SECRET)
    secrets = stored.order_by("-created_at").values_list("secret", flat=True)
    return [*filter(None, configured), *secrets]
