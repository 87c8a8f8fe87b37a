"""Reads across clock runs."""

from __future__ import annotations

from uuid import UUID

from django.db.models.functions import Now

from apps.sandbox.locks import STALE_AFTER
from apps.sandbox.models import ClockRun


def latest_clock_run(organization_id: UUID) -> ClockRun | None:
    """The run under way, else the last one."""
    return ClockRun.objects.filter(organization_id=organization_id).order_by("-id").first()


def abandoned_clock_run_ids() -> list[UUID]:
    """Runs whose process has died."""
    stale = ClockRun.objects.filter(
        status=ClockRun.Status.RUNNING, touched_at__lt=Now() - STALE_AFTER
    )
    return list(stale.values_list("pk", flat=True))
