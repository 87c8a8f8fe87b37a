"""The only importer of the Stripe library: calls in, frozen facts out, errors in our words."""

from apps.processors.gateway.customers import (
    create_customer,
    create_customer_session,
    update_customer,
)
from apps.processors.gateway.endpoints import (
    create_webhook_endpoint,
    delete_webhook_endpoint,
    read_webhook_endpoints,
)
from apps.processors.gateway.facts import (
    BalanceTransaction,
    Charge,
    Intent,
    MethodFacts,
    TokenPreview,
    WebhookEndpoint,
)
from apps.processors.gateway.intents import cancel_intent, read_intent
from apps.processors.gateway.methods import (
    cancel_setup_intent,
    confirm_setup_intent,
    detach_method,
    note_on_setup_intent,
    read_setup_intent,
)
from apps.processors.gateway.payments import (
    cancel_payment_intent,
    charge_off_session,
    confirm_payment_intent,
    find_payment_intent,
    read_balance_transaction,
    read_charge,
    read_confirmation_token,
    read_payment_intent,
)
from apps.processors.gateway.reading import charge_of, intent_of
from apps.processors.gateway.signatures import verify_signature

__all__ = [
    "BalanceTransaction",
    "Charge",
    "Intent",
    "MethodFacts",
    "TokenPreview",
    "WebhookEndpoint",
    "cancel_intent",
    "cancel_payment_intent",
    "cancel_setup_intent",
    "charge_of",
    "charge_off_session",
    "confirm_payment_intent",
    "confirm_setup_intent",
    "create_customer",
    "create_customer_session",
    "create_webhook_endpoint",
    "delete_webhook_endpoint",
    "detach_method",
    "find_payment_intent",
    "intent_of",
    "note_on_setup_intent",
    "read_balance_transaction",
    "read_charge",
    "read_confirmation_token",
    "read_intent",
    "read_payment_intent",
    "read_setup_intent",
    "read_webhook_endpoints",
    "update_customer",
    "verify_signature",
]
