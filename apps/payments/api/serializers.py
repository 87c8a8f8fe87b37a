"""Input of the payment endpoints."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers


class OrderFinalizeInput(serializers.Serializer[Any]):
    """The method to charge; the customer's default if absent."""

    payment_method_id = serializers.UUIDField(required=False, allow_null=True)
