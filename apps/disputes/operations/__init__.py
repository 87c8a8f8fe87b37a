"""What can be done with disputes."""

from apps.disputes.operations.accepting import (
    accept_dispute,
    plan_accept_dispute,
    resume_acceptance,
    run_auto_accept,
)
from apps.disputes.operations.alerting import Alert, record_alert
from apps.disputes.operations.conceding import mark_past_due, note_merchant_reply
from apps.disputes.operations.linking import link_preventive_refund
from apps.disputes.operations.recording import record_dispute, take_dispute
from apps.disputes.operations.warning import record_fraud_warning
from apps.disputes.operations.withdrawing import align_disputed_benefits

__all__ = [
    "Alert",
    "accept_dispute",
    "align_disputed_benefits",
    "link_preventive_refund",
    "mark_past_due",
    "note_merchant_reply",
    "plan_accept_dispute",
    "record_alert",
    "record_dispute",
    "record_fraud_warning",
    "resume_acceptance",
    "run_auto_accept",
    "take_dispute",
]
