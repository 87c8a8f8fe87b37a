"""What can be done with payments and payment methods."""

from apps.payments.operations.booking import book_charge
from apps.payments.operations.methods import forget_payment_method, save_payment_method
from apps.payments.operations.recording import (
    link_payment,
    record_charge,
    record_failed_intent,
)
from apps.payments.operations.registering import refresh_at_processor, register_at_processor

__all__ = [
    "book_charge",
    "forget_payment_method",
    "link_payment",
    "record_charge",
    "record_failed_intent",
    "refresh_at_processor",
    "register_at_processor",
    "save_payment_method",
]
