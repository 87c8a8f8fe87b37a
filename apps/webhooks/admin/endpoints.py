"""Endpoints, for staff."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest

from apps.core.origin import Origin
from apps.core.staff import columns, roles, show
from apps.core.staff.filters import presence
from apps.core.staff.panels import Panel, latest, listing, panel, table
from apps.core.staff.records import RecordAdmin
from apps.core.staff.verbs import verb
from apps.webhooks.admin.cells import EVENT_COLUMNS, REASONS, state_of
from apps.webhooks.forms import RedeliveryForm
from apps.webhooks.models import WebhookEndpoint, WebhookEvent
from apps.webhooks.operations import (
    disable_endpoint,
    enable_endpoint,
    redeliver_events,
    reset_endpoint_secret,
)

ENDPOINT_COLUMNS = (
    columns.column(str, "Endpoint", kind="text"),
    columns.column(state_of, "State", kind="status"),
    columns.text("format"),
    columns.text("api_version", "Version"),
    columns.when("created_at", "Made"),
)


def _is_on(endpoint: WebhookEndpoint) -> bool:
    return endpoint.is_enabled and endpoint.deleted_at is None


@admin.register(WebhookEndpoint)
class WebhookEndpointAdmin(RecordAdmin):
    """Where merchants hear of what happens."""

    icon = "webhook"
    related = ("organization",)
    actions_detail = ("redeliver", "enable", "disable", "renew_secret")
    search_hint = "Address, name or id"
    search_fields = ("url__icontains", "name__icontains")
    search_ids = ("id", "organization_id")
    list_filter = (
        "is_enabled",
        "format",
        "api_version",
        "disabled_reason",
        presence("deleted_at", "Deleted", "deleted", "there"),
    )
    list_display = (*ENDPOINT_COLUMNS[:4], columns.link("organization"), ENDPOINT_COLUMNS[4])
    ordering = ("-created_at",)
    empty_text = "No merchant listens yet."
    facts: ClassVar = (
        (
            "Endpoint",
            (
                columns.column(state_of, "State"),
                "name",
                columns.code("url", "Address"),
                "organization",
                "format",
                columns.text("api_version", "API version"),
                columns.column(lambda one: show.lines("\n".join(one.events)), "Told of"),
                "created_at",
                columns.when("deleted_at"),
                columns.code("id"),
            ),
        ),
        (
            "Delivering",
            (
                columns.text("last_sequence", "Events so far"),
                columns.text("failure_count", "Failures in a row"),
                columns.when("next_attempt_at", "Tried again"),
                columns.when("claimed_until", "In a courier's hands until"),
                columns.when("disabled_at", "Disabled"),
                columns.column(
                    lambda one: REASONS.get(one.disabled_reason, ""), "Why it is disabled"
                ),
                columns.when("former_secret_until", "Former secret holds until"),
            ),
        ),
    )

    @verb(
        title="Deliver again",
        role=roles.SUPPORT,
        icon="replay",
        form=RedeliveryForm,
        text="Past events go out once more, with their ids, in their order, before all newer ones.",
        available=_is_on,
    )
    def redeliver(self, endpoint: WebhookEndpoint, data: dict[str, Any], origin: Origin) -> str:
        """Deliver what fits once more."""
        count = redeliver_events(
            endpoint_id=endpoint.pk, selection=data["selection"], origin=origin
        )
        return f"{count:,} event{'' if count == 1 else 's'} will be delivered again."

    @verb(
        title="Enable",
        role=roles.SUPPORT,
        icon="toggle_on",
        text="It hears of what happens from now on. What it missed can be delivered again.",
        available=lambda one: not one.is_enabled and one.deleted_at is None,
    )
    def enable(self, endpoint: WebhookEndpoint, data: dict[str, Any], origin: Origin) -> str:
        """Switch it on."""
        enable_endpoint(endpoint_id=endpoint.pk, origin=origin)
        return f"{endpoint} is enabled."

    @verb(
        title="Disable",
        role=roles.SUPPORT,
        icon="toggle_off",
        is_danger=True,
        text="Nothing is delivered any more; what waits, and what comes, is kept as skipped.",
        available=_is_on,
    )
    def disable(self, endpoint: WebhookEndpoint, data: dict[str, Any], origin: Origin) -> str:
        """Switch it off."""
        disable_endpoint(endpoint_id=endpoint.pk, origin=origin)
        return f"{endpoint} is disabled."

    @verb(
        title="Renew the secret",
        role=roles.ADMIN,
        icon="key",
        is_danger=True,
        text=(
            "The merchant finds the new secret over the API. Deliveries carry a signature of the "
            "former one, too, for 24 hours."
        ),
        available=lambda one: one.deleted_at is None,
    )
    def renew_secret(self, endpoint: WebhookEndpoint, data: dict[str, Any], origin: Origin) -> str:
        """Give it another secret, which staff do not see."""
        reset_endpoint_secret(endpoint_id=endpoint.pk, origin=origin)
        return f"{endpoint} has a new secret."


@panel("webhooks.webhookendpoint", position=10)
def waiting(endpoint: Any, request: HttpRequest) -> Panel:
    """What waits for it, in order."""
    rows = WebhookEvent.objects.filter(endpoint=endpoint, status="pending")
    return table(
        "Waiting",
        rows.order_by("sequence", "position"),
        EVENT_COLUMNS,
        more=listing(
            "webhooks", "webhookevent", endpoint__id__exact=endpoint.pk, status__exact="pending"
        ),
        empty="Nothing waits.",
    )


@panel("webhooks.webhookendpoint", position=20)
def delivered(endpoint: Any, request: HttpRequest) -> Panel:
    """What became of the latest events."""
    rows = WebhookEvent.objects.filter(endpoint=endpoint).exclude(status="pending")
    return table(
        "Latest events",
        rows.order_by("-created_at"),
        EVENT_COLUMNS,
        more=listing("webhooks", "webhookevent", endpoint__id__exact=endpoint.pk),
        empty="Nothing was delivered yet.",
    )


latest(
    "organizations.organization",
    WebhookEndpoint,
    "organization",
    ENDPOINT_COLUMNS,
    title="Webhook endpoints",
    position=90,
    empty="This merchant does not listen.",
)
