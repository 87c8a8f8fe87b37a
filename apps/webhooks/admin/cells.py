"""How endpoints, events and tries are shown."""

from __future__ import annotations

from typing import Final

from django.utils.safestring import SafeString

from apps.core.staff import columns, show
from apps.webhooks.models import WebhookDelivery, WebhookEndpoint, WebhookEvent

EVENT_TONES: Final = {"pending": "busy", "delivered": "good", "failed": "bad", "skipped": ""}
REASONS: Final = {
    "merchant": "by the merchant",
    "staff": "by staff",
    "gone": "it said it is gone (410)",
    "failing": "too many failures",
}


def state_of(endpoint: WebhookEndpoint) -> SafeString:
    """What it does at the moment."""
    if endpoint.deleted_at is not None:
        return show.badge("deleted")
    if not endpoint.is_enabled:
        return show.badge("disabled", "bad" if endpoint.disabled_reason != "merchant" else "")
    if endpoint.failure_count:
        return show.badge("failing", "warn")
    return show.badge("enabled", "good")


def answer_of(delivery: WebhookDelivery) -> SafeString:
    """The status code, or that there was none."""
    word = str(delivery.http_code) if delivery.http_code else "no answer"
    return show.badge(word, "good" if delivery.is_success else "bad")


def duration_of(delivery: WebhookDelivery) -> str:
    """How long it took."""
    return f"{delivery.duration_ms:,} ms"


def last_code(event: WebhookEvent) -> str:
    """The status code of the latest try."""
    return str(event.last_http_code or "")


SEQUENCE = columns.text("sequence", "No.")
EVENT_COLUMNS = (
    columns.column(str, "Event", order="type", kind="text"),
    columns.badge("status", EVENT_TONES),
    SEQUENCE,
    columns.text("attempt_count", "Tries"),
    columns.column(last_code, "Last answer", order="last_http_code"),
    columns.when("created_at", "Written"),
)
DELIVERY_COLUMNS = (
    columns.column(answer_of, "Answer", order="http_code", kind="status"),
    columns.column(duration_of, "Took", order="duration_ms"),
    columns.when("created_at", "Tried"),
    columns.column(lambda one: show.lines(one.response), "What came back", kind="data"),
)
