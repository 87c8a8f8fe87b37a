"""Input of the seat endpoints."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from rest_framework import serializers

from apps.api.inputs import EmailField, FlagField, MapField, TextField
from apps.seats.operations import SeatTarget

_WHO: Final = ("email", "customer_id", "external_customer_id", "member_id", "external_member_id")


class SeatAssignInput(serializers.Serializer[Any]):
    """A seat of which purchase, and for whom."""

    subscription_id = serializers.UUIDField(required=False, allow_null=True)
    order_id = serializers.UUIDField(required=False, allow_null=True)
    email = EmailField(required=False, allow_null=True)
    external_customer_id = TextField(required=False, allow_null=True, max_length=256)
    customer_id = serializers.UUIDField(required=False, allow_null=True)
    external_member_id = TextField(required=False, allow_null=True, max_length=256)
    member_id = serializers.UUIDField(required=False, allow_null=True)
    metadata = MapField(required=False, allow_null=True)
    immediate_claim = FlagField(required=False, default=False)

    containers: ClassVar[tuple[str, ...]] = ("subscription_id", "order_id")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """One purchase."""
        if sum(attrs.get(name) is not None for name in self.containers) != 1:
            message = f"Name one purchase, by {' or '.join(self.containers)}."
            raise serializers.ValidationError({self.containers[0]: [message]}, "value_error")
        return attrs


class PortalSeatAssignInput(SeatAssignInput):
    """The same, asked for by the customer who bought it, who may also name the checkout."""

    checkout_id = serializers.UUIDField(required=False, allow_null=True)

    containers = ("subscription_id", "order_id", "checkout_id")


class SeatClaimInput(serializers.Serializer[Any]):
    """The token of an invitation."""

    invitation_token = TextField(max_length=200)


def target_of(values: dict[str, Any]) -> SeatTarget:
    """Who is meant by a checked body."""
    return SeatTarget(**{name: values.get(name) for name in _WHO})
