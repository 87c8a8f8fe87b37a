"""Refunds in the words of the processor, and theirs in ours. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from apps.payments.errors import RefundDisputedPayment, RefundedAlready, RefundRefused
from apps.payments.models import Refund
from apps.processors.errors import PaymentError

# Names our refund at the processor.
REFUND_KEY: Final = "refund_id"
# What a provider of chargeback alerts writes on refunds it makes.
ALERT_KEY: Final = "cbs_related_alert_id"

_FAILURES: Final[dict[str, str]] = {
    "charge_for_pending_refund_disputed": Refund.FailureReason.DISPUTED,
    "declined": Refund.FailureReason.DECLINED,
    "expired_or_canceled_card": Refund.FailureReason.CARD_EXPIRED,
    "insufficient_funds": Refund.FailureReason.INSUFFICIENT_FUNDS,
    "lost_or_stolen_card": Refund.FailureReason.CARD_LOST,
    "merchant_request": Refund.FailureReason.MERCHANT_REQUEST,
}


def stated_reason(reason: str) -> str:
    """What the processor is told; never that the buyer cheats, which it would act upon."""
    return "duplicate" if reason == Refund.Reason.DUPLICATE else "requested_by_customer"


def reason_of(stated: str | None, metadata: Mapping[str, str]) -> str:
    """Our reason for a refund that was made at the processor."""
    if ALERT_KEY in metadata:
        return Refund.Reason.DISPUTE_PREVENTION
    known = {
        "duplicate": Refund.Reason.DUPLICATE,
        "fraudulent": Refund.Reason.FRAUDULENT,
        "requested_by_customer": Refund.Reason.CUSTOMER_REQUEST,
    }
    return known.get(stated or "", Refund.Reason.OTHER)


def failure_of(reason: str | None) -> str:
    """Our word for why a refund did not arrive."""
    return _FAILURES.get(reason or "", Refund.FailureReason.UNKNOWN)


def refusal_of(error: PaymentError) -> RefundedAlready | RefundDisputedPayment | RefundRefused:
    """What the caller is told when the processor will not refund."""
    if error.error_code == "charge_already_refunded":
        return RefundedAlready()
    if error.error_code == "charge_disputed":
        return RefundDisputedPayment()
    return RefundRefused(error.detail)


def named_refund(metadata: Mapping[str, str]) -> UUID | None:
    """The refund of ours that metadata name, if they name one."""
    try:
        return UUID(metadata.get(REFUND_KEY) or "")
    except ValueError:
        return None
