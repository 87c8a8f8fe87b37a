"""Input of the organization endpoints."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from apps.api.inputs import ChoiceField, EmailField, FlagField, MapField, TextField, WholeField
from apps.core.countries import COUNTRIES

TAX_BEHAVIORS = ("location", "inclusive", "exclusive")
SOCIAL_PLATFORMS = (
    "x",
    "github",
    "facebook",
    "instagram",
    "youtube",
    "tiktok",
    "linkedin",
    "threads",
    "discord",
    "other",
)


class UrlField(TextField):
    """An http or https address."""

    def to_internal_value(self, data: Any) -> str:
        """The address itself."""
        value = super().to_internal_value(data)
        if not value.startswith(("http://", "https://")) or len(value) < 12:
            raise serializers.ValidationError("Input should be a valid URL", "url_parsing")
        return value


class SocialInput(serializers.Serializer[Any]):
    """A profile elsewhere."""

    platform = ChoiceField(choices=SOCIAL_PLATFORMS)
    url = UrlField(max_length=500)


class FeatureSettingsInput(serializers.Serializer[Any]):
    """The features a merchant may switch."""

    member_model_enabled = FlagField(required=False)
    checkout_localization_enabled = FlagField(required=False)
    overview_metrics = serializers.ListField(child=TextField(), required=False, allow_null=True)


class SubscriptionSettingsInput(serializers.Serializer[Any]):
    """How subscriptions behave."""

    allow_multiple_subscriptions = FlagField()
    proration_behavior = ChoiceField(choices=("invoice", "prorate", "next_period"))
    benefit_revocation_grace_period = WholeField(min_value=0)
    prevent_trial_abuse = FlagField()
    allow_customer_updates = FlagField()
    # Ours alone: the SDK does not know it, so it is never asked for.
    dunning_intervals = serializers.ListField(
        child=WholeField(min_value=1, max_value=60), required=False, min_length=1, max_length=10
    )


class CustomerEmailSettingsInput(serializers.Serializer[Any]):
    """Which mails customers get."""

    order_confirmation = FlagField()
    payment_method_expiration_reminder = FlagField()
    subscription_cancellation = FlagField()
    subscription_confirmation = FlagField()
    subscription_cycled = FlagField()
    subscription_cycled_after_trial = FlagField()
    subscription_past_due = FlagField()
    subscription_paused = FlagField()
    subscription_resumed = FlagField()
    subscription_renewal_reminder = FlagField()
    subscription_revoked = FlagField()
    subscription_trial_conversion_reminder = FlagField()
    subscription_uncanceled = FlagField()
    subscription_updated = FlagField()


class PortalUsageInput(serializers.Serializer[Any]):
    """What the portal shows of usage."""

    show = FlagField()


class PortalSubscriptionInput(serializers.Serializer[Any]):
    """What the portal lets customers do with a subscription."""

    update_seats = FlagField()
    update_plan = FlagField()
    update_units = FlagField(required=False)
    pause = FlagField(required=False)


class PortalCustomerInput(serializers.Serializer[Any]):
    """What the portal lets customers change of themselves."""

    allow_email_change = FlagField(required=False)


class CustomerPortalSettingsInput(serializers.Serializer[Any]):
    """The customer portal."""

    usage = PortalUsageInput()
    subscription = PortalSubscriptionInput()
    customer = PortalCustomerInput(required=False)


class DisputeSettingsInput(serializers.Serializer[Any]):
    """What happens to disputes."""

    auto_accept_below_amount = WholeField(required=False, allow_null=True, min_value=0)


class OrganizationUpdateInput(serializers.Serializer[Any]):
    """A change of an organization; what is absent stays."""

    name = TextField(required=False, allow_null=True, min_length=3, max_length=200)
    avatar_url = UrlField(required=False, allow_null=True, max_length=500)
    email = EmailField(required=False, allow_null=True, max_length=320)
    website = UrlField(required=False, allow_null=True, max_length=500)
    socials = serializers.ListField(child=SocialInput(), required=False, allow_null=True)
    details = MapField(required=False, allow_null=True)
    country = ChoiceField(choices=sorted(COUNTRIES), required=False, allow_null=True)
    feature_settings = FeatureSettingsInput(required=False, allow_null=True)
    subscription_settings = SubscriptionSettingsInput(required=False, allow_null=True)
    customer_email_settings = CustomerEmailSettingsInput(required=False, allow_null=True)
    customer_portal_settings = CustomerPortalSettingsInput(required=False, allow_null=True)
    dispute_settings = DisputeSettingsInput(required=False, allow_null=True)
    embed_hosts = serializers.ListField(
        child=TextField(max_length=255), required=False, allow_null=True
    )
    default_presentment_currency = TextField(required=False, allow_null=True, max_length=3)
    default_tax_behavior = ChoiceField(choices=TAX_BEHAVIORS, required=False, allow_null=True)
    sso_enforced = FlagField(required=False, allow_null=True)
