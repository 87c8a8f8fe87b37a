"""Reading a refusal of the processor. Pure."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from apps.processors.errors import PaymentError
from apps.processors.gateway import Charge, Intent

_GONE_TEXTS: Final = (
    "requires a mandate",
    "detached from a customer",
    "does not belong to the customer",
)
_GONE_CODES: Final = frozenset({"payment_intent_mandate_invalid"})


def is_gone(error: PaymentError) -> bool:
    """Whether the method itself is useless: detached, another customer's, without a mandate."""
    if error.type != "invalid_request_error":
        return False
    said = error.detail.lower()
    return (
        error.param == "payment_method"
        or error.error_code in _GONE_CODES
        or any(text in said for text in _GONE_TEXTS)
    )


def refused_charge(intent: Intent, *, at: datetime) -> Charge | None:
    """
    The failed charge of an intent, as its webhook will tell it; None if it never got so far.

    An error names the charge without showing it; its risk is known from the webhook only.
    """
    if intent.charge is not None:
        return intent.charge if intent.charge.status == "failed" else None
    if intent.charge_id is None or intent.status == "succeeded":
        return None
    return Charge(
        id=intent.charge_id,
        intent_id=intent.id,
        status="failed",
        amount=intent.amount,
        currency=intent.currency,
        customer_id=intent.customer_id,
        method=intent.method,
        metadata=intent.metadata,
        risk_level=None,
        risk_score=None,
        failure_code=intent.error_code,
        decline_reason=intent.decline_code or intent.error_code,
        failure_message=intent.error_message,
        balance_transaction_id=None,
        used_3ds=False,
        created_at=at,
    )
