"""What merchants are told of their organization; it lives below, so that this app speaks for it."""

from __future__ import annotations

from typing import Any

from apps.events.models import Event
from apps.organizations.api.presenters import present_organization
from apps.organizations.models import Organization
from apps.webhooks.registry import tell_each

TOLD = (
    "organization.updated",
    "organization.status_changed",
    "organization.capability_overridden",
)


def register() -> None:
    """Called once, when Django is ready."""
    tell_each(TOLD, names=("organization.updated",), present=_organization)


def _organization(event: Event, version: str) -> Any:
    return present_organization(Organization.objects.get(pk=event.subject_id))
