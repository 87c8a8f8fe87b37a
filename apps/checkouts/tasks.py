"""Jobs of checkouts."""

from __future__ import annotations

from uuid import UUID

import structlog

from apps.checkouts.models import Checkout
from apps.checkouts.operations import (
    expire_checkouts,
    handle_success,
    resume_checkout,
    withdraw_former_intent,
)
from apps.checkouts.selectors import unsettled_checkout_ids
from apps.core.errors import DomainError
from apps.core.jobs import job
from apps.core.origin import Door, Origin, system_origin

log = structlog.get_logger(__name__)


@job("checkouts.expire_checkouts", queue="low")
def expire_checkouts_task(**_future: object) -> None:
    """Close what is past its time."""
    expire_checkouts(origin=system_origin(Door.TASK))


@job("checkouts.resume_checkouts", queue="high")
def resume_checkouts_task(**_future: object) -> None:
    """Look after every confirmed checkout that is due; one that fails does not stop the others."""
    for checkout_id in unsettled_checkout_ids(at=system_origin(Door.TASK).at, limit=500):
        try:
            resume_checkout(checkout_id=checkout_id, origin=_origin_for(checkout_id))
        except DomainError as error:
            log.warning("checkout_not_resumed", checkout=str(checkout_id), error=error.code)


@job("checkouts.resume_checkout", queue="high")
def resume_checkout_task(*, checkout_id: str, **_future: object) -> None:
    """Find out what became of one checkout."""
    resume_checkout(checkout_id=UUID(checkout_id), origin=_origin_for(UUID(checkout_id)))


@job("checkouts.settle_free_checkout", queue="high")
def settle_free_checkout_task(*, checkout_id: str, **_future: object) -> None:
    """Make the order of a checkout that costs nothing."""
    handle_success(
        checkout_id=UUID(checkout_id), payment=None, origin=_origin_for(UUID(checkout_id))
    )


@job("checkouts.withdraw_former_intent", queue="high")
def withdraw_former_intent_task(*, checkout_id: str, **_future: object) -> None:
    """Take a failed payment out of the buyer's hands."""
    withdraw_former_intent(checkout_id=UUID(checkout_id), origin=_origin_for(UUID(checkout_id)))


def _origin_for(checkout_id: UUID) -> Origin:
    """Now, by the clock of the checkout's organization."""
    checkout = Checkout.objects.select_related("organization").get(pk=checkout_id)
    return system_origin(Door.TASK, clock_offset=checkout.organization.clock_offset)
