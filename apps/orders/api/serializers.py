"""Input of the order endpoints."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from apps.api.inputs import MapField, TextField, WholeField
from apps.orders.operations import DraftInput


class OrderUpdateInput(serializers.Serializer[Any]):
    """New billing details; what is absent stays."""

    billing_name = TextField(required=False, allow_null=True, max_length=256)
    billing_address = MapField(required=False, allow_null=True)


class OrderCreateInput(serializers.Serializer[Any]):
    """A new draft."""

    organization_id = serializers.UUIDField(required=False, allow_null=True)
    customer_id = serializers.UUIDField()
    product_id = serializers.UUIDField()
    currency = TextField(required=False, allow_null=True, min_length=3, max_length=3)
    amount = WholeField(required=False, allow_null=True, min_value=0)
    units = WholeField(required=False, allow_null=True, min_value=1)
    description = TextField(required=False, allow_null=True, max_length=255)
    metadata = MapField(required=False)
    custom_field_data = MapField(required=False)


def draft_input(values: dict[str, Any]) -> DraftInput:
    """The checked body as the operation takes it."""
    return DraftInput(**values)
