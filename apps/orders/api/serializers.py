"""Input of the order endpoints."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from apps.api.inputs import MapField, TextField


class OrderUpdateInput(serializers.Serializer[Any]):
    """New billing details; what is absent stays."""

    billing_name = TextField(required=False, allow_null=True, max_length=256)
    billing_address = MapField(required=False, allow_null=True)


class OrderFinalizeInput(serializers.Serializer[Any]):
    """The method to charge; the customer's default if absent."""

    payment_method_id = TextField(required=False, allow_null=True)
