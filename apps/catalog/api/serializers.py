"""Input of the product endpoints."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from rest_framework import serializers

from apps.api.inputs import (
    ChoiceField,
    FlagField,
    MapField,
    RateField,
    TextField,
    WholeField,
)
from apps.catalog.inputs import AttachedFieldInput, PriceInput, ProductInput
from apps.catalog.tiers import Tier, TierType

INTERVALS = ("day", "week", "month", "year")
VISIBILITIES = ("draft", "private", "public")
TIER_TYPES = tuple(kind.value for kind in TierType)
TAX_BEHAVIORS = ("location", "inclusive", "exclusive")


AMOUNT_TYPES = ("fixed", "free", "custom", "seat_based", "unit_based")


class SeatTierInput(serializers.Serializer[Any]):
    """From so many seats to so many, at so much each."""

    min_seats = WholeField(min_value=1)
    max_seats = WholeField(required=False, allow_null=True, min_value=1)
    price_per_seat = WholeField(min_value=0)


class SeatTiersInput(serializers.Serializer[Any]):
    """The tiers of seats, as versions before 2027 write them."""

    seat_tier_type = ChoiceField(choices=TIER_TYPES, required=False)
    tiers = SeatTierInput(many=True, allow_empty=False)


class TierInput(serializers.Serializer[Any]):
    """Up to and including `bound`, at `unit_amount` each."""

    bound = WholeField(required=False, allow_null=True, min_value=1)
    unit_amount = RateField()


class TiersInput(serializers.Serializer[Any]):
    """Tiers, each from where the one before ends."""

    type = ChoiceField(choices=TIER_TYPES)
    tiers = TierInput(many=True, allow_empty=False)


class PriceCreateInput(serializers.Serializer[Any]):
    """A new price: fixed, free, custom, by the seat or by the unit."""

    amount_type = ChoiceField(choices=AMOUNT_TYPES)
    price_currency = TextField(required=False, min_length=3, max_length=3)
    tax_behavior = ChoiceField(choices=TAX_BEHAVIORS, required=False, allow_null=True)
    price_amount = WholeField(required=False)
    minimum_amount = WholeField(required=False)
    maximum_amount = WholeField(required=False, allow_null=True)
    preset_amount = WholeField(required=False, allow_null=True)
    seat_tiers = SeatTiersInput(required=False)
    tiers = TiersInput(required=False)
    minimum_units = WholeField(required=False, allow_null=True, min_value=1)
    unit_label = serializers.DictField(
        child=serializers.DictField(child=TextField()), required=False, allow_null=True
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Each kind says how much."""
        kind = attrs["amount_type"]
        needed = {"fixed": "price_amount", "unit_based": "tiers"}.get(kind)
        if kind == "seat_based" and "tiers" not in attrs:
            needed = "seat_tiers"
        if needed and needed not in attrs:
            raise serializers.ValidationError({needed: ["Field required"]}, "required")
        return attrs


