"""
Stripe: keys and addresses. In the sandbox all of them point at stripesim. And the provider that
warns of disputes before they come about.
"""

from config.env import env, required

STRIPESIM_PORT: int = env.int("STRIPESIM_PORT", default=12111)
_sandbox_url = f"http://127.0.0.1:{STRIPESIM_PORT}"

STRIPE_API_VERSION = "2026-05-27.dahlia"
STRIPE_SECRET_KEY: str = required("STRIPE_SECRET_KEY", sandbox="sk_test_sandbox")
STRIPE_PUBLISHABLE_KEY: str = required("STRIPE_PUBLISHABLE_KEY", sandbox="pk_test_sandbox")
# Signs what Stripe sends us about our own account, where the endpoint was made by hand.
# `manage.py register_webhooks` makes one and keeps its secret in the database.
STRIPE_WEBHOOK_SECRET: str = env.str("STRIPE_WEBHOOK_SECRET", default="")
# The same for what it sends us about the accounts of merchants.
STRIPE_CONNECT_WEBHOOK_SECRET: str = env.str("STRIPE_CONNECT_WEBHOOK_SECRET", default="")
STRIPE_API_BASE: str = required("STRIPE_API_BASE", sandbox=_sandbox_url)
STRIPE_FILES_BASE: str = required("STRIPE_FILES_BASE", sandbox=_sandbox_url)
STRIPE_CONNECT_BASE: str = required("STRIPE_CONNECT_BASE", sandbox=_sandbox_url)
STRIPE_METER_EVENTS_BASE: str = required("STRIPE_METER_EVENTS_BASE", sandbox=_sandbox_url)
STRIPE_JS_URL: str = required("STRIPE_JS_URL", sandbox=f"{_sandbox_url}/v3/")
STRIPE_TIMEOUT_SECONDS: int = env.int("STRIPE_TIMEOUT_SECONDS", default=20)
STRIPE_MAX_RETRIES: int = env.int("STRIPE_MAX_RETRIES", default=2)
# How long the payload of a handled provider event is kept: it names buyers. Stripe itself sends an
# event again, or lets it be read, for 30 days.
INBOUND_PAYLOAD_DAYS: int = env.int("INBOUND_PAYLOAD_DAYS", default=30)
# ChargebackStop tells of disputes to come at /webhooks/chargebackstop, which is not there without a
# secret.
CHARGEBACKSTOP_ENABLED: bool = env.bool("CHARGEBACKSTOP_ENABLED", default=False)
CHARGEBACKSTOP_WEBHOOK_SECRET: str = (
    required("CHARGEBACKSTOP_WEBHOOK_SECRET", sandbox="")
    if CHARGEBACKSTOP_ENABLED
    else env.str("CHARGEBACKSTOP_WEBHOOK_SECRET", default="")
)
