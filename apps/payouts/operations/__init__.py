"""Every write to payouts and their accounts."""

from apps.payouts.operations.accounts import (
    create_payout_account,
    delete_payout_account,
    link_payout_account,
    onboarding_url,
    plan_link_payout_account,
    register_payout_account,
    take_account_facts,
)
from apps.payouts.operations.attempting import (
    ATTEMPT_KEY,
    begin_attempt,
    fail_attempt,
    send_attempt,
    send_payout_to_bank,
    settle_attempt,
)
from apps.payouts.operations.canceling import (
    begin_cancel,
    cancel_payout,
    cancel_payouts_of_organization,
    finish_cancel,
    plan_cancel_payout,
)
from apps.payouts.operations.holding import follow_organization, release_held_payouts
from apps.payouts.operations.invoicing import issue_reverse_invoice, set_payout_billing
from apps.payouts.operations.marking import mark_payout_paid, plan_mark_payout_paid
from apps.payouts.operations.requesting import (
    Estimate,
    estimate_payout,
    plan_request_payout,
    request_payout,
)
from apps.payouts.operations.retrying import plan_retry_payout, retry_payout
from apps.payouts.operations.scheduling import run_payout_schedule, set_payout_schedule
from apps.payouts.operations.transferring import (
    begin_transfer,
    refuse_transfer,
    settle_transfer,
    transfer_payout,
)

__all__ = [
    "ATTEMPT_KEY",
    "Estimate",
    "begin_attempt",
    "begin_cancel",
    "begin_transfer",
    "cancel_payout",
    "cancel_payouts_of_organization",
    "create_payout_account",
    "delete_payout_account",
    "estimate_payout",
    "fail_attempt",
    "finish_cancel",
    "follow_organization",
    "issue_reverse_invoice",
    "link_payout_account",
    "mark_payout_paid",
    "onboarding_url",
    "plan_cancel_payout",
    "plan_link_payout_account",
    "plan_mark_payout_paid",
    "plan_request_payout",
    "plan_retry_payout",
    "refuse_transfer",
    "register_payout_account",
    "release_held_payouts",
    "request_payout",
    "retry_payout",
    "run_payout_schedule",
    "send_attempt",
    "send_payout_to_bank",
    "set_payout_billing",
    "set_payout_schedule",
    "settle_attempt",
    "settle_transfer",
    "take_account_facts",
    "transfer_payout",
]
