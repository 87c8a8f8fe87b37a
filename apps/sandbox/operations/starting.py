"""Beginning a run of the clock."""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import transaction

from apps.core.jobs import enqueue
from apps.core.origin import Origin
from apps.events.operations import record
from apps.organizations.locks import lock_organization
from apps.organizations.models import Organization
from apps.sandbox.errors import ClockIsMoving, ClockSpanInvalid, SandboxOnly
from apps.sandbox.models import ClockRun

MAX_SPAN: Final = timedelta(days=3660)


@transaction.atomic
def set_clock_back(*, organization_id: UUID, span: timedelta) -> None:
    """
    Let a new organization's clock begin `span` ago, so that a run can lead it to the present.

    Until then nobody else does what is due there.

    :raises SandboxOnly: outside the sandbox.
    :raises ClockSpanInvalid: for a span that is not forward, or longer than `MAX_SPAN`.
    """
    if not settings.SANDBOX:
        raise SandboxOnly
    if not timedelta() < span <= MAX_SPAN:
        raise ClockSpanInvalid
    Organization.objects.filter(pk=organization_id).update(clock_offset=-span)


@transaction.atomic
def start_clock_run(
    *, organization_id: UUID, span: timedelta, in_background: bool = True, origin: Origin
) -> ClockRun:
    """
    Let the organization's clock run ahead by `span`; `origin` is built with its present offset.

    A worker does the rest, or the caller with `run_clock` where `in_background` is false.
    Records `organization.clock_started`.

    :raises SandboxOnly: outside the sandbox.
    :raises ClockSpanInvalid: for a span that is not forward, or longer than `MAX_SPAN`.
    :raises ClockIsMoving: while another run is under way.
    """
    if not settings.SANDBOX:
        raise SandboxOnly
    if not timedelta() < span <= MAX_SPAN:
        raise ClockSpanInvalid
    organization = lock_organization(organization_id)
    if ClockRun.objects.filter(organization=organization, status="running").exists():
        raise ClockIsMoving
    run = ClockRun.objects.create(
        created_at=origin.at,
        organization=organization,
        from_at=origin.at,
        to_at=origin.at + span,
        reached_at=origin.at,
        offset_before=organization.clock_offset,
    )
    record(
        "organization.clock_started",
        subject=organization,
        organization_id=organization.pk,
        origin=origin,
        payload={"run_id": str(run.pk), "to_at": run.to_at.isoformat()},
    )
    if in_background:
        enqueue("sandbox.run_clock", run_id=str(run.pk), is_new=True)
    return run
