"""The row locks of disputes: after what the payment pays, as refunds are locked."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from apps.core.errors import ResourceNotFound
from apps.disputes.models import Dispute, Dossier, EarlyFraudWarning
from apps.orders.locks import lock_order
from apps.payments.locks import lock_payment_row


def lock_dispute(dispute_id: UUID) -> Dispute:
    """The dispute, locked until the transaction ends; what it is of is to be locked before."""
    found = _rows().filter(pk=dispute_id).first()
    if found is None:
        raise ResourceNotFound
    return found


def lock_held_dispute(dispute_id: UUID) -> Dispute:
    """A dispute, locked after what it is of, as everyone locks them."""
    row = Dispute.objects.filter(pk=dispute_id).values_list("order_id", "payment_id").first()
    if row is None:
        raise ResourceNotFound
    order_id, payment_id = row
    if order_id is not None:
        lock_order(order_id)
    else:
        lock_payment_row(payment_id)
    return lock_dispute(dispute_id)


def lock_told_dispute(processor_id: str) -> Dispute | None:
    """The dispute that the processor calls so, locked; None if there is none."""
    return _rows().filter(processor_id=processor_id).first()


def lock_matching_dispute(
    *, payment_id: UUID, gross_amount: int, currency: str, is_alerted: bool
) -> Dispute | None:
    """
    A dispute of the same money that only the other side has told of, locked; the latest one.

    With `is_alerted` one that has an alert and no processor's id yet, else the other way round.
    """
    rows = _rows().filter(payment_id=payment_id, currency=currency)
    rows = rows.filter(processor_id=None) if is_alerted else rows.filter(alert_id=None)
    found = [row for row in rows.order_by("-created_at") if row.gross_amount == gross_amount]
    return found[0] if found else None


def lock_alerted_dispute(alert_processor: str, alert_id: str) -> Dispute | None:
    """The dispute of an alert, locked; None if there is none."""
    return _rows().filter(alert_processor=alert_processor, alert_id=alert_id).first()


def lock_fraud_warning(processor_id: str) -> EarlyFraudWarning | None:
    """A warning by the processor's id, locked."""
    rows = EarlyFraudWarning.objects.select_for_update(of=("self",))
    return rows.filter(processor_id=processor_id).first()


def lock_disputed(dispute_id: UUID) -> tuple[Dispute, Dossier | None]:
    """The dispute, and its dossier if there is one, locked until the transaction ends."""
    dispute = lock_dispute(dispute_id)
    dossier = Dossier.objects.select_for_update(no_key=True).filter(dispute=dispute).first()
    return dispute, dossier


def lock_dossier(dispute_id: UUID) -> tuple[Dispute, Dossier]:
    """
    The dispute and its dossier, locked until the transaction ends.

    :raises ResourceNotFound: if nothing was gathered yet.
    """
    dispute, dossier = lock_disputed(dispute_id)
    if dossier is None:
        raise ResourceNotFound
    return dispute, dossier


def _rows() -> QuerySet[Dispute]:
    related = ("organization", "payment__organization", "order__organization", "customer")
    return Dispute.objects.select_related(*related).select_for_update(of=("self",))
