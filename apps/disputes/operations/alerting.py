"""What the provider of alerts tells of disputes that may come about."""

from __future__ import annotations

from django.db import transaction

from apps.core.origin import Origin
from apps.disputes.alerts import PROVIDER, Alert
from apps.disputes.errors import DisputeTooEarly
from apps.disputes.locks import lock_alerted_dispute, lock_dispute, lock_matching_dispute
from apps.disputes.models import Dispute
from apps.disputes.operations.recording import contested_parts, hold_payment
from apps.disputes.operations.telling import announce_dispute
from apps.disputes.states import DISPUTE
from apps.orders.models import Order
from apps.payments.models import Payment

Status = Dispute.Status

__all__ = ["Alert", "record_alert"]


@transaction.atomic
def record_alert(*, alert: Alert, origin: Origin) -> Dispute:
    """
    The dispute that an alert warns of: an early warning, or prevented if the payer has the money.

    One that the processor tells of already gets the alert and keeps its status: what the bank does
    counts. The same alert again changes nothing. Records `dispute.opened`, `dispute.updated`,
    `dispute.prevented`.

    :raises DisputeTooEarly: if its payment is not known.
    """
    found = payment_of_intent(alert.intent_id)
    if found is None:
        raise DisputeTooEarly("The payment is not known yet.")
    order = hold_payment(found)
    dispute = lock_alerted_dispute(PROVIDER, alert.id)
    if dispute is None:
        dispute = lock_matching_dispute(
            payment_id=found.pk,
            gross_amount=alert.amount,
            currency=alert.currency,
            is_alerted=False,
        )
        if dispute is None:
            return _warned(alert, found, order, origin)
        _attach(dispute, alert, origin)
    if alert.is_refunded and dispute.processor_id is None:
        _prevent(dispute, origin)
    return dispute


def payment_of_intent(intent_id: str) -> Payment | None:
    """The charge of an intent that took the money; the latest if there are several."""
    rows = Payment.objects.select_related("organization", "order")
    rows = rows.filter(intent_id=intent_id, status=Payment.Status.SUCCEEDED)
    return rows.order_by("-created_at").first()


def _warned(alert: Alert, payment: Payment, order: Order | None, origin: Origin) -> Dispute:
    parts = contested_parts(order, alert.amount)
    status = Status.PREVENTED if alert.is_refunded else Status.EARLY_WARNING
    draft = Dispute(
        created_at=origin.at,
        organization_id=payment.organization_id,
        payment=payment,
        order=order,
        customer_id=order.customer_id if order else payment.customer_id,
        status=status,
        amount=parts.amount,
        tax_amount=parts.tax_amount,
        currency=alert.currency,
        reason=alert.reason,
        alert_id=alert.id,
        alert_processor=PROVIDER,
        opened_at=origin.at,
        closed_at=origin.at if alert.is_refunded else None,
    )
    draft.save(force_insert=True)
    dispute = lock_dispute(draft.pk)
    announce_dispute(dispute, "dispute.opened", origin=origin)
    if alert.is_refunded:
        announce_dispute(dispute, "dispute.prevented", origin=origin)
    return dispute


def _attach(dispute: Dispute, alert: Alert, origin: Origin) -> None:
    dispute.alert_id, dispute.alert_processor = alert.id, PROVIDER
    dispute.modified_at = origin.at
    dispute.save(update_fields=["alert_id", "alert_processor", "modified_at"])
    announce_dispute(
        dispute, "dispute.updated", origin=origin, changes={"alert_id": (None, alert.id)}
    )


def _prevent(dispute: Dispute, origin: Origin) -> None:
    if not DISPUTE.allows(dispute.status, Status.PREVENTED):
        return
    before = dispute.status
    dispute.status = Status.PREVENTED
    dispute.closed_at = dispute.modified_at = origin.at
    dispute.save(update_fields=["status", "closed_at", "modified_at"])
    announce_dispute(
        dispute,
        "dispute.prevented",
        origin=origin,
        changes={"status": (before, Status.PREVENTED.value)},
    )
