"""What the people who look after a merchant's money are written about disputes."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from apps.core.origin import Origin
from apps.disputes.models import Dispute
from apps.disputes.operations.telling import as_text
from apps.events.models import Event
from apps.events.registry import subscribe
from apps.notifications.operations import Occasion, queue_mail
from apps.payouts.letters import finance_addresses

OPENED: Final = "dispute_opened"
PREVENTED: Final = "dispute_prevented"
_KINDS: Final = {"dispute.opened": OPENED, "dispute.prevented": PREVENTED}


def register() -> None:
    """Write when disputes are opened, or prevented by money that went back; called at start."""
    for event, kind in _KINDS.items():
        subscribe(event, f"disputes.mail_{kind}", _tell, when=_is_told)


def dispute_facts(dispute: Dispute) -> dict[str, Any]:
    """What every mail about a dispute shows; amounts in minor units, times in ISO 8601."""
    return {
        "amount": dispute.gross_amount,
        "currency": dispute.currency,
        "reason": (dispute.reason or "").replace("_", " "),
        "invoice_number": dispute.order.invoice_number if dispute.order else "",
        "customer_email": dispute.customer.email if dispute.customer else "",
        "due_at": as_text(dispute.evidence_due_at),
        "auto_accept_at": as_text(dispute.auto_accept_at),
        "is_inquiry": dispute.is_inquiry,
    }


def _is_told(event: Event) -> bool:
    """Of an early warning nothing has to be done yet; of an inquiry that is over neither."""
    payload = event.payload
    if event.type == "dispute.opened":
        return bool(payload["status"] == Dispute.Status.NEEDS_RESPONSE)
    return payload.get("access") is not None


def _tell(event: Event, origin: Origin) -> None:
    rows = Dispute.objects.select_related("organization", "order", "customer")
    dispute = rows.filter(pk=UUID(event.subject_id)).first()
    if dispute is None:
        return
    kind = _KINDS[event.type]
    for address in finance_addresses(dispute.organization):
        queue_mail(
            occasion=Occasion(
                kind=kind,
                key=f"{event.pk}:{address}",
                organization=dispute.organization,
                recipient=address,
                customer_id=dispute.customer_id,
                subject_type="dispute",
                subject_id=str(dispute.pk),
                context=dispute_facts(dispute),
            ),
            origin=origin,
        )
