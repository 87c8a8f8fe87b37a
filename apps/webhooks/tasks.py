"""Jobs of webhooks."""

from __future__ import annotations

from uuid import UUID

from apps.core.jobs import enqueue, job
from apps.core.origin import Door, system_origin
from apps.webhooks.courier import serve
from apps.webhooks.operations import archive_events
from apps.webhooks.operations.archiving import BATCH
from apps.webhooks.selectors import endpoints_to_serve

# So many endpoints are taken up by one sweep; the next comes soon.
SWEPT = 500


@job("webhooks.serve_endpoint", queue="webhooks")
def serve_endpoint(*, endpoint_id: str, **_future: object) -> None:
    """Deliver what waits for one endpoint."""
    serve(UUID(endpoint_id))


@job("webhooks.sweep", queue="webhooks")
def sweep(**_future: object) -> None:
    """Take up endpoints that the broker lost, or whose pause is over."""
    for endpoint_id in endpoints_to_serve(system_origin(Door.TASK).at, SWEPT):
        enqueue("webhooks.serve_endpoint", endpoint_id=str(endpoint_id))


@job("webhooks.archive_events", queue="low")
def archive(**_future: object) -> None:
    """Drop the payloads of old events, batch by batch."""
    while archive_events(origin=system_origin(Door.TASK)) == BATCH:
        pass
