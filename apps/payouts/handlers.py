"""What other apps' events mean for payouts, and what is due by the clock."""

from __future__ import annotations

from uuid import UUID

from apps.core.origin import Origin
from apps.core.timers import Timer, register_timer
from apps.events.models import Event
from apps.events.registry import listen
from apps.payouts.operations import follow_organization, run_payout_schedule
from apps.payouts.selectors import schedules_due_by


def register() -> None:
    """Subscribe; called once, when Django is ready."""
    listen("organization.status_changed", follow_status)
    register_timer(Timer(name="payouts.schedule", due=schedules_due_by, run=_run, rank=80))


def follow_status(event: Event, origin: Origin) -> None:
    """An organization was approved, has left, or has to start again."""
    status = event.changes.get("status", ["", ""])[1]
    follow_organization(organization_id=UUID(event.subject_id), status=status, origin=origin)


def _run(organization_id: UUID, origin: Origin) -> None:
    run_payout_schedule(organization_id=organization_id, origin=origin)
