"""The processor's messages about refunds, each translated into one operation."""

from __future__ import annotations

from typing import Any, Final

from apps.core.origin import Origin
from apps.payments.errors import RefundTooEarly
from apps.payments.models import Payment, Refund
from apps.payments.operations.recording import organization_of
from apps.payments.operations.refunds.recording import record_refund, with_settlement
from apps.processors import gateway
from apps.processors.errors import PaymentError
from apps.processors.gateway.refunds import RefundFacts, refund_of
from apps.processors.inbox import NotYet, on
from apps.processors.models import InboundEvent

Payload = dict[str, Any]

EVENTS: Final = ("refund.created", "refund.updated", "refund.failed", "charge.refund.updated")


def register() -> None:
    """Subscribe to what concerns refunds; called once, when Django is ready."""
    for event_type in EVENTS:
        on(event_type, take_refund)


def take_refund(payload: Payload, event: InboundEvent, origin: Origin) -> None:
    """A refund came about or moved on, here or at the processor."""
    facts = refund_of(payload)
    if Refund.objects.filter(processor_id=facts.id, status=facts.status).exists():
        # The answer of the call said so already: nothing needs to be read.
        return
    payment = Payment.objects.select_related("organization").filter(
        processor_id=facts.charge_id or ""
    )
    known = payment.first()
    if known is None:
        if _is_ours(facts):
            raise NotYet("The payment is not known yet.")
        return
    there = origin.on_clock(known.organization.clock_offset)
    try:
        record_refund(facts=with_settlement(facts), origin=there)
    except RefundTooEarly as error:
        raise NotYet(error.detail) from error


def _is_ours(facts: RefundFacts) -> bool:
    """Whether the charge was made by us, though we have not heard of it."""
    if not facts.charge_id:
        return False
    try:
        charge = gateway.read_charge(facts.charge_id)
    except PaymentError:
        return False
    return organization_of(charge.metadata) is not None
