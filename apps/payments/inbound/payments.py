"""The processor's messages about charges and intents, each translated into one operation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from apps.core.origin import Origin
from apps.payments.operations import (
    book_charge,
    record_charge,
    record_failed_intent,
    take_set_up_method,
)
from apps.payments.operations.attempting import ATTEMPT_KEY
from apps.payments.operations.recording import organization_of, uuid_of
from apps.payments.selectors import begun_at, is_settled
from apps.processors import gateway
from apps.processors.inbox import on
from apps.processors.models import InboundEvent

Payload = dict[str, Any]


def register() -> None:
    """Subscribe to what concerns payments; called once, when Django is ready."""
    for event_type in ("charge.succeeded", "charge.failed", "charge.pending", "charge.updated"):
        on(event_type, take_charge, known=is_charge_known)
    on("payment_intent.payment_failed", take_failed_intent)
    on("setup_intent.succeeded", take_setup)


def is_charge_known(payload: Payload) -> bool:
    """As a rule: whoever asked for a charge had all that is told of it in the answer."""
    return is_settled(str(payload.get("id")), str(payload.get("status")))


def take_charge(payload: Payload, event: InboundEvent, origin: Origin) -> None:
    """A charge came about, was refused or was settled; one that is settled belongs in the books."""
    charge = gateway.charge_of(payload)
    if is_settled(charge.id, charge.status):
        return
    origin = _on_their_clock(charge.metadata, origin)
    if charge.status != "succeeded" or charge.balance_transaction_id is None:
        if event.type != "charge.updated":
            record_charge(charge=charge, origin=origin)
        return
    settlement = gateway.read_balance_transaction(charge.balance_transaction_id)
    book_charge(charge=charge, settlement=settlement, origin=origin)


def take_failed_intent(payload: Payload, event: InboundEvent, origin: Origin) -> None:
    """An intent failed; without a charge its authentication did."""
    intent = gateway.intent_of(payload)
    record_failed_intent(intent=intent, origin=_on_their_clock(intent.metadata, origin))


def take_setup(payload: Payload, event: InboundEvent, origin: Origin) -> None:
    """A method was saved without a charge; what a checkout asked for is the checkout's."""
    intent = gateway.intent_of(payload)
    if organization_of(intent.metadata) is None or "checkout_id" in intent.metadata:
        return
    # The event names the method without showing it.
    intent = gateway.read_setup_intent(intent.id)
    take_set_up_method(intent=intent, origin=_on_their_clock(intent.metadata, origin))


def _on_their_clock(metadata: Mapping[str, str], origin: Origin) -> Origin:
    """
    The same origin at the time of the organization concerned, whose clock may run ahead.

    Never before the attempt was begun: a clock that is just being moved is behind what happens.
    """
    organization = organization_of(metadata)
    if organization is None:
        return origin
    at = origin.at + organization.clock_offset
    begun = begun_at(organization.pk, uuid_of(metadata, ATTEMPT_KEY))
    return replace(origin, at=max(at, begun) if begun else at)
