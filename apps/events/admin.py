"""The record of everything that happened, for staff."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest
from django.utils.safestring import SafeString

from apps.core.origin import Origin
from apps.core.staff import columns, roles, show
from apps.core.staff.filters import presence
from apps.core.staff.panels import Panel, listing, panel, table
from apps.core.staff.records import RecordAdmin
from apps.core.staff.verbs import verb
from apps.events.models import Delivery, Event
from apps.events.operations import retry_delivery

ACTOR_TONES = {"staff": "warn", "merchant": "busy", "customer": "good"}


def subject_link(event: Event) -> SafeString:
    """The record an event is about, where it has a page."""
    for model in admin.site._registry:
        if model._meta.model_name == event.subject_type:
            text = f"{event.subject_type} …{event.subject_id[-8:]}"
            return show.link_to(model._meta.app_label, event.subject_type, event.subject_id, text)
    return show.code(f"{event.subject_type} {event.subject_id}")


def _who(event: Event) -> Any:
    return event.actor_label or event.actor_id or show.blank()


def _organization(event: Event) -> SafeString:
    key = event.organization_id
    text = f"…{str(key)[-8:]}" if key else None
    return show.link_to("organizations", "organization", key, text)


def delivery_state(delivery: Delivery) -> SafeString:
    """Done, given up, or still owed."""
    if delivery.done_at:
        return show.badge("done", "good")
    if delivery.given_up_at:
        return show.badge("given up", "bad")
    return show.badge("owed", "busy")


@admin.register(Event)
class EventAdmin(RecordAdmin):
    """Facts, in the order they were recorded."""

    icon = "history"
    has_timeline = False
    search_hint = "Type, subject id, actor, reason or id"
    search_fields = (
        "type__istartswith",
        "subject_id",
        "actor_label__icontains",
        "reason__icontains",
    )
    search_ids = ("id", "organization_id")
    list_filter = ("actor", "door", "subject_type", "at")
    list_display = (
        columns.text("type"),
        columns.column(subject_link, "Subject", order="subject_id", kind="link"),
        columns.badge("actor", ACTOR_TONES),
        columns.column(_who, "Who", order="actor_label"),
        columns.text("reason"),
        columns.column(_organization, "Organization", order="organization_id", kind="link"),
        columns.when("at", "When"),
    )
    ordering = ("-at",)
    facts: ClassVar = (
        (
            "Event",
            (
                "type",
                columns.column(subject_link, "Subject"),
                columns.column(_organization, "Organization"),
                columns.when("at", "When"),
                columns.code("correlation_id"),
                columns.code("id"),
            ),
        ),
        (
            "Origin",
            (
                columns.badge("actor", ACTOR_TONES),
                columns.column(_who, "Who"),
                columns.code("actor_id", "Actor id"),
                "door",
                "reason",
            ),
        ),
        ("Data", ("changes", "payload")),
    )


@admin.register(Delivery)
class DeliveryAdmin(RecordAdmin):
    """The outbox: which handler still owes what."""

    icon = "outbox"
    view_role = roles.SUPPORT
    actions_detail = ("retry",)
    related = ("event",)
    search_hint = "Handler, event type or id"
    search_fields = ("handler__icontains", "event__type__istartswith", "event__subject_id")
    search_ids = ("id", "event_id")
    list_filter = (
        presence("done_at", "Done", "done", "not done"),
        presence("given_up_at", "Given up", "given up", "not given up"),
    )
    list_display = (
        columns.text("handler"),
        columns.column(delivery_state, "State", kind="status"),
        columns.link("event"),
        columns.text("attempt_count", "Tries"),
        columns.when("next_attempt_at", "Next try"),
        columns.when("done_at"),
        columns.when("given_up_at"),
    )
    ordering = ("-next_attempt_at",)
    facts: ClassVar = (
        (
            "Delivery",
            (
                "handler",
                columns.column(delivery_state, "State"),
                "event",
                columns.code("id"),
                columns.text("attempt_count", "Tries"),
                "next_attempt_at",
                "done_at",
                "given_up_at",
                columns.column(lambda one: show.lines(one.last_error), "Last error", kind="data"),
            ),
        ),
    )

    @verb(
        title="Try again",
        role=roles.SUPPORT,
        icon="replay",
        text="The handler is run once more.",
        available=lambda delivery: delivery.given_up_at is not None and delivery.done_at is None,
    )
    def retry(self, delivery: Delivery, data: dict[str, Any], origin: Origin) -> str:
        """Run a handler that had given up."""
        retry_delivery(delivery_id=delivery.pk, origin=origin)
        return f"{delivery.handler} is being tried again."


@panel("organizations.organization", position=95)
def staff_acts_in_organization(organization: Any, request: HttpRequest) -> Panel:
    """What staff did to anything of this merchant."""
    return table(
        "Acts of staff",
        Event.objects.filter(organization_id=organization.pk, actor="staff").order_by("-at"),
        (
            columns.text("type"),
            columns.column(subject_link, "Subject", kind="link"),
            columns.column(_who, "Who"),
            columns.text("reason"),
            columns.when("at", "When"),
        ),
        more=listing("events", "event", organization_id=organization.pk, actor__exact="staff"),
        empty="Staff have done nothing here.",
    )


@panel("events.event", position=10)
def deliveries_of_event(event: Any, request: HttpRequest) -> Panel:
    """The handlers that run after it."""
    return table(
        "Handlers",
        Delivery.objects.filter(event=event).order_by("handler"),
        (
            columns.text("handler"),
            columns.column(delivery_state, "State", kind="status"),
            columns.text("attempt_count", "Tries"),
            columns.when("done_at"),
            columns.text("last_error", "Last error"),
        ),
        empty="No handler waits for this event.",
        limit=50,
    )
