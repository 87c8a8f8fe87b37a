"""Tasks of the outbox."""

from __future__ import annotations

from uuid import UUID

from apps.core.jobs import job
from apps.core.origin import Door, system_origin
from apps.events import operations
from apps.events.selectors import open_delivery_ids


@job("events.deliver_event", queue="high")
def deliver_event(*, event_id: str, **_future: object) -> None:
    """Run the handlers of one event that have not run yet."""
    for delivery_id in open_delivery_ids(UUID(event_id)):
        operations.deliver(delivery_id=delivery_id, origin=system_origin(Door.TASK))


@job("events.sweep", queue="high")
def sweep(**_future: object) -> None:
    """Send again what the broker lost, and what is due for another attempt."""
    operations.send_due_deliveries(origin=system_origin(Door.TASK))
