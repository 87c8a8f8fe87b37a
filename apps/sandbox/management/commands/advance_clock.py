"""`./manage.py advance_clock --organization SLUG --days N`."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.core.errors import DomainError
from apps.core.origin import Door, system_origin
from apps.organizations.models import Organization
from apps.sandbox.models import ClockRun
from apps.sandbox.operations import run_clock, start_clock_run
from config import services


class Command(BaseCommand):
    """Move the test clock of a sandbox organization forward, and do all that becomes due."""

    help = "Move the test clock of a sandbox organization forward, and do all that becomes due."

    def add_arguments(self, parser: CommandParser) -> None:
        """Whose clock, and how far."""
        parser.add_argument("--organization", required=True, help="The organization's slug.")
        parser.add_argument("--days", type=float, required=True, help="How many days.")

    def handle(self, *args: Any, organization: str, days: float, **options: Any) -> None:
        """One line: what happened, how often, in how many seconds."""
        with services.running():
            try:
                run = self._run(organization, timedelta(days=days))
            except DomainError as error:
                raise CommandError(error.detail) from error
        self.stdout.write(closing_line(run))

    def _run(self, slug: str, span: timedelta) -> ClockRun:
        found = Organization.objects.filter(slug=slug, deleted_at=None).first()
        if found is None:
            raise CommandError(f"There is no organization {slug!r}.")
        origin = system_origin(Door.COMMAND, clock_offset=found.clock_offset)
        run = start_clock_run(
            organization_id=found.pk, span=span, in_background=False, origin=origin
        )
        return run_clock(run_id=run.pk, is_new=True, origin=origin)


def closing_line(run: ClockRun) -> str:
    """What happened in a run, in one line."""
    seconds = ((run.finished_at or run.touched_at) - run.started_at).total_seconds()
    things = ", ".join(f"{count} {name}" for name, count in sorted(run.counts.items()))
    return (
        f"{run.organization.slug}: clock at {run.to_at:%Y-%m-%d %H:%M} UTC after "
        f"{(run.to_at - run.from_at).days} days in {seconds:.1f} s: "
        f"{things or 'nothing was due'}; {run.failure_count} failures."
    )
