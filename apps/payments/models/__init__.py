"""Payments, the methods they are made with, and what goes back of them."""

from apps.payments.models.payments import ChargeAttempt, Payment, PaymentMethod, Refund

__all__ = ["ChargeAttempt", "Payment", "PaymentMethod", "Refund"]
