"""Intents of either kind, told apart by the processor's id."""

from __future__ import annotations

from typing import Final

from apps.processors.gateway.facts import Intent
from apps.processors.gateway.methods import cancel_setup_intent, read_setup_intent
from apps.processors.gateway.payments import cancel_payment_intent, read_payment_intent

_SETUP_PREFIX: Final = "seti_"


def read_intent(intent_id: str) -> Intent:
    """The payment or setup intent as it stands, with its method."""
    return read_setup_intent(intent_id) if _is_setup(intent_id) else read_payment_intent(intent_id)


def cancel_intent(*, key: str, intent_id: str) -> Intent:
    """Withdraw an intent that has not succeeded; PaymentError if it has."""
    if _is_setup(intent_id):
        return cancel_setup_intent(key=key, intent_id=intent_id)
    return cancel_payment_intent(key=key, intent_id=intent_id)


def _is_setup(intent_id: str) -> bool:
    return intent_id.startswith(_SETUP_PREFIX)
