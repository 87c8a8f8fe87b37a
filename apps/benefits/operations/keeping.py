"""What is written on a grant after its strategy was asked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import F
from django.db.models.functions import Now

from apps.benefits.models import BenefitGrant, Resync
from apps.benefits.operations.planned import announce_grant, send_work
from apps.benefits.states import Step, next_step
from apps.benefits.strategies import ActionRequired, Retriable
from apps.core.jobs import backoff
from apps.core.origin import Origin

MAX_ATTEMPTS: Final = 10
LONGEST_PAUSE: Final = 3600
_EVENTS: Final = {
    Step.GRANT: "benefit_grant.created",
    Step.UPDATE: "benefit_grant.updated",
    Step.CYCLE: "benefit_grant.cycled",
    Step.REVOKE: "benefit_grant.revoked",
}


def keep_success(
    grant: BenefitGrant, step: Step, properties: Mapping[str, Any], origin: Origin
) -> None:
    """The step was taken; what is left to do is done next."""
    before = grant.properties
    grant.properties = dict(properties)
    _take(grant, step, origin.at)
    _go_on(grant, origin)
    announce_grant(grant, _EVENTS[step], origin, previous_properties=before)


def keep_failure(grant: BenefitGrant, step: Step, failure: Exception, origin: Origin) -> None:
    """
    The step failed for good: the error stays with the grant, and nothing more is tried.

    What is to be revoked from somebody or something that is gone counts as revoked.
    """
    if step == Step.REVOKE and _is_orphan(grant):
        _take(grant, step, origin.at)
        _go_on(grant, origin)
        announce_grant(grant, _EVENTS[step], origin, previous_properties=grant.properties)
        return
    grant.error, grant.revoked_at = _error(failure, origin.at), None
    _drop_flags(grant)
    grant.attempt_count += 1
    grant.next_attempt_at = None
    # What is wanted may have changed while the strategy was asked.
    if next_step(grant) not in (step, None):
        _go_on(grant, origin)
    _save(grant, origin)
    _leave_resync(grant, origin, has_failed=True)
    announce_grant(grant, "benefit_grant.updated", origin, error=grant.error)


def keep_retry(grant: BenefitGrant, step: Step, failure: Retriable, origin: Origin) -> None:
    """The step may be taken later: when the provider said, or after a growing pause."""
    grant.attempt_count += 1
    if grant.attempt_count >= MAX_ATTEMPTS:
        keep_failure(grant, step, failure, origin)
        return
    pause = failure.delay
    if pause is None:
        pause = backoff(grant.attempt_count, limit=LONGEST_PAUSE).total_seconds()
    grant.next_attempt_at = Now() + timedelta(seconds=pause)
    _save(grant, origin)
    send_work(grant.pk, pause)


def _take(grant: BenefitGrant, step: Step, at: datetime) -> None:
    grant.error = None
    grant.attempt_count = 0
    if step == Step.REVOKE:
        grant.granted_at, grant.revoked_at = None, at
    elif step == Step.GRANT:
        grant.granted_at, grant.revoked_at = at, None
    if step == Step.CYCLE:
        grant.is_cycling = False
    else:
        _drop_flags(grant)


def _drop_flags(grant: BenefitGrant) -> None:
    grant.is_outdated = grant.is_cycling = False


def _go_on(grant: BenefitGrant, origin: Origin) -> None:
    is_done = next_step(grant) is None
    grant.next_attempt_at = None if is_done else Now()
    _save(grant, origin)
    if is_done:
        _leave_resync(grant, origin)
    else:
        send_work(grant.pk)


def _save(grant: BenefitGrant, origin: Origin) -> None:
    grant.modified_at = origin.at
    grant.save()


def _leave_resync(grant: BenefitGrant, origin: Origin, *, has_failed: bool = False) -> None:
    """Count the grant out of the re-sync that it was part of; the last one ends it."""
    resync_id = grant.resync_id
    if resync_id is None:
        return
    grant.resync = None
    grant.save(update_fields=["resync"])
    rows = Resync.objects.filter(pk=resync_id)
    rows.update(error_count=F("error_count") + int(has_failed))
    if not BenefitGrant.objects.filter(resync_id=resync_id).exists():
        rows.update(finished_at=origin.at)


def _is_orphan(grant: BenefitGrant) -> bool:
    return grant.benefit.deleted_at is not None or grant.customer.deleted_at is not None


def _error(failure: Exception, at: datetime) -> dict[str, str]:
    name = type(failure).__name__ if isinstance(failure, ActionRequired) else "RetriesExhausted"
    return {"message": str(failure), "type": name, "timestamp": at.isoformat()}
