"""The processor's messages about methods that checkouts save without a charge."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import structlog

from apps.checkouts.errors import OutdatedCheckoutIntent
from apps.checkouts.models import Checkout
from apps.checkouts.operations import handle_failure, handle_success
from apps.core.origin import Origin
from apps.processors import gateway
from apps.processors.inbox import on
from apps.processors.models import InboundEvent

log = structlog.get_logger(__name__)
Payload = dict[str, Any]


def register() -> None:
    """Subscribe; called once, when Django is ready."""
    on("setup_intent.succeeded", take_saved_method)
    on("setup_intent.setup_failed", take_failed_setup)


def take_saved_method(payload: Payload, event: InboundEvent, origin: Origin) -> None:
    """The method of a trial was saved. One for an outdated attempt has no use: it is left alone."""
    checkout = _checkout_of(payload.get("metadata") or {})
    if checkout is None:
        return
    # The event names the method without showing it.
    intent = gateway.read_setup_intent(payload["id"])
    try:
        handle_success(
            checkout_id=checkout.pk,
            payment=None,
            setup=intent,
            origin=_on_their_clock(checkout, origin),
        )
    except OutdatedCheckoutIntent:
        log.warning("checkout_setup_outdated", checkout=str(checkout.pk), intent=intent.id)


def take_failed_setup(payload: Payload, event: InboundEvent, origin: Origin) -> None:
    """The bank, or the buyer before it, said no."""
    checkout = _checkout_of(payload.get("metadata") or {})
    if checkout is None:
        return
    intent = gateway.intent_of(payload)
    handle_failure(
        checkout_id=checkout.pk,
        attempt=_attempt_of(intent.metadata),
        message=intent.error_message or "The payment method could not be saved.",
        origin=_on_their_clock(checkout, origin),
    )


def _checkout_of(metadata: Mapping[str, str]) -> Checkout | None:
    """The checkout that an intent names, if it is of the organization it names too."""
    try:
        checkout_id = UUID(str(metadata.get("checkout_id") or ""))
    except ValueError:
        return None
    found = Checkout.objects.select_related("organization").filter(pk=checkout_id).first()
    if found is None or str(found.organization_id) != metadata.get("organization_id"):
        return None
    return found


def _attempt_of(metadata: Mapping[str, str]) -> int:
    """The attempt that an intent was made for; one that names none is no attempt of ours: 0."""
    value = metadata.get("checkout_attempt") or ""
    return int(value[:18]) if value.isdecimal() else 0


def _on_their_clock(checkout: Checkout, origin: Origin) -> Origin:
    return origin.on_clock(checkout.organization.clock_offset)
