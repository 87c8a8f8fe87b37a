"""What merchants are told of checkouts."""

from __future__ import annotations

from typing import Any

from apps.checkouts.api.presenters import present_checkout
from apps.checkouts.selectors import presentable_checkouts
from apps.events.models import Event
from apps.webhooks.registry import tell, tell_each


def register() -> None:
    """Called once, when Django is ready."""
    tell("checkout.created", names=("checkout.created",), present=_checkout)
    tell("checkout.expired", names=("checkout.expired",), present=_checkout)
    changed = (
        "checkout.updated",
        "checkout.confirmed",
        "checkout.succeeded",
        "checkout.reopened",
    )
    tell_each(changed, names=("checkout.updated",), present=_checkout)


def _checkout(event: Event, version: str) -> Any:
    return present_checkout(presentable_checkouts().get(pk=event.subject_id))
