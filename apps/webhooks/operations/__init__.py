"""What can be done with webhooks."""

from apps.webhooks.operations.announcing import announce_event
from apps.webhooks.operations.archiving import archive_events
from apps.webhooks.operations.endpoints import (
    EndpointInput,
    create_endpoint,
    delete_endpoint,
    disable_endpoint,
    enable_endpoint,
    reset_endpoint_secret,
    update_endpoint,
)
from apps.webhooks.operations.forgetting import forget_told
from apps.webhooks.operations.redelivering import (
    Selection,
    redeliver_event,
    redeliver_events,
    selected_events,
)
from apps.webhooks.operations.serving import claim_endpoint, record_attempt, release_endpoint

__all__ = [
    "EndpointInput",
    "Selection",
    "announce_event",
    "archive_events",
    "claim_endpoint",
    "create_endpoint",
    "delete_endpoint",
    "disable_endpoint",
    "enable_endpoint",
    "forget_told",
    "record_attempt",
    "redeliver_event",
    "redeliver_events",
    "release_endpoint",
    "reset_endpoint_secret",
    "selected_events",
    "update_endpoint",
]
