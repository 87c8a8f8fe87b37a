"""The inbox of provider events, for staff."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin

from apps.core.origin import Origin
from apps.core.staff import columns, roles, show
from apps.core.staff.records import RecordAdmin
from apps.core.staff.verbs import verb
from apps.processors.models import InboundEvent
from apps.processors.operations import replay_inbound_event
from apps.processors.states import INBOUND_EVENT

TONES = {"received": "busy", "handled": "good", "ignored": "plain", "failed": "bad"}


@admin.register(InboundEvent)
class InboundEventAdmin(RecordAdmin):
    """What the provider sent, as it was sent."""

    icon = "move_to_inbox"
    view_role = roles.SUPPORT
    actions_detail = ("replay",)
    search_hint = "Type, evt_…, ch_… or any provider id"
    search_fields = ("type__istartswith", "external_id", "object_id", "account")
    list_filter = ("status", "source", "received_at")
    list_display = (
        columns.text("type"),
        columns.badge("status", TONES),
        columns.code("external_id", "Event id", tail=True),
        columns.code("object_id", "About", tail=True),
        columns.text("attempt_count", "Tries"),
        columns.when("received_at"),
        columns.when("handled_at"),
        columns.column(lambda one: one.last_error[:80] or show.blank(), "Last error"),
    )
    ordering = ("-received_at",)
    facts: ClassVar = (
        (
            "Provider event",
            (
                "type",
                columns.badge("status", TONES),
                "source",
                columns.code("external_id", "Event id"),
                columns.code("object_id", "About"),
                columns.code("account"),
                columns.code("id"),
            ),
        ),
        (
            "Handling",
            (
                "received_at",
                "handled_at",
                columns.text("attempt_count", "Tries"),
                "next_attempt_at",
                columns.column(lambda one: show.lines(one.last_error), "Last error", kind="data"),
            ),
        ),
        ("Payload", ("payload",)),
    )

    @verb(
        title="Replay",
        role=roles.SUPPORT,
        icon="replay",
        text="It is handled once more from the start. What it has caused already stays as it is.",
        available=lambda event: (
            event.payload is not None
            and INBOUND_EVENT.allows(event.status, InboundEvent.Status.RECEIVED)
        ),
    )
    def replay(self, event: InboundEvent, data: dict[str, Any], origin: Origin) -> str:
        """Handle the event again."""
        replay_inbound_event(event_id=event.pk, origin=origin)
        return f"{event.type} is being handled again."
