"""Jobs of payouts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog
from django.db.models import QuerySet

from apps.core.errors import DomainError
from apps.core.jobs import job
from apps.core.origin import Door, Origin, system_origin
from apps.core.timers import Timer, register_timer
from apps.organizations.models import Organization
from apps.payouts.models import Hold, Payout, PayoutAttempt, Reserve
from apps.payouts.operations import (
    finish_cancel,
    release_due_hold,
    release_due_reserve,
    run_payout_schedule,
    send_attempt,
    send_payout_to_bank,
    transfer_payout,
)
from apps.payouts.selectors import (
    attempts_due_by,
    due_hold_ids,
    due_reserve_ids,
    due_schedule_ids,
    sendable_payout_ids,
    sendings_due_by,
    transfers_due_by,
    unknown_attempt_ids,
    waiting_transfer_ids,
)

log = structlog.get_logger(__name__)


def register() -> None:
    """Have what beat looks after done by the time machine, too; called once at start."""
    register_timer(
        Timer(name="payouts.transfer", due=transfers_due_by, run=_resume_transfer, rank=82)
    )
    register_timer(Timer(name="payouts.send", due=sendings_due_by, run=_send, rank=84))
    register_timer(Timer(name="payouts.attempt", due=attempts_due_by, run=_resume_attempt, rank=84))


@job("payouts.transfer", queue="medium")
def transfer_task(*, payout_id: str, **_future: object) -> None:
    """Send a payout to its account."""
    transfer_payout(payout_id=UUID(payout_id), origin=_origin_of(UUID(payout_id)))


@job("payouts.send_to_bank", queue="medium")
def send_to_bank_task(*, payout_id: str, **_future: object) -> None:
    """Have the bank paid."""
    send_payout_to_bank(payout_id=UUID(payout_id), origin=_origin_of(UUID(payout_id)))


@job("payouts.finish_cancel", queue="medium")
def finish_cancel_task(*, payout_id: str, **_future: object) -> None:
    """Get the money of a canceled payout back."""
    _finish_cancel(UUID(payout_id), _origin_of(UUID(payout_id)))


@job("payouts.resume", queue="medium")
def resume_task(**_future: object) -> None:
    """Find out what became of steps whose answer is missing; one that fails stops no other."""
    at = system_origin(Door.TASK).at
    for payout_id in waiting_transfer_ids(at=at):
        _resume_transfer(payout_id, _origin_of(payout_id))
    for attempt_id in unknown_attempt_ids(at=at):
        payout_id = PayoutAttempt.objects.values_list("payout_id", flat=True).get(pk=attempt_id)
        _resume_attempt(attempt_id, _origin_of(payout_id))


@job("payouts.send_waiting", queue="medium")
def send_waiting_task(**_future: object) -> None:
    """Send to their banks the payouts whose money is in its account by now, the oldest first."""
    for payout_id in sendable_payout_ids():
        _send(payout_id, _origin_of(payout_id))


@job("payouts.run_schedules", queue="medium")
def run_schedules_task(**_future: object) -> None:
    """Make the payouts that are due by the schedules of their organizations."""
    for organization_id in due_schedule_ids(at=system_origin(Door.TASK).at):
        offset = Organization.objects.values_list("clock_offset", flat=True).get(pk=organization_id)
        run_payout_schedule(
            organization_id=organization_id,
            origin=system_origin(Door.TASK, clock_offset=offset),
        )


@job("payouts.release_kept", queue="medium")
def release_kept_task(**_future: object) -> None:
    """Give back what reserves and holds keep no longer."""
    at = system_origin(Door.TASK).at
    for reserve_id in due_reserve_ids(at=at):
        offset = _offset_of(Reserve.objects.filter(pk=reserve_id))
        origin = system_origin(Door.TASK, clock_offset=offset)
        release_due_reserve(reserve_id=reserve_id, origin=origin)
    for hold_id in due_hold_ids(at=at):
        offset = _offset_of(Hold.objects.filter(pk=hold_id))
        origin = system_origin(Door.TASK, clock_offset=offset)
        release_due_hold(hold_id=hold_id, origin=origin)


def _resume_transfer(payout_id: UUID, origin: Origin) -> None:
    payout = Payout.objects.get(pk=payout_id)
    if payout.transfer_status == Payout.TransferStatus.RETURNING:
        _finish_cancel(payout_id, origin)
        return
    try:
        transfer_payout(payout_id=payout_id, origin=origin)
    except DomainError as error:
        log.warning("payout_not_resumed", payout=str(payout_id), error=error.code)


def _resume_attempt(attempt_id: UUID, origin: Origin) -> None:
    try:
        send_attempt(attempt_id=attempt_id, origin=origin)
    except DomainError as error:
        log.warning("payout_attempt_not_resumed", attempt=str(attempt_id), error=error.code)


def _send(payout_id: UUID, origin: Origin) -> None:
    try:
        send_payout_to_bank(payout_id=payout_id, origin=origin)
    except DomainError as error:
        log.warning("payout_not_sent", payout=str(payout_id), error=error.code)


def _finish_cancel(payout_id: UUID, origin: Origin) -> None:
    try:
        finish_cancel(payout_id=payout_id, origin=origin)
    except DomainError as error:
        # Refused: it is as before, for staff to see. Not known: the next sweep asks again.
        log.warning("payout_not_canceled", payout=str(payout_id), error=error.code)


def _origin_of(payout_id: UUID) -> Origin:
    """Now, by the clock of the payout's organization."""
    offset = _offset_of(Payout.objects.filter(pk=payout_id))
    return system_origin(Door.TASK, clock_offset=offset)


def _offset_of(rows: QuerySet[Any]) -> timedelta:
    found: timedelta = rows.values_list("organization__clock_offset", flat=True).get()
    return found
