"""What customers are written when money goes back to them."""

from __future__ import annotations

from uuid import UUID

from apps.core.origin import Origin
from apps.events.models import Event
from apps.events.registry import subscribe
from apps.notifications.operations import Occasion, queue_mail
from apps.orders.refunds import Parts
from apps.payments.letters import REFUND_KIND, refund_letter
from apps.payments.models import Refund


def register() -> None:
    """Write when refunds have succeeded; called once at start."""
    for event in ("refund.created", "refund.updated"):
        subscribe(event, f"payments.mail_{event.replace('.', '_')}", _tell, when=_has_succeeded)


def _has_succeeded(event: Event) -> bool:
    return bool(event.payload.get("status") == Refund.Status.SUCCEEDED)


def _tell(event: Event, origin: Origin) -> None:
    rows = Refund.objects.select_related(
        "organization", "order__customer", "order__product", "payment__customer"
    )
    refund = rows.filter(pk=UUID(event.subject_id)).first()
    if refund is None:
        return
    parts = Parts(refund.amount, refund.tax_amount)
    letter = refund_letter(refund.payment, refund.order, parts)
    if letter is None:
        return
    queue_mail(
        occasion=Occasion(
            kind=REFUND_KIND,
            key=str(refund.pk),
            organization=refund.organization,
            recipient=letter.recipient,
            customer_id=refund.customer_id,
            subject_type="refund",
            subject_id=str(refund.pk),
            locale=letter.locale,
            context=letter.context,
        ),
        origin=origin,
    )
