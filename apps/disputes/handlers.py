"""What other apps' events mean for disputes: one operation each."""

from __future__ import annotations

from apps.core.jobs import enqueue
from apps.core.origin import Origin
from apps.disputes.operations import link_preventive_refund
from apps.events.models import Event
from apps.events.registry import listen, subscribe
from apps.payments.models import Refund


def register() -> None:
    """Subscribe; called once, when Django is ready."""
    listen("refund.created", link_to_alert)
    subscribe("dispute.opened", "disputes.gather_dossier", gather_evidence)


def link_to_alert(event: Event, origin: Origin) -> None:
    """A refund was made at the processor, by a provider of alerts if it names one."""
    alert_id = event.payload.get("alert_id")
    if alert_id:
        row = event.subject_row
        refund = row if isinstance(row, Refund) else Refund.objects.get(pk=event.subject_id)
        link_preventive_refund(refund=refund, alert_id=alert_id, origin=origin)


def gather_evidence(event: Event, origin: Origin) -> None:
    """A payment is contested: have gathered what speaks against that."""
    enqueue("disputes.gather_dossier", queue="medium", dispute_id=event.subject_id)
