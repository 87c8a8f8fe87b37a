"""The processor's messages about disputes and fraud, each translated into one operation."""

from __future__ import annotations

from typing import Any, Final

from apps.core.origin import Origin
from apps.disputes import alerts
from apps.disputes.errors import DisputeTooEarly
from apps.disputes.operations.alerting import payment_of_intent, record_alert
from apps.disputes.operations.recording import payment_of, take_dispute
from apps.disputes.operations.warning import record_fraud_warning
from apps.payments.operations.recording import organization_of
from apps.processors import gateway
from apps.processors.errors import PaymentError
from apps.processors.gateway import Intent
from apps.processors.gateway.disputes import dispute_of, fraud_warning_of
from apps.processors.inbox import NotYet, on
from apps.processors.models import InboundEvent

Payload = dict[str, Any]

DISPUTES: Final = (
    "charge.dispute.created",
    "charge.dispute.updated",
    "charge.dispute.funds_withdrawn",
    "charge.dispute.funds_reinstated",
    "charge.dispute.closed",
)
WARNINGS: Final = ("radar.early_fraud_warning.created", "radar.early_fraud_warning.updated")


def register() -> None:
    """Subscribe to what concerns disputes; called once, when Django is ready."""
    for event_type in DISPUTES:
        on(event_type, take_told_dispute)
    for event_type in WARNINGS:
        on(event_type, take_fraud_warning)
    for event_type in alerts.EVENTS:
        on(f"{alerts.PROVIDER}.{event_type}", take_alert)


def take_told_dispute(payload: Payload, event: InboundEvent, origin: Origin) -> None:
    """Something happened to a dispute; what, is read where it happened."""
    facts = dispute_of(payload)
    there = _on_their_clock(facts.charge_id, origin)
    if there is None:
        return
    try:
        take_dispute(processor_id=facts.id, charge_id=facts.charge_id, origin=there)
    except DisputeTooEarly as error:
        raise NotYet(error.detail) from error


def take_fraud_warning(payload: Payload, event: InboundEvent, origin: Origin) -> None:
    """A card network warns of a charge, or takes that back."""
    facts = fraud_warning_of(payload)
    there = _on_their_clock(facts.charge_id, origin)
    if there is not None:
        record_fraud_warning(facts=facts, origin=there)


def take_alert(payload: Payload, event: InboundEvent, origin: Origin) -> None:
    """The provider of alerts tells of a dispute to come, or what became of it."""
    alert = alerts.alert_of(payload)
    payment = payment_of_intent(alert.intent_id)
    if payment is None:
        intent = _intent(alert.intent_id)
        if intent is None or organization_of(intent.metadata) is None:
            return
        raise NotYet("The payment is not known yet.")
    record_alert(alert=alert, origin=origin.on_clock(payment.organization.clock_offset))


def _intent(intent_id: str) -> Intent | None:
    try:
        return gateway.read_payment_intent(intent_id)
    except PaymentError:
        return None


def _on_their_clock(charge_id: str, origin: Origin) -> Origin | None:
    """
    The origin at the time of whose charge it is; None for one that is not ours.

    :raises NotYet: for one of ours that we have not heard of.
    """
    payment = payment_of(charge_id)
    if payment is not None:
        return origin.on_clock(payment.organization.clock_offset)
    try:
        charge = gateway.read_charge(charge_id)
    except PaymentError:
        return None
    if organization_of(charge.metadata) is not None:
        raise NotYet("The payment is not known yet.")
    return None
