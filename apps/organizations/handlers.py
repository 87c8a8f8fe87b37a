"""What other events mean for the life of an organization, and what is due by the clock."""

from __future__ import annotations

from uuid import UUID

from apps.core.origin import Origin
from apps.core.timers import Timer, register_timer
from apps.events.models import Event
from apps.events.registry import subscribe
from apps.organizations.models import Organization
from apps.organizations.operations import activate_if_ready, end_due_snooze, request_website_check
from apps.organizations.selectors import snoozes_due_by

# What may have been the last thing that was missing.
COMPLETING = ("organization.updated", "organization.payout_account_changed")


CALLING_FOR_A_LOOK = ("organization.review_opened", "organization.updated")


def register() -> None:
    """Subscribe; called once, when Django is ready."""
    for event_type in COMPLETING:
        subscribe(event_type, "organizations.activate", activate)
    for event_type in CALLING_FOR_A_LOOK:
        subscribe(event_type, "organizations.check_website", check_website, when=_concerns_website)
    register_timer(Timer(name="organizations.snooze", due=snoozes_due_by, run=_wake, rank=65))


def activate(event: Event, origin: Origin) -> None:
    """Something was completed: a new organization that passed its review sells from now on."""
    if event.organization_id is None:
        return
    waiting = Organization.objects.filter(
        pk=event.organization_id, status=Organization.Status.CREATED, deleted_at=None
    )
    if waiting.exists():
        activate_if_ready(organization_id=event.organization_id, origin=origin)


def check_website(event: Event, origin: Origin) -> None:
    """A merchant asks for its review, or has another website: somebody will want to know."""
    if event.organization_id is None:
        return
    organization = Organization.objects.filter(pk=event.organization_id, deleted_at=None).first()
    if organization is not None and organization.website:
        request_website_check(organization_id=organization.pk, origin=origin)


def _concerns_website(event: Event) -> bool:
    return event.type == "organization.review_opened" or "website" in event.changes


def _wake(organization_id: UUID, origin: Origin) -> None:
    end_due_snooze(organization_id=organization_id, origin=origin)
