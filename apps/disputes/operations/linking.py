"""Refunds that the provider of alerts made, and the disputes that they prevent."""

from __future__ import annotations

from django.db import transaction

from apps.core.origin import Origin
from apps.disputes.alerts import PROVIDER
from apps.disputes.models import Dispute
from apps.payments.errors import RefundTooEarly
from apps.payments.models import Refund


@transaction.atomic
def link_preventive_refund(*, refund: Refund, alert_id: str, origin: Origin) -> None:
    """
    Tie a refund to the dispute of the alert that it names; the caller holds the refund.

    :raises RefundTooEarly: if the alert has not arrived.
    """
    rows = Dispute.objects.filter(alert_processor=PROVIDER, alert_id=alert_id)
    dispute_id = rows.values_list("pk", flat=True).first()
    if dispute_id is None:
        raise RefundTooEarly("It names an alert that is not known.")
    if refund.dispute_id != dispute_id:
        refund.dispute_id, refund.modified_at = dispute_id, origin.at
        refund.save(update_fields=["dispute_id", "modified_at"])
