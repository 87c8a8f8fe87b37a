"""What becomes due on checkouts, for the sandbox's time machine."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import structlog

from apps.checkouts.models import Checkout
from apps.checkouts.operations import expire_checkout, resume_checkout
from apps.core.errors import DomainError
from apps.core.origin import Origin
from apps.core.timers import Due, Timer, register_timer

log = structlog.get_logger(__name__)
# As many as are listed of one organization at once.
_LISTED = 5000


def register() -> None:
    """Have the time machine live through checkouts too; called once at start."""
    register_timer(Timer(name="checkouts.resume", due=unsettled_by, run=_resume, rank=10))
    register_timer(Timer(name="checkouts.expire", due=expiring_by, run=_expire, rank=30))


def expiring_by(organization_id: UUID, until: datetime) -> list[Due]:
    """The open checkouts of an organization whose time is over by `until`, the earliest first."""
    rows = Checkout.objects.filter(
        organization_id=organization_id, status=Checkout.Status.OPEN, expires_at__lte=until
    )
    found = rows.order_by("expires_at", "id").values_list("expires_at", "id")
    return [Due(at, row_id, row_id) for at, row_id in found[:_LISTED]]


def unsettled_by(organization_id: UUID, until: datetime) -> list[Due]:
    """The confirmed checkouts of an organization to be looked after by `until`."""
    rows = Checkout.objects.filter(
        organization_id=organization_id,
        status=Checkout.Status.CONFIRMED,
        next_check_at__lte=until,
    )
    found = rows.order_by("next_check_at", "id").values_list("next_check_at", "id")
    return [Due(at, row_id, row_id) for at, row_id in found[:_LISTED] if at is not None]


def _expire(checkout_id: UUID, origin: Origin) -> None:
    expire_checkout(checkout_id=checkout_id, origin=origin)


def _resume(checkout_id: UUID, origin: Origin) -> None:
    try:
        resume_checkout(checkout_id=checkout_id, origin=origin)
    except DomainError as error:
        # It is looked after again in a moment.
        log.warning("checkout_not_resumed", checkout=str(checkout_id), error=error.code)
