"""Input of the checkout endpoints."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from rest_framework import serializers

from apps.api.inputs import ChoiceField, EmailField, FlagField, MapField, TextField, WholeField
from apps.checkouts.operations.choosing import MAX_QUANTITY

INTERVALS = ("day", "week", "month", "year")


class WebAddressField(TextField):
    """An http or https address: the page sends the buyer's browser there."""

    def to_internal_value(self, data: Any) -> str:
        """The address itself."""
        value = super().to_internal_value(data)
        try:
            parts = urlsplit(value)
            is_good = parts.scheme in ("http", "https") and bool(parts.hostname)
        except ValueError:
            is_good = False
        if not is_good:
            raise serializers.ValidationError("Input should be a valid URL", "url_parsing")
        return value


class BuyerInput(serializers.Serializer[Any]):
    """What the buyer may say, at any time before paying."""

    custom_field_data = MapField(required=False)
    amount = WholeField(required=False, allow_null=True, min_value=0)
    seats = WholeField(required=False, allow_null=True, min_value=1, max_value=MAX_QUANTITY)
    units = WholeField(required=False, allow_null=True, min_value=1, max_value=MAX_QUANTITY)
    is_business_customer = FlagField(required=False, allow_null=True)
    customer_name = TextField(required=False, allow_null=True, max_length=256)
    customer_email = EmailField(required=False, allow_null=True)
    customer_billing_name = TextField(required=False, allow_null=True, max_length=256)
    customer_billing_address = MapField(required=False, allow_null=True)
    customer_tax_id = TextField(required=False, allow_null=True, max_length=64)
    locale = TextField(required=False, allow_null=True, max_length=16)


class ChoosingInput(BuyerInput):
    """A change of an existing checkout: another of its products or prices too."""

    product_id = serializers.UUIDField(required=False, allow_null=True)
    product_price_id = serializers.UUIDField(required=False, allow_null=True)


class PublicUpdateInput(ChoosingInput):
    """A change by the buyer."""

    payment_method_type = TextField(required=False, allow_null=True, max_length=40)
    discount_code = TextField(required=False, allow_null=True, max_length=256)
    allow_trial = FlagField(required=False, allow_null=True)

    def validate_allow_trial(self, value: bool | None) -> bool | None:
        """A buyer can only give a trial up."""
        if value:
            raise serializers.ValidationError("Input should be False", "literal_error")
        return value


class ConfirmInput(PublicUpdateInput):
    """The last change and the payment form's token."""

    confirmation_token_id = TextField(required=False, allow_null=True, max_length=64)


class MerchantInput(serializers.Serializer[Any]):
    """What only the merchant may say."""

    metadata = MapField(required=False)
    customer_metadata = MapField(required=False, allow_null=True)
    discount_id = serializers.UUIDField(required=False, allow_null=True)
    trial_interval = ChoiceField(choices=INTERVALS, required=False, allow_null=True)
    trial_interval_count = WholeField(required=False, allow_null=True, min_value=1, max_value=1000)
    currency = TextField(required=False, allow_null=True, min_length=3, max_length=3)
    customer_ip_address = serializers.IPAddressField(required=False, allow_null=True)
    success_url = WebAddressField(required=False, allow_null=True, max_length=2083)
    return_url = WebAddressField(required=False, allow_null=True, max_length=2083)
    embed_origin = WebAddressField(required=False, allow_null=True, max_length=2083)
    allow_discount_codes = FlagField(required=False, allow_null=True)
    require_billing_address = FlagField(required=False, allow_null=True)
    allow_trial = FlagField(required=False, allow_null=True)


class CheckoutUpdateInput(ChoosingInput, MerchantInput):
    """A change by the merchant."""


class CheckoutCreateInput(BuyerInput, MerchantInput):
    """A new checkout of one or several products."""

    products = serializers.ListField(child=serializers.UUIDField(), min_length=1, max_length=100)
    prices = MapField(required=False, allow_null=True)
    customer_id = serializers.UUIDField(required=False, allow_null=True)
    external_customer_id = TextField(required=False, allow_null=True, min_length=1, max_length=256)
    subscription_id = serializers.UUIDField(required=False, allow_null=True)
    min_seats = WholeField(required=False, allow_null=True, min_value=1, max_value=MAX_QUANTITY)
    max_seats = WholeField(required=False, allow_null=True, min_value=1, max_value=MAX_QUANTITY)
    min_units = WholeField(required=False, allow_null=True, min_value=1, max_value=MAX_QUANTITY)
    max_units = WholeField(required=False, allow_null=True, min_value=1, max_value=MAX_QUANTITY)
