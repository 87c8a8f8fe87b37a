"""`./manage.py sandbox_token --organization demo`."""

from typing import Any

from django.core.management.base import CommandError, CommandParser

from apps.backoffice.management.sandbox import SandboxCommand
from apps.core.origin import Door, system_origin
from apps.organizations.models import Organization
from apps.organizations.operations import issue_access_token
from apps.organizations.scopes import ALL_SCOPES
from config import services


class Command(SandboxCommand):
    """Print a new access token of an organization, with all scopes."""

    help = "Print a new access token of an organization, with all scopes."

    def add_arguments(self, parser: CommandParser) -> None:
        """Which organization."""
        parser.add_argument("--organization", default="demo", help="The organization's slug.")

    def handle(self, *args: Any, organization: str, **options: Any) -> None:
        """One line: the token."""
        self.require_sandbox()
        with services.running():
            self.stdout.write(self._issue(organization))

    def _issue(self, slug: str) -> str:
        organization = Organization.objects.filter(slug=slug, deleted_at=None).first()
        if organization is None:
            raise CommandError(f"There is no organization {slug!r}.")
        _, plaintext = issue_access_token(
            organization_id=organization.pk,
            comment="Sandbox",
            scopes=list(ALL_SCOPES),
            origin=system_origin(Door.COMMAND, clock_offset=organization.clock_offset),
        )
        return plaintext
