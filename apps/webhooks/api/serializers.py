"""Input of the webhook endpoints."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from apps.api.inputs import ChoiceField, FlagField, TextField
from apps.core.outbound.addresses import MAX_URL_LENGTH
from apps.webhooks.models import WebhookEndpoint, WebhookEvent
from apps.webhooks.registry import EVENT_TYPES
from apps.webhooks.rules import MAX_NAME_LENGTH

FORMATS = tuple(WebhookEndpoint.Format.values)
OUTCOMES = tuple(status for status in WebhookEvent.Status.values if status != "pending")


class EventsField(serializers.ListField):
    """Types of events."""

    child = ChoiceField(choices=EVENT_TYPES)


class WebhookEndpointCreateInput(serializers.Serializer[Any]):
    """A new endpoint."""

    url = TextField(min_length=1, max_length=MAX_URL_LENGTH)
    name = TextField(required=False, allow_null=True, max_length=MAX_NAME_LENGTH)
    api_version = TextField(required=False, allow_null=True)
    format = ChoiceField(choices=FORMATS)
    events = EventsField()
    organization_id = TextField(required=False, allow_null=True)


class WebhookEndpointUpdateInput(serializers.Serializer[Any]):
    """A change of an endpoint; what is absent or null stays."""

    url = TextField(required=False, allow_null=True, min_length=1, max_length=MAX_URL_LENGTH)
    name = TextField(required=False, allow_null=True, max_length=MAX_NAME_LENGTH)
    api_version = TextField(required=False, allow_null=True)
    format = ChoiceField(choices=FORMATS, required=False, allow_null=True)
    events = EventsField(required=False, allow_null=True)
    enabled = FlagField(required=False, allow_null=True)


class RedeliveryInput(serializers.Serializer[Any]):
    """Which events to deliver again; what is absent or null does not narrow."""

    start_timestamp = serializers.DateTimeField(required=False, allow_null=True)
    end_timestamp = serializers.DateTimeField(required=False, allow_null=True)
    event_types = EventsField(required=False, allow_null=True)
    outcomes = serializers.ListField(
        child=ChoiceField(choices=OUTCOMES), required=False, allow_null=True
    )
