"""Reads of payments, of attempts to charge and of refunds, across tables."""

from apps.payments.selectors.attempts import (
    attempt_by_id,
    attempts_of,
    begun_at,
    due_charge_attempt_ids,
    has_open_attempt,
    open_attempts_by,
    payment_state,
    scheduled_failure_count,
    was_tried,
)
from apps.payments.selectors.payments import (
    has_succeeded_payment,
    is_settled,
    unbooked_by,
    unbooked_payment_ids,
)
from apps.payments.selectors.refunds import (
    due_refund_ids,
    due_return_ids,
    has_unanswered_refund,
    presentable_refunds,
    promised_parts,
    refundable_payment,
    refunds_due_by,
    returned_amount,
    returns_due,
)

__all__ = [
    "attempt_by_id",
    "attempts_of",
    "begun_at",
    "due_charge_attempt_ids",
    "due_refund_ids",
    "due_return_ids",
    "has_open_attempt",
    "has_succeeded_payment",
    "has_unanswered_refund",
    "is_settled",
    "open_attempts_by",
    "payment_state",
    "presentable_refunds",
    "promised_parts",
    "refundable_payment",
    "refunds_due_by",
    "returned_amount",
    "returns_due",
    "scheduled_failure_count",
    "unbooked_by",
    "unbooked_payment_ids",
    "was_tried",
]
