"""Damage to disputes."""

from tests.invariants.damages.kinds import Damage

DISPUTES = (
    Damage(
        "a dispute out of the books",
        "disputes.withdrawals_are_posted",
        "UPDATE ledger_entry SET reference = 'lost:' || reference WHERE reference LIKE 'dispute:%'",
    ),
    Damage(
        "a dispute that was lost in the row alone",
        "disputes.losses_are_posted",
        "UPDATE disputes_dispute SET status = 'lost', closed_at = now() "
        "WHERE status = 'needs_response'",
    ),
    Damage(
        "a payment that can be refunded in spite of its dispute",
        "disputes.payments_know_they_are_contested",
        "UPDATE payments_payment SET contested_at = NULL",
    ),
    Damage(
        "an acceptance that nobody asks after",
        "disputes.acceptances_are_answered",
        "UPDATE disputes_dispute SET accept_asked_at = now() - interval '2 days'",
    ),
    Damage(
        "money that is nowhere",
        "payouts.every_cent_is_in_one_place",
        "UPDATE payouts_hold SET amount = amount - 1",
    ),
)
