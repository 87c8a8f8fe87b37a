"""Payments, their methods, attempts to charge and refunds, for staff."""

from apps.payments.admin.attempts import ChargeAttemptAdmin
from apps.payments.admin.methods import PaymentMethodAdmin, card
from apps.payments.admin.payments import BRIEF, FAILURE, PaymentAdmin
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
