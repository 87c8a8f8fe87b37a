"""Payments, the methods they are made with, and what goes back of them."""

from apps.payments.models.attempts import ChargeAttempt
from apps.payments.models.methods import PaymentMethod
from apps.payments.models.payments import Payment
from apps.payments.models.refunds import Refund

__all__ = ["ChargeAttempt", "Payment", "PaymentMethod", "Refund"]
