"""
One run: a window of the statement page by page, then the books, then a part of both once more.

Pages are asked for outside a transaction. What a page says, how it compares, and the cursor behind
it commit together, so a run that breaks off repeats at most its last page, and two at once do no
more than one.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Max, Min

from apps.core.origin import Origin
from apps.events.operations import record
from apps.organizations.models import Organization
from apps.processors import gateway
from apps.processors.gateway import StatementPage
from apps.reconciliation.locks import lock_lines, lock_run
from apps.reconciliation.models import BalanceTransaction, Run
from apps.reconciliation.operations.judging import Judged, judge_lines
from apps.reconciliation.operations.keeping import keep_lines
from apps.reconciliation.operations.missing import look_at_entries

# The first window of a run that has fallen behind, and the widest of those behind it; what came
# late for the last one is found by the next.
WINDOW: Final = timedelta(days=1)
WIDEST: Final = timedelta(days=32)
# With fewer lines a window might have been wider.
FEW: Final = 500
OVERLAP: Final = timedelta(hours=2)
PAGE: Final = 500
# How many agreeing lines are proven again by each run, in turn.
PROVEN_AT_ONCE: Final = 10_000


@transaction.atomic
def begin_run(*, origin: Origin) -> Run:
    """
    The run that is open, or the next one: from where the last one ended, less `OVERLAP`.

    The first begins with the first organization: before that there was nothing to book. Windows
    become wider while little is found. That of one that has caught up is open: the processor's
    clock may run ahead of ours.
    """
    open_run = Run.objects.filter(finished_at=None).first()
    if open_run is not None:
        return open_run
    last = Run.objects.order_by("-started_at", "-pk").first()
    since = _since(last, origin)
    until = since + _width(last)
    run = Run(
        started_at=origin.at,
        since_at=since,
        until_at=until if until < origin.at else None,
        transfer_mark=last.transfer_mark if last else 0,
        proof_mark=last.proof_mark if last else None,
    )
    # Whoever was faster has begun it.
    Run.objects.bulk_create([run], ignore_conflicts=True)
    return Run.objects.get(finished_at=None)


def reconcile(*, page_limit: int = 50, origin: Origin) -> Run:
    """
    Compare the next window of the statement with the books; the run, unfinished if it has more
    than `page_limit` pages left. What was read before is compared again once it has caught up.

    Called outside a transaction.

    :raises ProcessorUnavailable: if the statement cannot be read now; the run stays open.
    """
    run = begin_run(origin=origin)
    for _ in range(page_limit):
        if run.read_at is not None:
            break
        page = gateway.list_balance_transactions(
            since=run.since_at, until=run.until_at, after=run.cursor
        )
        run = take_page(run_id=run.pk, after=run.cursor, page=page, origin=origin)
    if run.read_at is None:
        return run
    judged = Judged()
    if run.until_at is None:
        # Before that the statement may have lines that were not read yet.
        judged += judge_open_lines(origin=origin)
        judged += look_at_entries(run_id=run.pk, origin=origin)
        judged += prove_lines(run_id=run.pk, origin=origin)
    return finish_run(run_id=run.pk, judged=judged, origin=origin)


@transaction.atomic
def take_page(*, run_id: UUID, after: str, page: StatementPage, origin: Origin) -> Run:
    """
    Keep and compare the lines of a page that was asked for behind the cursor `after`.

    Lines that are there stay as they are. If the run has moved on meanwhile, nothing happens.
    """
    run = lock_run(run_id)
    if run.cursor != after or run.read_at is not None or run.finished_at is not None:
        return run
    taken = keep_lines(lines=page.lines, origin=origin)
    run.seen_count += len(page.lines)
    run.new_count += taken.new_count
    run.opened_count += taken.judged.opened_count
    run.closed_count += taken.judged.closed_count
    if page.lines:
        run.latest_at = max(filter(None, (run.latest_at, page.lines[0].created_at)))
    run.cursor = page.after
    if not page.after:
        run.read_at = origin.at
    run.save()
    return run


def judge_open_lines(*, origin: Origin) -> Judged:
    """Compare all lines once more that did not agree, a page in a transaction."""
    rows = BalanceTransaction.objects.exclude(status=BalanceTransaction.Status.MATCHED)
    judged, after = Judged(), UUID(int=0)
    while ids := list(rows.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:PAGE]):
        with transaction.atomic():
            judged += judge_lines(lines=lock_lines(ids), origin=origin)
        after = ids[-1]
    return judged


def prove_lines(*, run_id: UUID, origin: Origin) -> Judged:
    """
    Compare a part of the lines that agreed once more, behind the mark of the run.

    So what was changed in the books, or in rows of ours, comes to light, in turn for all lines.
    """
    rows = BalanceTransaction.objects.filter(status=BalanceTransaction.Status.MATCHED)
    judged, after = Judged(), Run.objects.get(pk=run_id).proof_mark or UUID(int=0)
    for _ in range(PROVEN_AT_ONCE // PAGE):
        ids = list(rows.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:PAGE])
        with transaction.atomic():
            judged += judge_lines(lines=lock_lines(ids), origin=origin)
        if len(ids) < PAGE:
            after = UUID(int=0)
            break
        after = ids[-1]
    Run.objects.filter(pk=run_id, finished_at=None).update(proof_mark=after)
    return judged


@transaction.atomic
def finish_run(*, run_id: UUID, judged: Judged, origin: Origin) -> Run:
    """End a run; records `reconciliation.finished` if anything turned out wrong or right again."""
    run = lock_run(run_id)
    if run.finished_at is not None:
        return run
    run.opened_count += judged.opened_count
    run.closed_count += judged.closed_count
    run.finished_at = origin.at
    run.save()
    if run.opened_count or run.closed_count:
        record(
            "reconciliation.finished",
            subject=run,
            organization_id=None,
            origin=origin,
            payload={"opened_count": run.opened_count, "closed_count": run.closed_count},
        )
    return run


def is_caught_up(run: Run) -> bool:
    """Whether a run has nothing behind it but what is still to come."""
    return run.finished_at is not None and run.until_at is None


def _width(last: Run | None) -> timedelta:
    """As much time as holds some pages, as far as the last window lets one guess."""
    if last is None or last.until_at is None:
        return WINDOW
    width = last.until_at - last.since_at
    return min(width * 2, WIDEST) if last.seen_count < FEW else max(width / 2, WINDOW)


def _since(last: Run | None, origin: Origin) -> datetime:
    if last is None:
        first: datetime | None = Organization.objects.aggregate(at=Min("created_at"))["at"]
        return min(first or origin.at, origin.at) - OVERLAP
    if last.until_at is not None:
        return last.until_at - OVERLAP
    # The processor's clock may run ahead: what was seen last is where it stood.
    latest: datetime | None = Run.objects.aggregate(at=Max("latest_at"))["at"]
    return max(latest or last.started_at, last.started_at) - OVERLAP
