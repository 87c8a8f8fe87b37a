"""What can be done with payments and payment methods."""

from apps.payments.operations.asking import ask_again, plan_ask_again
from apps.payments.operations.attempting import (
    begin_charge_attempt,
    fail_charge_attempt,
    settle_charge_attempt,
)
from apps.payments.operations.booking import book_charge, book_missing_charge, book_paid_intent
from apps.payments.operations.charging import resume_charge_attempt
from apps.payments.operations.collecting import (
    begin_collection,
    charge_collection,
    collect_order,
    dispatch_collection,
)
from apps.payments.operations.contesting import contest_payment, settle_contest
from apps.payments.operations.finalizing import finalize_order
from apps.payments.operations.forgetting import forget_payer
from apps.payments.operations.methods import (
    detach_removed_method,
    forget_payment_method,
    remove_saved_method,
    save_payment_method,
    set_default_payment_method,
)
from apps.payments.operations.receipts import allocate_receipt
from apps.payments.operations.recording import (
    link_payment,
    record_charge,
    record_failed_intent,
)
from apps.payments.operations.refunds.asking import resume_refund
from apps.payments.operations.refunds.importing import import_refund, plan_import_refund
from apps.payments.operations.refunds.recording import record_refund
from apps.payments.operations.refunds.recovering import (
    credit_refund,
    dismiss_refund,
    plan_credit_refund,
    plan_dismiss_refund,
    plan_retry_refund,
    retry_refund,
)
from apps.payments.operations.refunds.refunding import RefundInput, plan_refund_order, refund_order
from apps.payments.operations.refunds.returning import plan_return_payment, return_payment
from apps.payments.operations.registering import refresh_at_processor, register_at_processor
from apps.payments.operations.retrying import (
    Retry,
    RetryWith,
    retry_payment_as_customer,
    retry_payment_as_staff,
)
from apps.payments.operations.setting_up import (
    SetUp,
    add_payment_method,
    confirm_payment_method,
    take_set_up_method,
)
from apps.payments.operations.unclaiming import leave_unclaimed

__all__ = [
    "RefundInput",
    "Retry",
    "RetryWith",
    "SetUp",
    "add_payment_method",
    "allocate_receipt",
    "ask_again",
    "begin_charge_attempt",
    "begin_collection",
    "book_charge",
    "book_missing_charge",
    "book_paid_intent",
    "charge_collection",
    "collect_order",
    "confirm_payment_method",
    "contest_payment",
    "credit_refund",
    "detach_removed_method",
    "dismiss_refund",
    "dispatch_collection",
    "fail_charge_attempt",
    "finalize_order",
    "forget_payer",
    "forget_payment_method",
    "import_refund",
    "leave_unclaimed",
    "link_payment",
    "plan_ask_again",
    "plan_credit_refund",
    "plan_dismiss_refund",
    "plan_import_refund",
    "plan_refund_order",
    "plan_retry_refund",
    "plan_return_payment",
    "record_charge",
    "record_failed_intent",
    "record_refund",
    "refresh_at_processor",
    "refund_order",
    "register_at_processor",
    "remove_saved_method",
    "resume_charge_attempt",
    "resume_refund",
    "retry_payment_as_customer",
    "retry_payment_as_staff",
    "retry_refund",
    "return_payment",
    "save_payment_method",
    "set_default_payment_method",
    "settle_charge_attempt",
    "settle_contest",
    "take_set_up_method",
]
