"""Every write to the books, and to the fee terms they follow."""

from apps.ledger.operations.checkpoints import forget_horizons, take_checkpoints
from apps.ledger.operations.fee_terms import (
    assign_fee_plan,
    plan_set_fee_terms,
    published_terms,
    set_fee_terms,
)
from apps.ledger.operations.fees import (
    FeeCreditAlreadyRevoked,
    grant_fee_credit,
    plan_grant_fee_credit,
    plan_revoke_fee_credit,
    revoke_fee_credit,
)
from apps.ledger.operations.keeping import post_kept
from apps.ledger.operations.payouts import (
    post_manual_payout,
    post_payout,
    post_payout_arrival,
    post_payout_return,
    post_payout_reversal,
    post_payout_transfer,
)
from apps.ledger.operations.posting import open_accounts, post_entries, post_entry
from apps.ledger.operations.processor import (
    post_account_fee,
    post_bank_movement,
    post_correction,
)
from apps.ledger.operations.refund_holds import post_refund_hold, post_refund_release
from apps.ledger.operations.refunds import (
    RefundNotBooked,
    RefundOfUnbookedPayment,
    post_refund,
    post_refund_reversal,
)
from apps.ledger.operations.reviews import check_review_threshold
from apps.ledger.operations.sales import (
    AlreadyBalanced,
    PaymentNotBooked,
    balance_sale,
    post_sale,
)
from apps.ledger.operations.unclaimed import post_unclaimed_payment

__all__ = [
    "AlreadyBalanced",
    "FeeCreditAlreadyRevoked",
    "PaymentNotBooked",
    "RefundNotBooked",
    "RefundOfUnbookedPayment",
    "assign_fee_plan",
    "balance_sale",
    "check_review_threshold",
    "forget_horizons",
    "grant_fee_credit",
    "open_accounts",
    "plan_grant_fee_credit",
    "plan_revoke_fee_credit",
    "plan_set_fee_terms",
    "post_account_fee",
    "post_bank_movement",
    "post_correction",
    "post_entries",
    "post_entry",
    "post_kept",
    "post_manual_payout",
    "post_payout",
    "post_payout_arrival",
    "post_payout_return",
    "post_payout_reversal",
    "post_payout_transfer",
    "post_refund",
    "post_refund_hold",
    "post_refund_release",
    "post_refund_reversal",
    "post_sale",
    "post_unclaimed_payment",
    "published_terms",
    "revoke_fee_credit",
    "set_fee_terms",
    "take_checkpoints",
]
