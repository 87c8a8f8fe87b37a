"""Bringing an edited benefit to everybody who has it, spread over time."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.db import connection, transaction

from apps.benefits.locks import lock_benefit, lock_resync
from apps.benefits.models import Benefit, BenefitGrant, Resync
from apps.benefits.operations.planned import send_work
from apps.core.jobs import enqueue
from apps.core.origin import Origin
from apps.events.operations import record

SPREAD: Final = "benefits.spread_resync"
# Seconds between one grant and the next, and the longest that all of them may take.
STEP, LONGEST = 0.2, 300.0
# More than so many are left to the sweep: the broker is no place to keep them.
SENT_AT_ONCE: Final = 1000


@transaction.atomic
def resync_benefit(*, benefit_id: UUID, origin: Origin) -> Resync:
    """A re-sync of a benefit that was not edited, for staff who saw that somebody lacks it."""
    return start_resync(benefit=lock_benefit(benefit_id), origin=origin)


def start_resync(*, benefit: Benefit, origin: Origin) -> Resync:
    """A re-sync of a locked benefit, begun by a job after the commit."""
    resync = Resync.objects.create(
        created_at=origin.at, organization_id=benefit.organization_id, benefit=benefit
    )
    record(
        "benefit.resync_started",
        subject=benefit,
        organization_id=benefit.organization_id,
        origin=origin,
        payload={"resync_id": str(resync.pk)},
    )
    enqueue(SPREAD, resync_id=str(resync.pk))
    return resync


@transaction.atomic
def spread_resync(*, resync_id: UUID, origin: Origin) -> int:
    """
    Mark every grant that is in force as outdated, each due a little after the one before.

    Returns how many; the second time none. One that is marked by an earlier re-sync goes over to
    this one.
    """
    resync = lock_resync(resync_id)
    if resync.grant_count or resync.finished_at is not None:
        return 0
    count = _mark(resync)
    resync.grant_count = count
    resync.modified_at = origin.at
    if not count:
        resync.finished_at = origin.at
    resync.save(update_fields=["grant_count", "modified_at", "finished_at"])
    _finish_superseded(resync, origin)
    rows = BenefitGrant.objects.filter(resync=resync).order_by("next_attempt_at", "id")
    for position, grant_id in enumerate(rows.values_list("pk", flat=True)[:SENT_AT_ONCE]):
        send_work(grant_id, _step(count) * position)
    return count


def _mark(resync: Resync) -> int:
    """In one statement, in the order of the ids; the database counts the pauses."""
    table = BenefitGrant._meta.db_table
    count = BenefitGrant.objects.filter(
        benefit=resync.benefit_id, is_wanted=True, granted_at__isnull=False
    ).count()
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} AS g SET is_outdated = TRUE, resync_id = %s, attempt_count = 0, "  # noqa: S608 -- a name of our own
            "next_attempt_at = statement_timestamp() + n.position * make_interval(secs => %s) "
            f"FROM (SELECT id, row_number() OVER (ORDER BY id) - 1 AS position FROM {table} "
            "WHERE benefit_id = %s AND is_wanted AND granted_at IS NOT NULL) AS n "
            "WHERE g.id = n.id",
            [resync.pk, _step(count), resync.benefit_id],
        )
        return int(cursor.rowcount)


def _step(count: int) -> float:
    return min(STEP, LONGEST / max(count, 1))


def _finish_superseded(resync: Resync, origin: Origin) -> None:
    open_ones = Resync.objects.filter(benefit=resync.benefit_id, finished_at=None)
    left = open_ones.exclude(pk=resync.pk).filter(created_at__lte=resync.created_at)
    left.exclude(grants__isnull=False).exclude(grant_count=0).update(finished_at=origin.at)
