"""Every write to payouts and their accounts."""

from apps.payouts.operations.accounts import (
    create_payout_account,
    delete_payout_account,
    link_payout_account,
    onboarding_url,
    plan_create_payout_account,
    plan_delete_payout_account,
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
from apps.payouts.operations.filing import file_invoice
from apps.payouts.operations.holding import follow_organization, release_held_payouts
from apps.payouts.operations.invoicing import (
    issue_reverse_invoice,
    plan_issue_reverse_invoice,
    plan_set_payout_billing,
    set_payout_billing,
)
from apps.payouts.operations.marking import mark_payout_paid, plan_mark_payout_paid
from apps.payouts.operations.placing import (
    HoldTerms,
    extend_hold,
    place_hold,
    plan_extend_hold,
    plan_place_hold,
    plan_release_hold,
    release_due_hold,
    release_hold,
)
from apps.payouts.operations.proving import attach_payout_proof
from apps.payouts.operations.requesting import (
    Estimate,
    estimate_payout,
    plan_request_payout,
    request_payout,
)
from apps.payouts.operations.reserves.extending import extend_reserve, plan_extend_reserve
from apps.payouts.operations.reserves.releasing import (
    plan_release_reserve,
    release_due_reserve,
    release_reserve,
)
from apps.payouts.operations.reserves.setting import (
    ReserveTerms,
    plan_set_reserve,
    set_reserve,
)
from apps.payouts.operations.reserves.taking import reserve_of_sale
from apps.payouts.operations.retrying import plan_retry_payout, retry_payout
from apps.payouts.operations.scheduling import (
    plan_set_payout_schedule,
    run_payout_schedule,
    set_payout_schedule,
)
from apps.payouts.operations.transferring import (
    begin_transfer,
    refuse_transfer,
    settle_transfer,
    transfer_payout,
)

__all__ = [
    "ATTEMPT_KEY",
    "Estimate",
    "HoldTerms",
    "ReserveTerms",
    "attach_payout_proof",
    "begin_attempt",
    "begin_cancel",
    "begin_transfer",
    "cancel_payout",
    "cancel_payouts_of_organization",
    "create_payout_account",
    "delete_payout_account",
    "estimate_payout",
    "extend_hold",
    "extend_reserve",
    "fail_attempt",
    "file_invoice",
    "finish_cancel",
    "follow_organization",
    "issue_reverse_invoice",
    "link_payout_account",
    "mark_payout_paid",
    "onboarding_url",
    "place_hold",
    "plan_cancel_payout",
    "plan_create_payout_account",
    "plan_delete_payout_account",
    "plan_extend_hold",
    "plan_extend_reserve",
    "plan_issue_reverse_invoice",
    "plan_link_payout_account",
    "plan_mark_payout_paid",
    "plan_place_hold",
    "plan_release_hold",
    "plan_release_reserve",
    "plan_request_payout",
    "plan_retry_payout",
    "plan_set_payout_billing",
    "plan_set_payout_schedule",
    "plan_set_reserve",
    "refuse_transfer",
    "register_payout_account",
    "release_due_hold",
    "release_due_reserve",
    "release_held_payouts",
    "release_hold",
    "release_reserve",
    "request_payout",
    "reserve_of_sale",
    "retry_payout",
    "run_payout_schedule",
    "send_attempt",
    "send_payout_to_bank",
    "set_payout_billing",
    "set_payout_schedule",
    "set_reserve",
    "settle_attempt",
    "settle_transfer",
    "take_account_facts",
    "transfer_payout",
]
