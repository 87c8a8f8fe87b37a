"""Disputes, what is gathered against them, and the processor's warnings of fraud."""

from apps.disputes.models.disputes import Dispute
from apps.disputes.models.evidence import (
    DisputeAttachment,
    DisputeNote,
    DisputeReply,
    Dossier,
    DossierVersion,
)
from apps.disputes.models.warnings import EarlyFraudWarning

__all__ = [
    "Dispute",
    "DisputeAttachment",
    "DisputeNote",
    "DisputeReply",
    "Dossier",
    "DossierVersion",
    "EarlyFraudWarning",
]
