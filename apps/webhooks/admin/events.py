"""Events on their way to endpoints, for staff."""

from __future__ import annotations

import json
from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest
from django.utils.safestring import SafeString

from apps.core.origin import Origin
from apps.core.staff import columns, roles, show
from apps.core.staff.panels import Panel, listing, panel, table
from apps.core.staff.records import RecordAdmin
from apps.core.staff.verbs import verb
from apps.webhooks.admin.cells import DELIVERY_COLUMNS, EVENT_COLUMNS, EVENT_TONES, last_code
from apps.webhooks.models import WebhookEvent
from apps.webhooks.operations import redeliver_event


def _payload(event: WebhookEvent) -> SafeString:
    if event.payload is None:
        return show.badge("archived")
    return show.data(json.loads(event.payload))


@admin.register(WebhookEvent)
class WebhookEventAdmin(RecordAdmin):
    """What merchants were told, are told, or could not be told."""

    icon = "send"
    related = ("endpoint", "organization")
    actions_detail = ("redeliver",)
    search_hint = "Event, subject, endpoint or organization id"
    search_fields = ("type__istartswith", "subject_id")
    search_ids = ("id", "endpoint_id", "organization_id", "customer_id")
    list_filter = ("status", "type", "created_at")
    tabs = "status"
    list_display = (
        *EVENT_COLUMNS[:5],
        columns.link("endpoint"),
        columns.link("organization"),
        EVENT_COLUMNS[5],
    )
    ordering = ("-created_at",)
    empty_text = "No merchant has been told of anything yet."
    facts: ClassVar = (
        (
            "Event",
            (
                "type",
                columns.badge("status", EVENT_TONES),
                columns.column(
                    lambda event: show.code(f"{event.subject_type} {event.subject_id}"), "About"
                ),
                columns.link("endpoint"),
                "organization",
                columns.text("api_version", "API version"),
                columns.code("correlation_id"),
                columns.code("id"),
            ),
        ),
        (
            "Delivering",
            (
                columns.text("sequence", "Number at the endpoint"),
                columns.text("attempt_count", "Tries"),
                columns.column(last_code, "Last answer"),
                columns.when("created_at", "Written"),
                columns.when("first_attempt_at", "First tried"),
                columns.when("finished_at", "Finished"),
            ),
        ),
        ("What is sent", (columns.column(_payload, "Payload", kind="data"),)),
    )

    @verb(
        title="Deliver again",
        role=roles.SUPPORT,
        icon="replay",
        text="The same event goes out now, before all newer ones, with the same id.",
        available=lambda event: event.payload is not None,
    )
    def redeliver(self, event: WebhookEvent, data: dict[str, Any], origin: Origin) -> str:
        """Deliver it once more."""
        redeliver_event(event_id=event.pk, origin=origin)
        return f"{event} will be delivered again."


@panel("webhooks.webhookevent", position=10)
def tries(event: Any, request: HttpRequest) -> Panel:
    """Every try, the latest on top."""
    return table(
        "Deliveries",
        event.deliveries.order_by("-created_at"),
        DELIVERY_COLUMNS,
        more=listing("webhooks", "webhookdelivery", event__id__exact=event.pk),
        empty="It was not tried yet.",
    )


def _told(record: Any, request: HttpRequest) -> Panel:
    rows = WebhookEvent.objects.filter(
        subject_type=record._meta.model_name, subject_id=str(record.pk)
    )
    return table(
        "Told the merchant",
        rows.select_related("endpoint").order_by("-created_at", "-position"),
        (*EVENT_COLUMNS[:2], columns.link("endpoint"), EVENT_COLUMNS[5]),
        more=listing("webhooks", "webhookevent", q=record.pk),
        empty="No endpoint of the merchant listens for this.",
    )


for _label in ("orders.order", "subscriptions.subscription", "payments.refund"):
    panel(_label, position=88)(_told)
