"""Input of the discount endpoints."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from apps.api.inputs import ChoiceField, MapField, TextField, WholeField
from apps.discounts.inputs import DiscountInput

TYPES = ("fixed", "percentage")
DURATIONS = ("once", "repeating", "forever")
# Beyond 32 bits: an amount may be almost a million million.
MAX_AMOUNT = 999_999_999_999


class AmountsField(serializers.DictField):
    """Minor units by currency."""

    child = WholeField(min_value=0, max_value=MAX_AMOUNT)


class DiscountFields(serializers.Serializer[Any]):
    """What new and changed discounts share."""

    metadata = MapField(required=False)
    code = TextField(required=False, allow_null=True, max_length=256)
    starts_at = serializers.DateTimeField(required=False, allow_null=True)
    ends_at = serializers.DateTimeField(required=False, allow_null=True)
    max_redemptions = WholeField(required=False, allow_null=True, min_value=1)
    max_redemptions_per_customer = WholeField(required=False, allow_null=True, min_value=1)
    duration_in_months = WholeField(required=False, allow_null=True, min_value=1, max_value=999)
    amount = WholeField(required=False, allow_null=True, min_value=0, max_value=MAX_AMOUNT)
    currency = TextField(required=False, allow_null=True, min_length=3, max_length=3)
    amounts = AmountsField(required=False, allow_null=True)
    products = serializers.ListField(child=serializers.UUIDField(), required=False, allow_null=True)


class DiscountCreateInput(DiscountFields):
    """A new discount."""

    name = TextField(min_length=1, max_length=256)
    type = ChoiceField(choices=TYPES)
    duration = ChoiceField(choices=DURATIONS)
    basis_points = WholeField(required=False, min_value=1, max_value=10_000)
    organization_id = TextField(required=False, allow_null=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """A percentage says how much; a fixed one does by the rules of the operation."""
        if attrs["type"] == "percentage" and "basis_points" not in attrs:
            raise serializers.ValidationError({"basis_points": ["Field required"]}, "required")
        return attrs


class DiscountUpdateInput(DiscountFields):
    """A change of a discount; what is absent stays."""

    name = TextField(required=False, allow_null=True, min_length=1, max_length=256)
    type = ChoiceField(choices=TYPES, required=False, allow_null=True)
    duration = ChoiceField(choices=DURATIONS, required=False, allow_null=True)
    basis_points = WholeField(required=False, allow_null=True, min_value=1, max_value=10_000)


def discount_input(values: dict[str, Any], *, usual_currency: str) -> DiscountInput:
    """The checked body of a creation; the older `amount` is an `amounts` of one currency."""
    fields = {name: value for name, value in values.items() if value is not None}
    amount = fields.pop("amount", None)
    currency = fields.pop("currency", usual_currency)
    if "amounts" not in fields and amount is not None:
        fields["amounts"] = {currency: amount}
    return DiscountInput(**fields)
