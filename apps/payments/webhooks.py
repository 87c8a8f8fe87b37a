"""What merchants are told of refunds."""

from __future__ import annotations

from typing import Any

from apps.events.models import Event
from apps.payments.api.refund_presenters import present_refund
from apps.payments.selectors.refunds import presentable_refunds
from apps.webhooks.registry import tell


def register() -> None:
    """Called once, when Django is ready."""
    tell("refund.created", names=("refund.created",), present=_refund)
    tell("refund.updated", names=("refund.updated",), present=_refund)


def _refund(event: Event, version: str) -> Any:
    refund = presentable_refunds().filter(pk=event.subject_id).first()
    return refund and present_refund(refund)
