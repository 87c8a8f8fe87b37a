"""Row locks of clock runs."""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db.models.functions import Now

from apps.sandbox.models import ClockRun

# A run that has given no sign for so long has lost its process.
STALE_AFTER: Final = timedelta(minutes=2)


def claim_clock_run(run_id: UUID, *, is_new: bool) -> ClockRun | None:
    """The run, locked and to be taken up; None if it is done, or another process is at it."""
    rows = ClockRun.objects.select_for_update(of=("self",), no_key=True, skip_locked=True)
    rows = rows.select_related("organization").filter(pk=run_id, status=ClockRun.Status.RUNNING)
    if not is_new:
        rows = rows.filter(touched_at__lt=Now() - STALE_AFTER)
    return rows.first()
