"""Payments, their methods, attempts to charge and refunds, for staff."""

from apps.payments.admin.payments import (
    BRIEF,
    FAILURE,
    ChargeAttemptAdmin,
    PaymentAdmin,
    PaymentMethodAdmin,
    card,
)
from apps.payments.admin.refunds import RefundAdmin

__all__ = [
    "BRIEF",
    "FAILURE",
    "ChargeAttemptAdmin",
    "PaymentAdmin",
    "PaymentMethodAdmin",
    "RefundAdmin",
    "card",
]