class PriceUpdateInput(PriceCreateInput):
    """A price to keep, by its id, or a new one."""

    id = serializers.UUIDField(required=False)
    amount_type = ChoiceField(choices=AMOUNT_TYPES, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Kept or new."""
        if "id" in attrs:
            return attrs
        if "amount_type" not in attrs:
            raise serializers.ValidationError({"amount_type": ["Field required"]}, "required")
        return super().validate(attrs)


class NothingYet(serializers.ListField):
    """A list of things that this installation cannot attach yet: only the empty list fits."""

    child = serializers.JSONField()

    def to_internal_value(self, data: Any) -> list[Any]:
        """An empty list."""
        values = super().to_internal_value(data)
        if values:
            raise serializers.ValidationError("No such object exists.", "value_error")
        return values


class AttachedFieldCreateInput(serializers.Serializer[Any]):
    """A custom field to ask buyers, at this place."""

    custom_field_id = serializers.UUIDField()
    required = FlagField()  # type: ignore[assignment]


class ProductFields(serializers.Serializer[Any]):
    """What new and changed products share."""

    metadata = MapField(required=False)
    description = TextField(required=False, allow_null=True)
    recurring_interval = ChoiceField(choices=INTERVALS, required=False, allow_null=True)
    recurring_interval_count = WholeField(
        required=False, allow_null=True, min_value=1, max_value=999
    )
    trial_interval = ChoiceField(choices=INTERVALS, required=False, allow_null=True)
    trial_interval_count = WholeField(required=False, allow_null=True, min_value=1, max_value=1000)
    medias = NothingYet(required=False, allow_null=True)
    attached_custom_fields = AttachedFieldCreateInput(many=True, required=False, allow_null=True)


class ProductCreateInput(ProductFields):
    """A new product."""

    name = TextField(min_length=3, max_length=64)
    visibility = ChoiceField(choices=VISIBILITIES, required=False)
    prices = PriceCreateInput(many=True, allow_empty=False)
    organization_id = TextField(required=False, allow_null=True)


class ProductUpdateInput(ProductFields):
    """A change of a product; what is absent stays."""

    name = TextField(required=False, allow_null=True, min_length=3, max_length=64)
    visibility = ChoiceField(choices=VISIBILITIES, required=False, allow_null=True)
    is_archived = FlagField(required=False, allow_null=True)
    prices = PriceUpdateInput(many=True, required=False, allow_null=True)

    def validate_prices(self, value: list[Any] | None) -> list[Any] | None:
        """The list may be null, which leaves the prices; what is in it may not."""
        if value and None in value:
            message = "Input should be a valid object"
            raise serializers.ValidationError(
                [[] if price is not None else [message] for price in value], "dict_type"
            )
        return value


_UNSTORED = ("medias",)


def price_input(values: dict[str, Any]) -> PriceInput:
    """A checked price as the operation takes it; the older `free` is fixed at 0."""
    shared: dict[str, Any] = {
        "currency": values.get("price_currency"),
        "tax_behavior": values.get("tax_behavior"),
    }
    match values["amount_type"]:
        case "custom":
            return PriceInput(
                kind="custom",
                minimum_amount=values.get("minimum_amount"),
                maximum_amount=values.get("maximum_amount"),
                preset_amount=values.get("preset_amount"),
                **shared,
            )
        case "seat_based":
            return _seat_price(values, shared)
        case "unit_based":
            return PriceInput(
                kind="unit",
                tier_type=values["tiers"]["type"],
                tiers=_tiers(values["tiers"]["tiers"], 1),
                minimum_units=values.get("minimum_units"),
                unit_label=values.get("unit_label"),
                **shared,
            )
        case "fixed":
            return PriceInput(kind="fixed", fixed_amount=values["price_amount"], **shared)
        case _:
            return PriceInput(kind="fixed", fixed_amount=0, **shared)


def _seat_price(values: dict[str, Any], shared: dict[str, Any]) -> PriceInput:
    if "tiers" in values:
        least = values.get("minimum_units") or 1
        kind, tiers = values["tiers"]["type"], _tiers(values["tiers"]["tiers"], least)
    else:
        rows = values["seat_tiers"]["tiers"]
        kind = values["seat_tiers"].get("seat_tier_type", TierType.VOLUME)
        tiers = [
            Tier(row["min_seats"], row.get("max_seats"), Decimal(row["price_per_seat"]))
            for row in rows
        ]
    return PriceInput(kind="seat", tier_type=str(kind), tiers=tiers, **shared)


def _tiers(rows: list[dict[str, Any]], least: int) -> list[Tier]:
    """Tiers from their upper bounds; the first starts at the smallest purchase."""
    tiers = []
    for row in rows:
        tiers.append(Tier(least, row.get("bound"), row["unit_amount"]))
        least = (row.get("bound") or least) + 1
    return tiers


def product_input(values: dict[str, Any]) -> ProductInput:
    """The checked body of a creation as the operation takes it."""
    fields = {
        name: value for name, value in values.items() if value is not None and name not in _UNSTORED
    }
    prices = [price_input(price) for price in fields.pop("prices")]
    fields["attached_custom_fields"] = _attached(fields.get("attached_custom_fields") or ())
    return ProductInput(prices=prices, **fields)


def product_changes(values: dict[str, Any]) -> dict[str, Any]:
    """The checked body of an update as the operation takes it."""
    changes = {name: value for name, value in values.items() if name not in _UNSTORED}
    if changes.get("prices") is not None:
        changes["prices"] = [_kept_or_new(price) for price in changes["prices"]]
    if changes.get("attached_custom_fields") is not None:
        changes["attached_custom_fields"] = _attached(changes["attached_custom_fields"])
    return changes


def _attached(rows: Sequence[dict[str, Any]]) -> list[AttachedFieldInput]:
    return [
        AttachedFieldInput(field_id=row["custom_field_id"], is_required=row["required"])
        for row in rows
    ]


def _kept_or_new(values: dict[str, Any]) -> PriceInput | UUID:
    kept: UUID | None = values.get("id")
    return kept if kept is not None else price_input(values)
