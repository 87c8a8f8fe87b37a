"""The settings an organization starts with, in the shapes of the API."""

from collections.abc import Mapping
from typing import Any, Final

SUBSCRIPTION_SETTINGS: Final[dict[str, Any]] = {
    "allow_multiple_subscriptions": False,
    "proration_behavior": "prorate",
    "benefit_revocation_grace_period": 0,
    # Days to wait after each failure to charge a renewal.
    "dunning_intervals": [2, 5, 7, 7],
    "prevent_trial_abuse": False,
    "allow_customer_updates": True,
}
CUSTOMER_EMAIL_SETTINGS: Final[dict[str, bool]] = {
    "order_confirmation": True,
    "payment_method_expiration_reminder": True,
    "subscription_cancellation": True,
    "subscription_confirmation": True,
    "subscription_cycled": True,
    "subscription_cycled_after_trial": True,
    "subscription_past_due": True,
    "subscription_paused": True,
    "subscription_resumed": True,
    "subscription_renewal_reminder": True,
    "subscription_revoked": True,
    "subscription_trial_conversion_reminder": True,
    "subscription_uncanceled": True,
    "subscription_updated": True,
}
CUSTOMER_PORTAL_SETTINGS: Final[dict[str, dict[str, bool]]] = {
    "usage": {"show": True},
    "subscription": {
        "update_seats": True,
        "update_plan": True,
        "update_units": True,
        "pause": False,
    },
    "customer": {"allow_email_change": False},
}
DISPUTE_SETTINGS: Final[dict[str, int | None]] = {"auto_accept_below_amount": None}
FEATURE_SETTINGS: Final[dict[str, Any]] = {
    "issue_funding_enabled": False,
    "wallets_enabled": False,
    "member_model_enabled": False,
    "checkout_localization_enabled": False,
    "overview_metrics": None,
    "reset_proration_behavior_enabled": False,
    "off_session_charges_enabled": False,
    "meter_cycling_enabled": False,
    "slack_benefit_enabled": False,
    "preview_access_enabled": False,
    "disputes_enabled": False,
    "sso_enabled": False,
    "dispute_auto_accept_enabled": False,
    "compass_enabled": False,
    "merchant_migration_enabled": False,
    "frame_ancestors_enforced": False,
    # Whether bought seats may be given away.
    "seat_based_pricing_enabled": True,
}
# The features a merchant may switch; the others are switched by staff.
MERCHANT_FEATURES: Final = frozenset(
    {"member_model_enabled", "checkout_localization_enabled", "overview_metrics"}
)
SETTINGS_BY_FIELD: Final[dict[str, dict[str, Any]]] = {
    "feature_settings": FEATURE_SETTINGS,
    "subscription_settings": SUBSCRIPTION_SETTINGS,
    "customer_email_settings": CUSTOMER_EMAIL_SETTINGS,
    "customer_portal_settings": CUSTOMER_PORTAL_SETTINGS,
    "dispute_settings": DISPUTE_SETTINGS,
}

# Words that mean something as the first part of an address, so no organization is called so.
_RESERVED = (
    "about account admin api app assets auth backoffice billing blog checkout checkouts dashboard "
    "docs embed error events help healthz home legal login logout media metrics new oauth2 openapi "
    "orders organizations payments payouts portal pricing privacy products security settings "
    "signup static status stripe subscriptions support terms test v1 webhooks www"
)
RESERVED_SLUGS: Final = frozenset(_RESERVED.split())


def filled(field: str, kept: Mapping[str, Any]) -> dict[str, Any]:
    """A group of settings with the default of whatever was never set."""
    return {
        name: {**default, **kept.get(name, {})}
        if isinstance(default, dict)
        else kept.get(name, default)
        for name, default in SETTINGS_BY_FIELD[field].items()
    }


def words_of(setting: str) -> str:
    """The setting as people read it: `Dispute auto accept`."""
    words = setting.removesuffix("_enabled").replace("_", " ").capitalize()
    return words.replace("Sso", "SSO")
