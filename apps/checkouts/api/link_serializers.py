"""Input of the endpoints of checkout links."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from apps.api.inputs import ChoiceField, FlagField, MapField, TextField, WholeField
from apps.checkouts.api.serializers import INTERVALS, WebAddressField
from apps.checkouts.operations.choosing import MAX_QUANTITY


class LinkFields(serializers.Serializer[Any]):
    """What new and changed links share."""

    metadata = MapField(required=False)
    trial_interval = ChoiceField(choices=INTERVALS, required=False, allow_null=True)
    trial_interval_count = WholeField(required=False, allow_null=True, min_value=1, max_value=1000)
    label = TextField(required=False, allow_null=True, max_length=256)  # type: ignore[assignment]
    discount_id = serializers.UUIDField(required=False, allow_null=True)
    seats = WholeField(required=False, allow_null=True, min_value=1, max_value=MAX_QUANTITY)
    units = WholeField(required=False, allow_null=True, min_value=1, max_value=MAX_QUANTITY)
    success_url = WebAddressField(required=False, allow_null=True, max_length=2083)
    return_url = WebAddressField(required=False, allow_null=True, max_length=2083)


class CheckoutLinkCreateInput(LinkFields):
    """A new link: `products`, or in the older ways one `product_id` or `product_price_id`."""

    payment_processor = ChoiceField(choices=("stripe",), required=False)
    allow_discount_codes = FlagField(required=False)
    require_billing_address = FlagField(required=False)
    products = serializers.ListField(
        child=serializers.UUIDField(), min_length=1, max_length=100, required=False
    )
    product_id = serializers.UUIDField(required=False)
    product_price_id = serializers.UUIDField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Something must be sold."""
        if not {"products", "product_id", "product_price_id"} & set(attrs):
            raise serializers.ValidationError({"products": ["Field required"]}, "missing")
        return attrs


class CheckoutLinkUpdateInput(LinkFields):
    """A change of a link; what is absent stays."""

    metadata = MapField(required=False, allow_null=True)
    allow_discount_codes = FlagField(required=False, allow_null=True)
    require_billing_address = FlagField(required=False, allow_null=True)
    products = serializers.ListField(
        child=serializers.UUIDField(), max_length=100, required=False, allow_null=True
    )
