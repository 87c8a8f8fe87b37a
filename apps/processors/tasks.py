"""Tasks of the inbox."""

from __future__ import annotations

from uuid import UUID

from apps.core.jobs import job
from apps.core.origin import Actor, Door, build_origin, system_origin
from apps.processors import operations


@job("processors.handle_inbound_event", queue="webhooks")
def handle_inbound_event(*, event_id: str, **_future: object) -> None:
    """Handle one stored event."""
    operations.handle_inbound_event(
        event_id=UUID(event_id),
        origin=build_origin(actor=Actor.PROVIDER, actor_label="Stripe", door=Door.WEBHOOK),
    )


@job("processors.sweep", queue="webhooks")
def sweep(**_future: object) -> None:
    """Take up stored events that nobody has handled."""
    operations.send_due_events(origin=system_origin(Door.TASK))


@job("processors.drop_old_payloads", queue="low")
def drop_old_payloads(**_future: object) -> None:
    """Keep what the provider sent only as long as it may be needed."""
    operations.drop_old_payloads(origin=system_origin(Door.TASK))
