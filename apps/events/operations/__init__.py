"""Recording events, delivering them, and the verbs of staff on jobs that went wrong."""

from apps.events.operations.delivering import deliver, retry_delivery, send_due_deliveries
from apps.events.operations.jobs import retry_dead_task, run_periodic_now
from apps.events.operations.recording import record

__all__ = [
    "deliver",
    "record",
    "retry_dead_task",
    "retry_delivery",
    "run_periodic_now",
    "send_due_deliveries",
]
