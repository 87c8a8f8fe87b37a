"""Warnings of fraud by the card networks."""

from __future__ import annotations

from django.db import transaction

from apps.core.origin import Origin
from apps.disputes.locks import lock_fraud_warning
from apps.disputes.models import EarlyFraudWarning
from apps.disputes.operations.recording import payment_of
from apps.events.operations import record
from apps.ledger.operations.disputes import post_fraud_warning_fee
from apps.processors.gateway.disputes import FraudWarningFacts


@transaction.atomic
def record_fraud_warning(*, facts: FraudWarningFacts, origin: Origin) -> EarlyFraudWarning | None:
    """
    Keep a warning, and charge the merchant for it where their terms say so; None if not ours.

    Records `fraud_warning.received` once. A warning that there is nothing left to do about stays
    that way, whatever arrives late.
    """
    payment = payment_of(facts.charge_id)
    if payment is None:
        return None
    draft = EarlyFraudWarning(
        created_at=origin.at,
        organization_id=payment.organization_id,
        payment=payment,
        processor_id=facts.id,
        fraud_type=facts.fraud_type,
        is_actionable=facts.is_actionable,
        received_at=origin.at,
    )
    EarlyFraudWarning.objects.bulk_create([draft], ignore_conflicts=True)
    warning = lock_fraud_warning(facts.id)
    if warning is None:
        raise LookupError(f"{facts.id} was kept and is not there.")
    if warning.pk != draft.pk:
        if warning.is_actionable and not facts.is_actionable:
            warning.is_actionable, warning.modified_at = False, origin.at
            warning.save(update_fields=["is_actionable", "modified_at"])
        return warning
    post_fraud_warning_fee(
        warning_id=warning.pk,
        organization_id=payment.organization_id,
        payment_id=payment.pk,
        origin=origin,
    )
    record(
        "fraud_warning.received",
        subject=warning,
        organization_id=warning.organization_id,
        origin=origin,
        payload={
            "payment_id": str(payment.pk),
            "order_id": str(payment.order_id) if payment.order_id else None,
            "customer_id": str(payment.customer_id) if payment.customer_id else None,
            "fraud_type": warning.fraud_type,
            "is_actionable": warning.is_actionable,
        },
    )
    return warning
