"""What can be done with disputes."""

from apps.disputes.operations.accepting import (
    accept_dispute,
    plan_accept_dispute,
    resume_acceptance,
    run_auto_accept,
)
from apps.disputes.operations.alerting import Alert, record_alert
from apps.disputes.operations.attaching import attach_file, detach_file
from apps.disputes.operations.conceding import mark_past_due, note_merchant_reply
from apps.disputes.operations.editing import edit_dossier
from apps.disputes.operations.gathering import gather_dossier
from apps.disputes.operations.handling import add_note, assign_dispute
from apps.disputes.operations.linking import link_preventive_refund
from apps.disputes.operations.recording import record_dispute, take_dispute
from apps.disputes.operations.replying import reply_to_dispute
from apps.disputes.operations.submitting import (
    plan_submit_evidence,
    resume_submission,
    submit_evidence,
)
from apps.disputes.operations.warning import record_fraud_warning
from apps.disputes.operations.withdrawing import align_disputed_benefits

__all__ = [
    "Alert",
    "accept_dispute",
    "add_note",
    "align_disputed_benefits",
    "assign_dispute",
    "attach_file",
    "detach_file",
    "edit_dossier",
    "gather_dossier",
    "link_preventive_refund",
    "mark_past_due",
    "note_merchant_reply",
    "plan_accept_dispute",
    "plan_submit_evidence",
    "record_alert",
    "record_dispute",
    "record_fraud_warning",
    "reply_to_dispute",
    "resume_acceptance",
    "resume_submission",
    "run_auto_accept",
    "submit_evidence",
    "take_dispute",
]
