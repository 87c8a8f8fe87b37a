"""Every try to deliver an event, for staff."""

from __future__ import annotations

from typing import ClassVar

from django.contrib import admin

from apps.core.staff import columns, show
from apps.core.staff.records import RecordAdmin
from apps.webhooks.admin.cells import DELIVERY_COLUMNS, answer_of, duration_of
from apps.webhooks.models import WebhookDelivery


@admin.register(WebhookDelivery)
class WebhookDeliveryAdmin(RecordAdmin):
    """What was sent where, what came back, and how long it took."""

    icon = "swap_calls"
    related = ("event", "endpoint", "organization")
    has_timeline = False
    search_hint = "Event, endpoint or organization id, status code"
    search_fields = ("http_code__iexact",)
    search_ids = ("id", "event_id", "endpoint_id", "organization_id")
    list_filter = ("is_success", "http_code", "created_at")
    list_display = (
        DELIVERY_COLUMNS[0],
        columns.link("event"),
        columns.link("endpoint"),
        columns.link("organization"),
        *DELIVERY_COLUMNS[1:3],
    )
    ordering = ("-created_at",)
    empty_text = "Nothing was sent yet."
    facts: ClassVar = (
        (
            "Try",
            (
                columns.column(answer_of, "Answer"),
                columns.column(duration_of, "Took"),
                columns.when("created_at", "Tried"),
                columns.link("event"),
                columns.link("endpoint"),
                "organization",
                columns.code("id"),
            ),
        ),
        (
            "Sent",
            (
                columns.code("url", "To"),
                columns.column(lambda one: show.data(one.request_headers), "Headers", kind="data"),
            ),
        ),
        (
            "Came back",
            (columns.column(lambda one: show.lines(one.response), "Answer", kind="data"),),
        ),
    )
