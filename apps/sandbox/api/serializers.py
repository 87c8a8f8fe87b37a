"""Bodies of the test clock's endpoints."""

from __future__ import annotations

from rest_framework import serializers


class AdvanceClockInput(serializers.Serializer[dict[str, int]]):
    """How far ahead; together more than nothing and at most ten years."""

    days = serializers.IntegerField(min_value=0, max_value=3660, default=0)
    hours = serializers.IntegerField(min_value=0, max_value=87840, default=0)
    minutes = serializers.IntegerField(min_value=0, max_value=5270400, default=0)
