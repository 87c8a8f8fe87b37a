"""What can be done with orders."""

from apps.orders.operations.billing import finalize_order, request_invoice, update_order
from apps.orders.operations.numbering import allocate_receipt_number, next_invoice_number
from apps.orders.operations.payment_lock import (
    acquire_payment_lock,
    release_payment_lock,
    release_stale_payment_locks,
)
from apps.orders.operations.purchasing import Purchase, create_purchase_order, set_platform_fee

__all__ = [
    "Purchase",
    "acquire_payment_lock",
    "allocate_receipt_number",
    "create_purchase_order",
    "finalize_order",
    "next_invoice_number",
    "release_payment_lock",
    "release_stale_payment_locks",
    "request_invoice",
    "set_platform_fee",
    "update_order",
]
