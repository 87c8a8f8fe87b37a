"""Taking in the provider's events, and telling the provider where to send them."""

from apps.processors.operations.endpoints import ensure_webhook_endpoint
from apps.processors.operations.forgetting import drop_old_payloads
from apps.processors.operations.inbound import (
    handle_inbound_event,
    replay_inbound_event,
    send_due_events,
    store_inbound_event,
)

__all__ = [
    "drop_old_payloads",
    "ensure_webhook_endpoint",
    "handle_inbound_event",
    "replay_inbound_event",
    "send_due_events",
    "store_inbound_event",
]
