"""Input of the subscription endpoints: one body for each thing that an update can be."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.api.inputs import ChoiceField, FlagField, MapField, TextField, WholeField
from apps.subscriptions.models import Subscription
from apps.subscriptions.operations.changing.wishes import Behavior

NOW: Final = "now"
BEHAVIORS: Final = tuple(behavior.value for behavior in Behavior)
CANCELLATION_REASONS: Final = tuple(Subscription.CancellationReason.values)


class TrueField(FlagField):
    """The JSON value `true`: there is no saying no to it."""

    def to_internal_value(self, data: Any) -> bool:
        """True."""
        if data is not True:
            raise serializers.ValidationError("Input should be true", "literal_error")
        return True


@extend_schema_field({"nullable": True, "description": "Always null."})
class NothingField(serializers.Field[None, Any, Any, Any]):
    """The JSON value `null`."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(allow_null=True, **kwargs)

    def to_internal_value(self, data: Any) -> None:
        """Never right: null does not come here."""
        raise serializers.ValidationError("Input should be null", "literal_error")


class TrialEndField(serializers.DateTimeField):
    """A time, or the word `now`."""

    def to_internal_value(self, value: Any) -> Any:
        """The aware time, or the word itself."""
        return NOW if value == NOW else super().to_internal_value(value)


def _behavior() -> ChoiceField:
    return ChoiceField(choices=BEHAVIORS, required=False, allow_null=True)


class SubscriptionCreateInput(serializers.Serializer[Any]):
    """A new free subscription: exactly one of the two ids names the customer."""

    product_id = serializers.UUIDField()
    customer_id = serializers.UUIDField(required=False)
    external_customer_id = TextField(required=False)
    metadata = MapField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """One customer."""
        named = {"customer_id", "external_customer_id"} & attrs.keys()
        if not named:
            raise serializers.ValidationError({"customer_id": ["Field required"]}, "required")
        if len(named) > 1:
            raise serializers.ValidationError(
                {"external_customer_id": ["Name the customer by one id only"]}, "value_error"
            )
        return attrs


class BaseUpdateInput(serializers.Serializer[Any]):
    """Product, discount, end of the trial and metadata: together or not at all."""

    product_id = serializers.UUIDField(required=False, allow_null=True)
    proration_behavior = _behavior()
    discount_id = serializers.UUIDField(required=False, allow_null=True)
    trial_end = TrialEndField(required=False, allow_null=True)
    metadata = MapField(required=False)


class SeatsUpdateInput(serializers.Serializer[Any]):
    """Another number of seats."""

    seats = WholeField(min_value=1)
    proration_behavior = _behavior()


class UnitsUpdateInput(serializers.Serializer[Any]):
    """Another number of units."""

    units = WholeField(min_value=1)
    proration_behavior = _behavior()


class PeriodUpdateInput(serializers.Serializer[Any]):
    """Another end of the current period."""

    current_billing_period_end = serializers.DateTimeField()


class WordsInput(serializers.Serializer[Any]):
    """Why the customer leaves."""

    customer_cancellation_reason = ChoiceField(
        choices=CANCELLATION_REASONS, required=False, allow_null=True
    )
    customer_cancellation_comment = TextField(required=False, allow_null=True)


class CancelInput(WordsInput):
    """To end with the period, or not to after all."""

    cancel_at_period_end = FlagField()


class RevokeInput(WordsInput):
    """To end now."""

    revoke = TrueField()


class PauseInput(serializers.Serializer[Any]):
    """To pause with the end of the period, or not to after all."""

    pause_at_period_end = FlagField()
    resumes_at = serializers.DateTimeField(required=False, allow_null=True)


class ResumeInput(serializers.Serializer[Any]):
    """To go on now."""

    resume = TrueField()


class ClearInput(serializers.Serializer[Any]):
    """To give up the change that waits for the next period."""

    pending_update = NothingField()


# The field that tells a body from the others; without any of them it is about the product.
_BY_FIELD: Final[dict[str, type[serializers.Serializer[Any]]]] = {
    "seats": SeatsUpdateInput,
    "units": UnitsUpdateInput,
    "current_billing_period_end": PeriodUpdateInput,
    "cancel_at_period_end": CancelInput,
    "revoke": RevokeInput,
    "pause_at_period_end": PauseInput,
    "resume": ResumeInput,
    "pending_update": ClearInput,
}
UPDATE_FORMS: Final[tuple[type[serializers.Serializer[Any]], ...]] = (
    BaseUpdateInput,
    *_BY_FIELD.values(),
)


class ChangePreviewInput(serializers.Serializer[Any]):
    """A change of product, seats or units that is only looked at."""

    product_id = serializers.UUIDField(required=False)
    discount_id = serializers.UUIDField(required=False, allow_null=True)
    seats = WholeField(min_value=1, required=False)
    units = WholeField(min_value=1, required=False)
    proration_behavior = _behavior()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """One thing at a time."""
        if len({"product_id", "seats", "units"} & attrs.keys()) != 1:
            raise serializers.ValidationError(
                {"product_id": ["Give one of product_id, seats and units"]}, "value_error"
            )
        if "discount_id" in attrs and "product_id" not in attrs:
            raise serializers.ValidationError(
                {"discount_id": ["A discount goes with a product"]}, "value_error"
            )
        return attrs


def update_form(data: Any) -> type[serializers.Serializer[Any]]:
    """
    Which body an update is, by the first of its telling fields.

    Each is read strictly, so that a mixture of two is refused as a whole.
    """
    if isinstance(data, Mapping):
        for name, form in _BY_FIELD.items():
            if name in data:
                return form
    return BaseUpdateInput


def trial_end_of(value: datetime | str | None) -> tuple[bool, datetime | None]:
    """Whether the trial is to change, and to when; None for now."""
    return value is not None, value if isinstance(value, datetime) else None
