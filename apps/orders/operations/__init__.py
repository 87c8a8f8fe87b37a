"""What can be done with orders."""

from apps.orders.operations.billing import (
    correct_billing_details,
    generate_invoice,
    update_order,
)
from apps.orders.operations.drafting import (
    DraftInput,
    create_draft_order,
    require_off_session_feature,
)
from apps.orders.operations.numbering import allocate_receipt_number, next_invoice_number
from apps.orders.operations.paying import claim_draft_order, pay_order, return_order_to_draft
from apps.orders.operations.payment_lock import (
    acquire_payment_lock,
    release_payment_lock,
    release_stale_payment_locks,
)
from apps.orders.operations.purchasing import Purchase, create_purchase_order, set_platform_fee
from apps.orders.operations.refunding import (
    block_refunds,
    count_dispute,
    count_refund,
    plan_block_refunds,
    plan_unblock_refunds,
    unblock_refunds,
    uncount_dispute,
    uncount_refund,
)
from apps.orders.operations.topping_up import create_top_up_order
from apps.orders.operations.voiding import discard_draft_order, unvoid_order, void_order

__all__ = [
    "DraftInput",
    "Purchase",
    "acquire_payment_lock",
    "allocate_receipt_number",
    "block_refunds",
    "claim_draft_order",
    "correct_billing_details",
    "count_dispute",
    "count_refund",
    "create_draft_order",
    "create_purchase_order",
    "create_top_up_order",
    "discard_draft_order",
    "generate_invoice",
    "next_invoice_number",
    "pay_order",
    "plan_block_refunds",
    "plan_unblock_refunds",
    "release_payment_lock",
    "release_stale_payment_locks",
    "require_off_session_feature",
    "return_order_to_draft",
    "set_platform_fee",
    "unblock_refunds",
    "uncount_dispute",
    "uncount_refund",
    "unvoid_order",
    "update_order",
    "void_order",
]
