"""Jobs of disputes."""

from __future__ import annotations

from uuid import UUID

import structlog

from apps.core.errors import DomainError
from apps.core.jobs import job
from apps.core.origin import Door, Origin, system_origin
from apps.core.timers import Timer, register_timer
from apps.disputes.models import Dispute
from apps.disputes.operations import mark_past_due, resume_acceptance, run_auto_accept
from apps.disputes.operations.gathering import gather_dossier
from apps.disputes.operations.submitting import resume_submission
from apps.disputes.selectors import (
    concessions_due,
    deadlines_due,
    due_concession_ids,
    open_acceptance_ids,
    open_submission_ids,
    past_due_ids,
)

log = structlog.get_logger(__name__)
LIMIT = 500


def register() -> None:
    """Have the time machine live through the deadlines too; called once at start."""
    register_timer(
        Timer(name="disputes.auto_accept", due=concessions_due, run=_auto_accept, rank=80)
    )
    register_timer(Timer(name="disputes.past_due", due=deadlines_due, run=_mark, rank=85))


@job("disputes.auto_accept", queue="medium")
def auto_accept_task(**_future: object) -> None:
    """Concede what was announced a day ago; one that fails does not stop the others."""
    for dispute_id in due_concession_ids(at=system_origin(Door.TASK).at, limit=LIMIT):
        _auto_accept(dispute_id, _origin_of(dispute_id))


@job("disputes.mark_past_due", queue="low")
def mark_past_due_task(**_future: object) -> None:
    """Note which disputes nobody answered in time."""
    for dispute_id in past_due_ids(at=system_origin(Door.TASK).at, limit=LIMIT):
        _mark(dispute_id, _origin_of(dispute_id))


@job("disputes.resume_acceptances", queue="high")
def resume_acceptances_task(**_future: object) -> None:
    """Find out what became of acceptances whose answer is missing."""
    for dispute_id in open_acceptance_ids(at=system_origin(Door.TASK).at, limit=LIMIT):
        _resume(dispute_id)


@job("disputes.resume_acceptance", queue="high")
def resume_acceptance_task(*, dispute_id: str, **_future: object) -> None:
    """Find out what became of one acceptance."""
    _resume(UUID(dispute_id))


@job("disputes.gather_dossier", queue="medium")
def gather_dossier_task(*, dispute_id: str, **_future: object) -> None:
    """Gather what speaks against a dispute; while the processor is not reached, later again."""
    key = UUID(dispute_id)
    if Dispute.objects.filter(pk=key, closed_at=None, dossier=None).exists():
        gather_dossier(dispute_id=key, origin=_origin_of(key))


@job("disputes.resume_submissions", queue="high")
def resume_submissions_task(**_future: object) -> None:
    """Find out what became of evidence whose submission was not answered."""
    for dispute_id in open_submission_ids(at=system_origin(Door.TASK).at, limit=LIMIT):
        _resume_submission(dispute_id)


@job("disputes.resume_submission", queue="high")
def resume_submission_task(*, dispute_id: str, **_future: object) -> None:
    """Find out what became of one submission."""
    _resume_submission(UUID(dispute_id))


def _resume_submission(dispute_id: UUID) -> None:
    try:
        resume_submission(dispute_id=dispute_id, origin=_origin_of(dispute_id))
    except DomainError as error:
        # Still open: the next sweep asks again.
        log.warning("submission_not_resumed", dispute=str(dispute_id), error=error.code)


def _resume(dispute_id: UUID) -> None:
    try:
        resume_acceptance(dispute_id=dispute_id, origin=_origin_of(dispute_id))
    except DomainError as error:
        # Still open: the next sweep asks again.
        log.warning("acceptance_not_resumed", dispute=str(dispute_id), error=error.code)


def _auto_accept(dispute_id: UUID, origin: Origin) -> None:
    try:
        run_auto_accept(dispute_id=dispute_id, origin=origin)
    except DomainError as error:
        # Not reached, so it is still due; or not answered, which the other sweep finds out.
        log.warning("dispute_not_accepted", dispute=str(dispute_id), error=error.code)


def _mark(dispute_id: UUID, origin: Origin) -> None:
    mark_past_due(dispute_id=dispute_id, origin=origin)


def _origin_of(dispute_id: UUID) -> Origin:
    """Now, by the clock of the dispute's organization."""
    dispute = Dispute.objects.select_related("organization").get(pk=dispute_id)
    return system_origin(Door.TASK, clock_offset=dispute.organization.clock_offset)
