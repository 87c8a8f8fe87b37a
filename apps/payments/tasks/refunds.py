"""Jobs of refunds."""

from __future__ import annotations

from uuid import UUID

import structlog

from apps.core.errors import DomainError
from apps.core.jobs import job
from apps.core.origin import Door, Origin, system_origin
from apps.core.timers import Timer, register_timer
from apps.payments.models import Payment, Refund
from apps.payments.operations.refunds.asking import resume_refund
from apps.payments.operations.refunds.returning import return_payment
from apps.payments.selectors import due_refund_ids, due_return_ids, refunds_due_by, returns_due

log = structlog.get_logger(__name__)


def register() -> None:
    """Have the time machine look after refunds, and return money without an order."""
    register_timer(Timer(name="payments.refund", due=refunds_due_by, run=_resume_as_of, rank=72))
    register_timer(
        Timer(name="payments.return_unclaimed", due=returns_due, run=_return_unclaimed, rank=90)
    )


@job("payments.resume_refunds", queue="high")
def resume_refunds_task(**_future: object) -> None:
    """Look after every pending refund that is due; one that fails does not stop the others."""
    for refund_id in due_refund_ids(at=system_origin(Door.TASK).at, limit=500):
        _resume(refund_id)


@job("payments.resume_refund", queue="high")
def resume_refund_task(*, refund_id: str, **_future: object) -> None:
    """Find out what became of one refund."""
    _resume(UUID(refund_id))


@job("payments.return_unclaimed", queue="medium")
def return_unclaimed_task(**_future: object) -> None:
    """Give money back that no order has had a use for, a day after that was known."""
    for payment_id in due_return_ids(at=system_origin(Door.TASK).at, limit=500):
        payment = Payment.objects.select_related("organization").get(pk=payment_id)
        offset = payment.organization.clock_offset
        _return_unclaimed(payment_id, system_origin(Door.TASK, clock_offset=offset))


def _resume(refund_id: UUID) -> None:
    refund = Refund.objects.select_related("organization").get(pk=refund_id)
    _resume_as_of(
        refund_id, system_origin(Door.TASK, clock_offset=refund.organization.clock_offset)
    )


def _resume_as_of(refund_id: UUID, origin: Origin) -> None:
    try:
        resume_refund(refund_id=refund_id, origin=origin)
    except DomainError as error:
        # Still open: the next sweep asks again.
        log.warning("refund_not_resumed", refund=str(refund_id), error=error.code)


def _return_unclaimed(payment_id: UUID, origin: Origin) -> None:
    try:
        return_payment(payment_id=payment_id, source=Refund.Source.SYSTEM, origin=origin)
    except DomainError as error:
        # Refused, for staff to see, or not answered, which the sweep of refunds finds out.
        log.warning("payment_not_returned", payment=str(payment_id), error=error.code)
