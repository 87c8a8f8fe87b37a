"""Jobs of payments."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import structlog

from apps.core.errors import DomainError
from apps.core.jobs import job
from apps.core.origin import Door, Origin, system_origin
from apps.core.prepared import ID_MARK, Prepared
from apps.core.timers import Timer, register_timer
from apps.payments.models import ChargeAttempt, Payment
from apps.payments.operations import (
    book_missing_charge,
    charge_collection,
    detach_removed_method,
    resume_charge_attempt,
)
from apps.payments.selectors import due_charge_attempt_ids, unbooked_by, unbooked_payment_ids

log = structlog.get_logger(__name__)

_timed = Prepared(
    lambda value: ChargeAttempt.objects.select_related("organization").filter(pk=value),
    mark=ID_MARK,
)


def register() -> None:
    """Have the time machine book what was not reported; called once at start."""
    # After the charges of the same moment have been looked after.
    register_timer(Timer(name="payments.booking", due=unbooked_by, run=_book, rank=71))


@job("payments.resume_charge_attempts", queue="high")
def resume_charge_attempts_task(**_future: object) -> None:
    """Look after every open attempt that is due; one that fails does not stop the others."""
    for attempt_id in due_charge_attempt_ids(at=system_origin(Door.TASK).at, limit=500):
        _resume(attempt_id)


@job("payments.resume_charge_attempt", queue="high")
def resume_charge_attempt_task(*, attempt_id: str, **_future: object) -> None:
    """Find out what became of one attempt."""
    _resume(UUID(attempt_id))


@job("payments.charge_collection", queue="high")
def charge_collection_task(*, attempt_id: str, **_future: object) -> None:
    """Ask for a charge that was begun."""
    charge_collection(attempt_id=UUID(attempt_id), origin=_origin_for(UUID(attempt_id)))


@job("payments.book_missing_charges", queue="medium")
def book_missing_charges_task(**_future: object) -> None:
    """Book what the processor settled without our hearing of it."""
    for payment_id in unbooked_payment_ids(at=system_origin(Door.TASK).at, limit=500):
        payment = Payment.objects.select_related("organization").get(pk=payment_id)
        origin = system_origin(Door.TASK, clock_offset=payment.organization.clock_offset)
        _book(payment_id, origin)


@job("payments.detach_method", queue="low")
def detach_method_task(*, payment_method_id: str, **_future: object) -> None:
    """Have the processor let go of a method that was removed."""
    detach_removed_method(payment_method_id=UUID(payment_method_id))


def _book(payment_id: UUID, origin: Origin) -> None:
    try:
        book_missing_charge(payment_id=payment_id, origin=origin)
    except DomainError as error:
        log.warning("payment_not_booked", payment=str(payment_id), error=error.code)


def _resume(attempt_id: UUID) -> None:
    try:
        resume_charge_attempt(attempt_id=attempt_id, origin=_origin_for(attempt_id))
    except DomainError as error:
        # Still open: the next sweep asks again.
        log.warning("charge_attempt_not_resumed", attempt=str(attempt_id), error=error.code)


def _origin_for(attempt_id: UUID) -> Origin:
    """Now, by the clock of the attempt's organization."""
    attempt = _timed.first(attempt_id)
    offset = attempt.organization.clock_offset if attempt else timedelta()
    return system_origin(Door.TASK, clock_offset=offset)
